# tests/interop: ours beside the packaged Heartbeat 3.0.6; needs root to run, nothing to build
EXTRA_DIST += tests/interop/README.md tests/interop/run tests/interop/mixed.py
EXTRA_DIST += tests/interop/test_pair.py
EXTRA_DIST += tests/interop/test_order.py
EXTRA_DIST += tests/interop/test_protocol.py
EXTRA_DIST += tests/interop/heal.py
EXTRA_DIST += tests/interop/test_heal.py
EXTRA_DIST += tests/interop/test_check.py
EXTRA_DIST += tests/interop/migration.py
EXTRA_DIST += tests/interop/test_migrate.py
EXTRA_DIST += tests/interop/flooded.py
EXTRA_DIST += tests/interop/test_flood.py
