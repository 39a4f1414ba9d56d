# hbd/migrate
migrate_test_programs = tests/unit/test_migrate_judge tests/unit/test_migrate_gather
check_PROGRAMS += $(migrate_test_programs)
TESTS += $(migrate_test_programs)
tests_unit_test_migrate_judge_SOURCES = tests/unit/test_migrate_judge.c $(CFG_TEST_FIXTURE)
tests_unit_test_migrate_judge_LDADD = $(MIGRATE_LIBS)
tests_unit_test_migrate_gather_SOURCES = tests/unit/test_migrate_gather.c $(CFG_TEST_FIXTURE)
tests_unit_test_migrate_gather_LDADD = $(MIGRATE_LIBS)
EXTRA_DIST += tests/data/migrate
