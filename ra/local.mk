# ra: agents and the library they share with the manager; see ra/README.md
noinst_LIBRARIES += libralib.a
libralib_a_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS)
libralib_a_SOURCES = \
  ra/lib/address.c ra/lib/address.h \
  ra/lib/addrwatch.c ra/lib/addrwatch.h \
  ra/lib/announce.c ra/lib/announce.h \
  ra/lib/announce_packet.c ra/lib/announce_packet.h \
  ra/lib/host.c ra/lib/host.h \
  ra/lib/netlink.c ra/lib/netlink.h \
  ra/lib/netlink_parse.c ra/lib/netlink_parse.h
