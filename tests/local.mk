# tests: run, demo, check-layers and the folders below
include tests/unit/local.mk
include tests/sim/local.mk
include tests/fuzz/local.mk
include tests/net/local.mk
include tests/interop/local.mk

EXTRA_DIST += tests/run tests/check-layers tests/check-dist tests/expected-skips \
  tests/lib/packages.sh tests/lib/build.sh .ci/run \
  README.md CONTRIBUTING.md NEWS LICENSE .clang-format \
  crm/plan/README.md hbd/node/README.md ra/README.md \
  tests/data/examples/heartbeat-nginx/ha.cf tests/data/examples/heartbeat-nginx/haresources \
  tests/data/examples/heartbeat-nginx/authkeys \
  doc/hacking.md doc/design.md doc/heartbeat.md doc/crm.md
EXTRA_DIST += doc/keepalived.md
EXTRA_DIST += tests/data/keepalived/cases.json
EXTRA_DIST += tests/data/examples/dual-master/keepalived.conf
EXTRA_DIST += tests/data/examples/fwmark-dual-master/keepalived.conf
EXTRA_DIST += tests/data/examples/httpd-lvs-dr/keepalived.backup.conf
EXTRA_DIST += tests/data/examples/httpd-lvs-dr/keepalived.master.conf
EXTRA_DIST += tests/data/examples/httpd-lvs-dr/keepalived.scripts-master.conf
EXTRA_DIST += tests/data/examples/ipvs-ha/keepalived.conf
EXTRA_DIST += tests/data/examples/lvs-dr-misspelt/keepalived.conf
EXTRA_DIST += tests/data/examples/lvs-dr-misspelt/keepalived.slaver.conf
EXTRA_DIST += tests/data/examples/nginx-ha/keepalived.conf
EXTRA_DIST += tests/data/examples/notify-and-scripts/keepalived.conf
EXTRA_DIST += tests/data/examples/notify-and-scripts/notify.sh
EXTRA_DIST += tests/data/examples/two-node-vip/keepalived.conf

.PHONY: check-layers
check-layers:
	$(top_srcdir)/tests/check-layers
