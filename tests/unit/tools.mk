tools_tests = \
  tests/unit/test_tools_dict tests/unit/test_tools_show \
  tests/unit/test_tools_client tests/unit/test_tools_programs \
  tests/unit/test_tools_directives
check_PROGRAMS += $(tools_tests)
TESTS += $(tools_tests)

tests_unit_test_tools_dict_SOURCES = tests/unit/test_tools_dict.c
tests_unit_test_tools_dict_LDADD = $(TOOLS_LIBS)
tests_unit_test_tools_show_SOURCES = tests/unit/test_tools_show.c
tests_unit_test_tools_show_LDADD = $(TOOLS_LIBS)
tests_unit_test_tools_client_SOURCES = tests/unit/test_tools_client.c
tests_unit_test_tools_client_LDADD = libhbdbase.a $(TOOLS_LIBS)
tests_unit_test_tools_programs_SOURCES = tests/unit/test_tools_programs.c
tests_unit_test_tools_programs_LDADD = $(TOOLS_LIBS)
tests_unit_test_tools_directives_SOURCES = tests/unit/test_tools_directives.c $(CFG_TEST_FIXTURE)
tests_unit_test_tools_directives_LDADD = $(TOOLS_LIBS)
