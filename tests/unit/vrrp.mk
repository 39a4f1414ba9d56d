EXTRA_DIST += \
  tests/data/vrrp/README.md \
  tests/data/vrrp/convert.py \
  tests/data/vrrp/negative.json \
  tests/data/vrrp/positive.json \
  tests/data/vrrp/timing.json \
  tests/data/vrrp/vectors.txt
vrrp_test_programs = \
  tests/unit/test_vrrp \
  tests/unit/test_vrrp_auth \
  tests/unit/test_vrrp_codec
check_PROGRAMS += $(vrrp_test_programs)
TESTS += $(vrrp_test_programs)
vrrp_vectors_sources = tests/unit/vrrp_vectors.c tests/unit/vrrp_vectors.h
tests_unit_test_vrrp_SOURCES = tests/unit/test_vrrp.c $(vrrp_vectors_sources)
tests_unit_test_vrrp_LDADD = libhbdwire.a $(GLIB_LIBS)
tests_unit_test_vrrp_auth_LDADD = libhbdwire.a $(GLIB_LIBS)
tests_unit_test_vrrp_codec_SOURCES = tests/unit/test_vrrp_codec.c $(vrrp_vectors_sources)
tests_unit_test_vrrp_codec_LDADD = libhbdwire.a libralib.a $(NL_LIBS) $(GLIB_LIBS)
