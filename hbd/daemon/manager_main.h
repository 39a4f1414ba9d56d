/* SPDX-License-Identifier: Apache-2.0 */
/* The three things hbd-manager is started for. Each returns the exit code. */
#pragma once

#include "hbd/base/log.h"
#include "hbd/daemon/options.h"

int hbd_manager_run (const HbdOptions *options, HbdLog *log);
int hbd_manager_check (const HbdOptions *options);
int hbd_manager_let_go (HbdLog *log);
