# cfg: the configuration languages
CFG_TEST_LIBS = libcfg.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
CFG_TEST_FIXTURE = tests/unit/cfg_fixture.c tests/unit/cfg_fixture.h
cfg_test_programs = tests/unit/test_cfg_wrong
check_PROGRAMS += $(cfg_test_programs)
TESTS += $(cfg_test_programs)
tests_unit_test_cfg_wrong_SOURCES = tests/unit/test_cfg_wrong.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_wrong_LDADD = $(CFG_TEST_LIBS)
EXTRA_DIST += tests/data/cfg

# Write the golden files anew; look at the difference before committing it.
.PHONY: update-golden
update-golden: tests/unit/test_cfg_wrong$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) HBD_UPDATE_GOLDEN=1 tests/unit/test_cfg_wrong$(EXEEXT) >/dev/null
