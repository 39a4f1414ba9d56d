EXTRA_DIST += tests/fuzz/vrrp_corpus.py
vrrp_fuzz_programs = tests/fuzz/fuzz_vrrp tests/fuzz/fuzz_vrrp_core
check_PROGRAMS += $(vrrp_fuzz_programs)
if !ENABLE_FUZZ
TESTS += $(vrrp_fuzz_programs)
endif
tests_fuzz_fuzz_vrrp_SOURCES = tests/fuzz/fuzz_vrrp.c $(FUZZ_MAIN)
tests_fuzz_fuzz_vrrp_LDADD = libhbdwire.a $(GLIB_LIBS)
tests_fuzz_fuzz_vrrp_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_vrrp_core_SOURCES = tests/fuzz/fuzz_vrrp_core.c $(FUZZ_MAIN)
tests_fuzz_fuzz_vrrp_core_LDADD = libhbdcore.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
tests_fuzz_fuzz_vrrp_core_LDFLAGS = $(FUZZ_LINK)
