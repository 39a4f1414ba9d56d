EXTRA_DIST += tests/fuzz/wire_corpus.py tests/fuzz/wire.dict
wire_fuzz_programs = tests/fuzz/fuzz_wire tests/fuzz/fuzz_membership
check_PROGRAMS += $(wire_fuzz_programs)
if !ENABLE_FUZZ
TESTS += $(wire_fuzz_programs)
endif
tests_fuzz_fuzz_wire_SOURCES = tests/fuzz/fuzz_wire.c $(FUZZ_MAIN)
tests_fuzz_fuzz_wire_LDADD = libhbdwire.a $(GLIB_LIBS)
tests_fuzz_fuzz_wire_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_membership_SOURCES = tests/fuzz/fuzz_membership.c $(FUZZ_MAIN)
tests_fuzz_fuzz_membership_LDADD = libhbdcore.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
tests_fuzz_fuzz_membership_LDFLAGS = $(FUZZ_LINK)
