include tests/ra/local.mk
# tests/net: two nodes and a client in network namespaces; needs root to run, none to build
noinst_PROGRAMS += tests/net/probe
tests_net_probe_SOURCES = tests/net/probe.c
noinst_PROGRAMS += tests/net/flood
tests_net_flood_SOURCES = tests/net/flood.c
EXTRA_DIST += tests/net/README.md tests/net/lab.py tests/net/pair.py tests/net/run.py \
  tests/net/demo.py tests/net/test_fixture.py tests/net/test_takeover.py \
  tests/net/test_failure.py tests/net/test_link.py tests/net/test_manager.py \
  tests/net/test_service.py tests/net/test_systemd.py \
  tests/bench/README.md tests/bench/last-result.txt \
  tests/bench/failover tests/bench/flood tests/bench/footprint tests/bench/heal tests/demo
EXTRA_DIST += tests/bench/migrate
EXTRA_DIST += tests/bench/check-conf
