noinst_LIBRARIES += libhbdcore.a
libhbdcore_a_SOURCES = \
  hbd/core/announce.c \
  hbd/core/echo.c \
  hbd/core/emit.c \
  hbd/core/history.c hbd/core/history.h \
  hbd/core/liveness.c \
  hbd/core/membership.c hbd/core/membership.h \
  hbd/core/private.h \
  hbd/core/receive.c \
  hbd/core/rexmit.c \
  hbd/core/track.c hbd/core/track.h
EXTRA_DIST += hbd/core/README.md
