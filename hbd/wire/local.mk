noinst_LIBRARIES += libhbdwire.a
libhbdwire_a_SOURCES = \
  hbd/wire/classic.c \
  hbd/wire/codec.c hbd/wire/codec.h \
  hbd/wire/framing.h \
  hbd/wire/keys.c hbd/wire/keys.h \
  hbd/wire/message.c hbd/wire/message.h \
  hbd/wire/netstring.c
EXTRA_DIST += hbd/wire/README.md
