# cfg: the configuration languages
CFG_TEST_LIBS = libcfg.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
CFG_TEST_FIXTURE = tests/unit/cfg_fixture.c tests/unit/cfg_fixture.h
cfg_test_programs = \
  tests/unit/test_cfg_authkeys \
  tests/unit/test_cfg_bounds \
  tests/unit/test_cfg_check \
  tests/unit/test_cfg_diag \
  tests/unit/test_cfg_ha_cf \
  tests/unit/test_cfg_haresources \
  tests/unit/test_cfg_hbd_conf \
  tests/unit/test_cfg_keyword \
  tests/unit/test_cfg_print \
  tests/unit/test_cfg_rows \
  tests/unit/test_cfg_text \
  tests/unit/test_cfg_value \
  tests/unit/test_cfg_verdicts \
  tests/unit/test_cfg_wrong
check_PROGRAMS += $(cfg_test_programs)
TESTS += $(cfg_test_programs)
tests_unit_test_cfg_authkeys_SOURCES = tests/unit/test_cfg_authkeys.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_authkeys_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_bounds_SOURCES = tests/unit/test_cfg_bounds.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_bounds_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_check_SOURCES = tests/unit/test_cfg_check.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_check_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_diag_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_ha_cf_SOURCES = tests/unit/test_cfg_ha_cf.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_ha_cf_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_haresources_SOURCES = tests/unit/test_cfg_haresources.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_haresources_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_hbd_conf_SOURCES = tests/unit/test_cfg_hbd_conf.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_hbd_conf_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_keyword_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_print_SOURCES = tests/unit/test_cfg_print.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_print_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_rows_SOURCES = tests/unit/test_cfg_rows.c $(CFG_TEST_FIXTURE) \
  tests/unit/cfg_manual.c tests/unit/cfg_manual.h
tests_unit_test_cfg_rows_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_text_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_value_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_verdicts_SOURCES = tests/unit/test_cfg_verdicts.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_verdicts_LDADD = $(CFG_TEST_LIBS)
tests_unit_test_cfg_wrong_SOURCES = tests/unit/test_cfg_wrong.c $(CFG_TEST_FIXTURE)
tests_unit_test_cfg_wrong_LDADD = $(CFG_TEST_LIBS)
EXTRA_DIST += tests/data/cfg

# Write anew what is made from the sources: golden files, the manual pages' tables, the fuzz
# dictionaries. Look at the difference before committing it.
.PHONY: update-golden
update-golden: tests/unit/test_cfg_wrong$(EXEEXT) tests/unit/test_cfg_rows$(EXEEXT) \
  tests/unit/test_migrate_judge$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) HBD_UPDATE_GOLDEN=1 tests/unit/test_cfg_wrong$(EXEEXT) >/dev/null
	$(AM_TESTS_ENVIRONMENT) HBD_UPDATE_GOLDEN=1 tests/unit/test_cfg_rows$(EXEEXT) >/dev/null
	$(AM_TESTS_ENVIRONMENT) HBD_UPDATE_GOLDEN=1 tests/unit/test_migrate_judge$(EXEEXT) >/dev/null
