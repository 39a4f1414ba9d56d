# crm/model and crm/exec
EXEC_LIBS = libcrmexec.a libcrmmodel.a libhbdbase.a $(GLIB_LIBS)
check_PROGRAMS += tests/unit/test_model
TESTS += tests/unit/test_model
tests_unit_test_model_SOURCES = tests/unit/test_model.c
tests_unit_test_model_LDADD = $(EXEC_LIBS)

check_PROGRAMS += tests/unit/test_runner tests/unit/test_runner_lease tests/unit/test_runner_crash
TESTS += tests/unit/test_runner tests/unit/test_runner_lease tests/unit/test_runner_crash
tests_unit_test_runner_SOURCES = tests/unit/test_runner.c \
  tests/unit/runner_world.c tests/unit/runner_world.h
tests_unit_test_runner_LDADD = $(EXEC_LIBS)
tests_unit_test_runner_lease_SOURCES = tests/unit/test_runner_lease.c \
  tests/unit/runner_world.c tests/unit/runner_world.h
tests_unit_test_runner_lease_LDADD = $(EXEC_LIBS)
tests_unit_test_runner_crash_SOURCES = tests/unit/test_runner_crash.c \
  tests/unit/runner_world.c tests/unit/runner_world.h
tests_unit_test_runner_crash_LDADD = $(EXEC_LIBS)

check_PROGRAMS += tests/unit/test_process tests/unit/test_agent tests/unit/test_agent_class
TESTS += tests/unit/test_process tests/unit/test_agent tests/unit/test_agent_class
tests_unit_test_process_SOURCES = tests/unit/test_process.c
tests_unit_test_process_LDADD = $(EXEC_LIBS)
tests_unit_test_agent_SOURCES = tests/unit/test_agent.c
tests_unit_test_agent_LDADD = $(EXEC_LIBS)
tests_unit_test_agent_class_SOURCES = tests/unit/test_agent_class.c
tests_unit_test_agent_class_LDADD = $(EXEC_LIBS)

check_PROGRAMS += tests/unit/test_inflight tests/unit/test_journal tests/unit/test_resolve \
  tests/unit/test_resolve_host
TESTS += tests/unit/test_inflight tests/unit/test_journal tests/unit/test_resolve \
  tests/unit/test_resolve_host
tests_unit_test_inflight_SOURCES = tests/unit/test_inflight.c
tests_unit_test_inflight_LDADD = $(EXEC_LIBS)
tests_unit_test_journal_SOURCES = tests/unit/test_journal.c
tests_unit_test_journal_LDADD = $(EXEC_LIBS)
tests_unit_test_resolve_SOURCES = tests/unit/test_resolve.c
tests_unit_test_resolve_LDADD = $(EXEC_LIBS)
tests_unit_test_resolve_host_SOURCES = tests/unit/test_resolve_host.c
tests_unit_test_resolve_host_LDADD = $(EXEC_LIBS)
