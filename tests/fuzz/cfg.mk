# Harnesses of the configuration languages.
cfg_fuzz_programs = \
  tests/fuzz/fuzz_cfg_authkeys tests/fuzz/fuzz_cfg_ha_cf \
  tests/fuzz/fuzz_cfg_haresources tests/fuzz/fuzz_cfg_hbd_conf
check_PROGRAMS += $(cfg_fuzz_programs)
if !ENABLE_FUZZ
TESTS += $(cfg_fuzz_programs)
endif
CFG_FUZZ_SOURCES = tests/fuzz/cfg_harness.c tests/fuzz/cfg_harness.h $(FUZZ_MAIN)
CFG_FUZZ_LIBS = libcfg.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
tests_fuzz_fuzz_cfg_authkeys_SOURCES = tests/fuzz/fuzz_cfg_authkeys.c $(CFG_FUZZ_SOURCES)
tests_fuzz_fuzz_cfg_authkeys_LDADD = $(CFG_FUZZ_LIBS)
tests_fuzz_fuzz_cfg_authkeys_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_cfg_ha_cf_SOURCES = tests/fuzz/fuzz_cfg_ha_cf.c $(CFG_FUZZ_SOURCES)
tests_fuzz_fuzz_cfg_ha_cf_LDADD = $(CFG_FUZZ_LIBS)
tests_fuzz_fuzz_cfg_ha_cf_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_cfg_haresources_SOURCES = tests/fuzz/fuzz_cfg_haresources.c $(CFG_FUZZ_SOURCES)
tests_fuzz_fuzz_cfg_haresources_LDADD = $(CFG_FUZZ_LIBS)
tests_fuzz_fuzz_cfg_haresources_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_cfg_hbd_conf_SOURCES = tests/fuzz/fuzz_cfg_hbd_conf.c $(CFG_FUZZ_SOURCES)
tests_fuzz_fuzz_cfg_hbd_conf_LDADD = $(CFG_FUZZ_LIBS)
tests_fuzz_fuzz_cfg_hbd_conf_LDFLAGS = $(FUZZ_LINK)
EXTRA_DIST += tests/fuzz/cfg_ha_cf.dict tests/fuzz/cfg_hbd_conf.dict
