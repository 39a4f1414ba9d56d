core_test_programs = \
  tests/unit/test_echo \
  tests/unit/test_history \
  tests/unit/test_membership \
  tests/unit/test_membership_v1 \
  tests/unit/test_rate \
  tests/unit/test_receive \
  tests/unit/test_rexmit \
  tests/unit/test_track
check_PROGRAMS += $(core_test_programs)
TESTS += $(core_test_programs)
core_test_libs = libhbdcore.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
core_net_sources = tests/unit/core_net.c tests/unit/core_net.h
tests_unit_test_echo_SOURCES = tests/unit/test_echo.c $(core_net_sources)
tests_unit_test_echo_LDADD = $(core_test_libs)
tests_unit_test_history_LDADD = $(core_test_libs)
tests_unit_test_membership_SOURCES = tests/unit/test_membership.c $(core_net_sources)
tests_unit_test_membership_LDADD = $(core_test_libs)
tests_unit_test_membership_v1_SOURCES = tests/unit/test_membership_v1.c $(core_net_sources)
tests_unit_test_membership_v1_LDADD = $(core_test_libs)
tests_unit_test_rate_LDADD = $(core_test_libs)
tests_unit_test_receive_SOURCES = \
  tests/unit/test_receive.c $(core_net_sources) $(wire_vectors_sources)
tests_unit_test_receive_LDADD = $(core_test_libs)
tests_unit_test_rexmit_SOURCES = tests/unit/test_rexmit.c $(core_net_sources)
tests_unit_test_rexmit_LDADD = $(core_test_libs)
tests_unit_test_track_LDADD = $(core_test_libs)
