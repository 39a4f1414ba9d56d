# cfg/keepalived: keepalived.conf
KA_FIXTURE = tests/unit/ka_fixture.c tests/unit/ka_fixture.h
ka_test_programs = \
  tests/unit/test_ka_cases \
  tests/unit/test_ka_lexer \
  tests/unit/test_ka_model \
  tests/unit/test_ka_rows
check_PROGRAMS += $(ka_test_programs)
TESTS += $(ka_test_programs)
EXTRA_DIST += tests/data/keepalived/expected tests/data/keepalived/expected-examples
tests_unit_test_ka_cases_SOURCES = tests/unit/test_ka_cases.c \
  tests/unit/ka_cases.c tests/unit/ka_cases.h $(KA_FIXTURE)
tests_unit_test_ka_cases_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_ka_lexer_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_ka_model_SOURCES = tests/unit/test_ka_model.c $(KA_FIXTURE)
tests_unit_test_ka_model_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_ka_rows_LDADD = $(CFG_TEST_LIBS)

.PHONY: update-golden-keepalived
update-golden: update-golden-keepalived
update-golden-keepalived: tests/unit/test_ka_cases$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) HBD_UPDATE_GOLDEN=1 tests/unit/test_ka_cases$(EXEEXT) >/dev/null
