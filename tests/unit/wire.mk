EXTRA_DIST += \
  tests/data/heartbeat/convert.py \
  tests/data/heartbeat/vectors.json \
  tests/data/heartbeat/vectors.txt
wire_test_programs = \
  tests/unit/test_classic \
  tests/unit/test_codec \
  tests/unit/test_keys \
  tests/unit/test_message \
  tests/unit/test_netstring
check_PROGRAMS += $(wire_test_programs)
TESTS += $(wire_test_programs)
wire_test_libs = libhbdwire.a $(GLIB_LIBS)
wire_vectors_sources = tests/unit/wire_vectors.c tests/unit/wire_vectors.h
tests_unit_test_classic_LDADD = $(wire_test_libs)
tests_unit_test_codec_SOURCES = tests/unit/test_codec.c $(wire_vectors_sources)
tests_unit_test_codec_LDADD = $(wire_test_libs)
tests_unit_test_keys_LDADD = $(wire_test_libs)
tests_unit_test_message_LDADD = $(wire_test_libs)
tests_unit_test_netstring_LDADD = $(wire_test_libs)
