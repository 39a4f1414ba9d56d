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
  hbd/core/track.c hbd/core/track.h \
  hbd/core/vrrp/election.c \
  hbd/core/vrrp/emit.c \
  hbd/core/vrrp/group.c \
  hbd/core/vrrp/host.c \
  hbd/core/vrrp/private.h \
  hbd/core/vrrp/receive.c \
  hbd/core/vrrp/tracking.c hbd/core/vrrp/tracking.h \
  hbd/core/vrrp/vrrp.c hbd/core/vrrp/vrrp.h
EXTRA_DIST += hbd/core/README.md
EXTRA_DIST += hbd/core/vrrp/README.md
