noinst_LIBRARIES += libhbdlink.a
libhbdlink_a_SOURCES = \
  hbd/link/link.c hbd/link/link.h \
  hbd/link/link_bcast.c \
  hbd/link/link_io.c \
  hbd/link/link_mcast.c \
  hbd/link/link_ucast.c \
  hbd/link/monitor.c hbd/link/monitor.h \
  hbd/link/lookup.c hbd/link/lookup.h \
  hbd/link/socket.c hbd/link/socket.h \
  hbd/link/vrrp_port.c hbd/link/vrrp_port.h \
  hbd/link/vrrp_io.c
libhbdlink_a_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS)
EXTRA_DIST += hbd/link/README.md
