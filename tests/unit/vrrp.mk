EXTRA_DIST += \
  tests/data/vrrp/README.md \
  tests/data/vrrp/convert.py \
  tests/data/vrrp/negative.json \
  tests/data/vrrp/positive.json \
  tests/data/vrrp/timing.json \
  tests/data/vrrp/timing.txt \
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
vrrp_core_test_programs = \
  tests/unit/test_vrrp_election \
  tests/unit/test_vrrp_group \
  tests/unit/test_vrrp_host \
  tests/unit/test_vrrp_pair \
  tests/unit/test_vrrp_receive \
  tests/unit/test_vrrp_tracking
check_PROGRAMS += $(vrrp_core_test_programs)
TESTS += $(vrrp_core_test_programs)
vrrp_core_test_libs = libhbdcore.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
vrrp_node_sources = tests/unit/vrrp_node.c tests/unit/vrrp_node.h
tests_unit_test_vrrp_election_SOURCES = tests/unit/test_vrrp_election.c $(vrrp_node_sources)
tests_unit_test_vrrp_election_LDADD = $(vrrp_core_test_libs)
tests_unit_test_vrrp_tracking_LDADD = $(vrrp_core_test_libs)
tests_unit_test_vrrp_group_SOURCES = tests/unit/test_vrrp_group.c $(vrrp_node_sources)
tests_unit_test_vrrp_group_LDADD = $(vrrp_core_test_libs)
tests_unit_test_vrrp_host_SOURCES = tests/unit/test_vrrp_host.c $(vrrp_node_sources)
tests_unit_test_vrrp_host_LDADD = $(vrrp_core_test_libs)
tests_unit_test_vrrp_receive_SOURCES = \
  tests/unit/test_vrrp_receive.c $(vrrp_node_sources) $(vrrp_vectors_sources)
tests_unit_test_vrrp_receive_LDADD = $(vrrp_core_test_libs)
tests_unit_test_vrrp_pair_SOURCES = tests/unit/test_vrrp_pair.c $(vrrp_node_sources)
tests_unit_test_vrrp_pair_LDADD = $(vrrp_core_test_libs)
