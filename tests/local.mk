include tests/unit/local.mk
include tests/sim/local.mk
include tests/fuzz/local.mk
include tests/net/local.mk
