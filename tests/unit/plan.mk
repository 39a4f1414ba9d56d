# crm/plan
PLAN_LIBS = libcrmplan.a libcrmmodel.a libhbdbase.a $(GLIB_LIBS)
plan_world = tests/unit/takeover_world.c tests/unit/takeover_world.h
plan_tests = tests/unit/test_takeover tests/unit/test_takeover_claims \
  tests/unit/test_takeover_faults tests/unit/test_takeover_v1 \
  tests/unit/test_takeover_legacy
takeover_script = tests/unit/takeover_script.c tests/unit/takeover_script.h
check_PROGRAMS += $(plan_tests)
TESTS += $(plan_tests)
tests_unit_test_takeover_SOURCES = tests/unit/test_takeover.c $(plan_world)
tests_unit_test_takeover_LDADD = $(PLAN_LIBS)
tests_unit_test_takeover_faults_SOURCES = tests/unit/test_takeover_faults.c $(plan_world)
tests_unit_test_takeover_faults_LDADD = $(PLAN_LIBS)
tests_unit_test_takeover_claims_SOURCES = tests/unit/test_takeover_claims.c
tests_unit_test_takeover_claims_LDADD = $(PLAN_LIBS)
tests_unit_test_takeover_v1_SOURCES = tests/unit/test_takeover_v1.c $(takeover_script)
tests_unit_test_takeover_v1_LDADD = $(PLAN_LIBS)
tests_unit_test_takeover_legacy_SOURCES = tests/unit/test_takeover_legacy.c $(takeover_script)
tests_unit_test_takeover_legacy_LDADD = $(PLAN_LIBS)

# hbd/node
NODE_LIBS = libhbdnode.a libhbdcore.a libcrmplan.a libcrmmodel.a libhbdwire.a libhbdbase.a \
  $(GLIB_LIBS)
node_tests = tests/unit/test_node tests/unit/test_node_report
check_PROGRAMS += $(node_tests)
TESTS += $(node_tests)
tests_unit_test_node_SOURCES = tests/unit/test_node.c
tests_unit_test_node_LDADD = $(NODE_LIBS)
tests_unit_test_node_report_SOURCES = tests/unit/test_node_report.c
tests_unit_test_node_report_LDADD = $(NODE_LIBS)
