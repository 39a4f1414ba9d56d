noinst_LIBRARIES += libhbdbase.a
libhbdbase_a_SOURCES = \
  hbd/base/time.h \
  hbd/base/clock.c hbd/base/clock.h \
  hbd/base/rate.c hbd/base/rate.h \
  hbd/base/prng.c hbd/base/prng.h \
  hbd/base/record.c hbd/base/record.h
