core_test_programs = \
  tests/unit/test_membership
check_PROGRAMS += $(core_test_programs)
TESTS += $(core_test_programs)
core_test_libs = libhbdcore.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
core_net_sources = tests/unit/core_net.c tests/unit/core_net.h
tests_unit_test_membership_SOURCES = tests/unit/test_membership.c $(core_net_sources)
tests_unit_test_membership_LDADD = $(core_test_libs)
