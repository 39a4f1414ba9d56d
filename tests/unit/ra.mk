# tests of ra/lib
ra_unit_tests = \
  tests/unit/test_ra_address \
  tests/unit/test_ra_announce
check_PROGRAMS += $(ra_unit_tests)
TESTS += $(ra_unit_tests)
ra_unit_libs = libralib.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
tests_unit_test_ra_address_SOURCES = tests/unit/test_ra_address.c
tests_unit_test_ra_address_LDADD = $(ra_unit_libs)
tests_unit_test_ra_announce_SOURCES = tests/unit/test_ra_announce.c
tests_unit_test_ra_announce_LDADD = $(ra_unit_libs)
