# tests/net
include tests/net/ra.mk
