# tests/fuzz: one harness per decoder and language, as a replayer of its corpus, or with
# `./configure --enable-fuzz CC=clang` as a fuzzer. See tests/fuzz/README.md.
if ENABLE_FUZZ
FUZZ_MAIN =
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
else
FUZZ_MAIN = tests/fuzz/replay_main.c
FUZZ_LINK = $(AM_LDFLAGS)
endif
EXTRA_DIST += tests/fuzz/README.md tests/fuzz/last-result.txt tests/fuzz/run tests/fuzz/corpus tests/fuzz/replay_main.c
include tests/fuzz/cfg.mk
include tests/fuzz/wire.mk
include tests/fuzz/vrrp.mk
