# tests/unit: one GLib test program per source file. Tests find their data with
# g_test_build_filename (G_TEST_DIST, "data", ...), that is below tests/.
AM_TESTS_ENVIRONMENT = \
  G_TEST_SRCDIR='$(abs_top_srcdir)/tests'; export G_TEST_SRCDIR; \
  G_TEST_BUILDDIR='$(abs_top_builddir)/tests'; export G_TEST_BUILDDIR;
include tests/unit/core.mk
include tests/unit/link.mk
include tests/unit/wire.mk
include tests/unit/vrrp.mk
include tests/unit/exec.mk
include tests/unit/tools.mk
include tests/unit/ra.mk
include tests/unit/plan.mk
include tests/unit/cfg.mk
include tests/unit/keepalived.mk
include tests/unit/daemon.mk
include tests/unit/migrate.mk
