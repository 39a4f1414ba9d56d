/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz entry: the bytes are authkeys. */
#include "config.h"

#include "tests/fuzz/cfg_harness.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    cfg_harness_run (CFG_FUZZ_AUTHKEYS, data, size);
    return 0;
}
