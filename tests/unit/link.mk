check_PROGRAMS += tests/unit/test_link tests/unit/test_vrrp_port
TESTS += tests/unit/test_link tests/unit/test_vrrp_port
tests_unit_test_link_SOURCES = tests/unit/test_link.c tests/unit/veth.c tests/unit/veth.h
tests_unit_test_link_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS)
tests_unit_test_link_LDADD = libhbdlink.a libhbdwire.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
tests_unit_test_vrrp_port_SOURCES = tests/unit/test_vrrp_port.c tests/unit/veth.c tests/unit/veth.h
tests_unit_test_vrrp_port_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS)
tests_unit_test_vrrp_port_LDADD = libhbdlink.a libhbdwire.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
