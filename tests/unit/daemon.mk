# hbd/daemon and the log sink
DAEMON_TEST_LIBS = libhbdmanager.a libhbdipc.a libhbdlog.a libcrmexec.a libralib.a libhbdlink.a \
  libcfg.a libcrmplan.a libcrmmodel.a libhbdwire.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
daemon_test_programs = \
  tests/unit/test_commands \
  tests/unit/test_control \
  tests/unit/test_daemon_files \
  tests/unit/test_daemon_parts \
  tests/unit/test_doctor \
  tests/unit/test_engine_config \
  tests/unit/test_engine_process \
  tests/unit/test_executor \
  tests/unit/test_firewall \
  tests/unit/test_ipc \
  tests/unit/test_linkset \
  tests/unit/test_manager_engine \
  tests/unit/test_peers \
  tests/unit/test_problems \
  tests/unit/test_setup_diff
check_PROGRAMS += $(daemon_test_programs)
TESTS += $(daemon_test_programs)
tests_unit_test_ipc_SOURCES = tests/unit/test_ipc.c
tests_unit_test_ipc_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_engine_config_SOURCES = tests/unit/test_engine_config.c
tests_unit_test_engine_config_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_daemon_files_SOURCES = tests/unit/test_daemon_files.c
tests_unit_test_daemon_files_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_control_SOURCES = tests/unit/test_control.c
tests_unit_test_control_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_daemon_parts_SOURCES = tests/unit/test_daemon_parts.c \
  hbd/daemon/supervisor.c hbd/daemon/spawn.c
tests_unit_test_daemon_parts_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_setup_diff_SOURCES = tests/unit/test_setup_diff.c
tests_unit_test_setup_diff_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_engine_process_SOURCES = tests/unit/test_engine_process.c hbd/daemon/spawn.c
tests_unit_test_engine_process_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_problems_SOURCES = tests/unit/test_problems.c
tests_unit_test_problems_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_peers_SOURCES = tests/unit/test_peers.c
tests_unit_test_peers_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_firewall_SOURCES = tests/unit/test_firewall.c
tests_unit_test_firewall_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_doctor_SOURCES = tests/unit/test_doctor.c
tests_unit_test_doctor_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_manager_engine_SOURCES = tests/unit/test_manager_engine.c
tests_unit_test_manager_engine_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_linkset_SOURCES = tests/unit/test_linkset.c
tests_unit_test_linkset_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_executor_SOURCES = tests/unit/test_executor.c
tests_unit_test_executor_LDADD = $(DAEMON_TEST_LIBS)
tests_unit_test_commands_SOURCES = tests/unit/test_commands.c
tests_unit_test_commands_LDADD = $(DAEMON_TEST_LIBS)
