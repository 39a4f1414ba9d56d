check_PROGRAMS += tests/unit/test_link
TESTS += tests/unit/test_link
tests_unit_test_link_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS)
tests_unit_test_link_LDADD = libhbdlink.a libhbdwire.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
