# crm/plan
PLAN_LIBS = libcrmplan.a libcrmmodel.a libhbdbase.a $(GLIB_LIBS)
plan_tests = tests/unit/test_takeover
check_PROGRAMS += $(plan_tests)
TESTS += $(plan_tests)
tests_unit_test_takeover_SOURCES = tests/unit/test_takeover.c \
  tests/unit/takeover_world.c tests/unit/takeover_world.h
tests_unit_test_takeover_LDADD = $(PLAN_LIBS)
