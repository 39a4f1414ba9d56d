# cfg/keepalived: keepalived.conf
ka_test_programs = \
  tests/unit/test_ka_lexer
check_PROGRAMS += $(ka_test_programs)
TESTS += $(ka_test_programs)
tests_unit_test_ka_lexer_LDADD = $(CFG_TEST_LIBS)
