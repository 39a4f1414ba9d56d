/* SPDX-License-Identifier: Apache-2.0 */
/* The closed lists of messages between the processes, one table per direction (see ipc.h). */
#include "config.h"

#include "hbd/daemon/engine_config.h"
#include "hbd/daemon/ipc.h"

const HbdIpcSpec hbd_ipc_to_engine[] = {
    { HBD_IPC_CONFIG, HBD_CONFIG_SIGNATURE, 0, "config" },
    { HBD_IPC_LINK_OPEN, "(ibaay)", HBD_IPC_MAX_FDS, "link-open" },
    { HBD_IPC_LINK_CLOSE, "(i)", 0, "link-close" },
    { HBD_IPC_START, "()", 0, "start" },
    { HBD_IPC_GROUP, "(uu)", 0, "group" },
    { HBD_IPC_COMMAND, "(uuuss)", 0, "command" },
    { HBD_IPC_INJECT, "a(ss)", 0, "inject" },
    { HBD_IPC_PERSISTED, "(ub)", 0, "persisted" },
    { HBD_IPC_STOP, "()", 0, "stop" },
    { HBD_IPC_STATUS_ASK, "(u)", 0, "status-ask" },
    { HBD_IPC_TEST_FRAME, "()", 0, "test-frame" },
    { HBD_IPC_KEYS, HBD_KEYS_SIGNATURE, 0, "keys" },
    { 0, NULL, 0, NULL },
};

const HbdIpcSpec hbd_ipc_to_manager[] = {
    { HBD_IPC_HELLO, "(s)", 0, "hello" },      { HBD_IPC_BEAT, "()", 0, "beat" },
    { HBD_IPC_REQUEST, "(uu)", 0, "request" }, { HBD_IPC_PERSIST, "(u)", 0, "persist" },
    { HBD_IPC_RECORD, "(xuss)", 0, "record" }, { HBD_IPC_STATUS, "(ua{sv})", 0, "status" },
    { HBD_IPC_REPLY, "(ubs)", 0, "reply" },    { HBD_IPC_HOOK, "a(ss)", 0, "hook" },
    { HBD_IPC_EXIT, "()", 0, "exit" },         { 0, NULL, 0, NULL },
};

const HbdIpcSpec hbd_ipc_supervisor_to_manager[] = {
    { HBD_IPC_ENGINE, "(u)", 1, "engine" },
    { HBD_IPC_SHUTDOWN, "()", 0, "shutdown" },
    { HBD_IPC_RELOAD, "()", 0, "reload" },
    { HBD_IPC_PING, "(u)", 0, "ping" },
    { 0, NULL, 0, NULL },
};

const HbdIpcSpec hbd_ipc_manager_to_supervisor[] = {
    { HBD_IPC_READY, "()", 0, "ready" },
    { HBD_IPC_START_ENGINE, "(bi)", 0, "start-engine" },
    { HBD_IPC_STOPPING, "(u)", 0, "stopping" },
    { HBD_IPC_PONG, "(u)", 0, "pong" },
    { HBD_IPC_KILL_ENGINE, "(s)", 0, "kill-engine" },
    { HBD_IPC_SNAPSHOT, "()", 1, "snapshot" },
    { HBD_IPC_TOLD, "(s)", 0, "told" },
    { HBD_IPC_RELOADED, "()", 0, "reloaded" },
    { 0, NULL, 0, NULL },
};

const HbdIpcSpec hbd_ipc_supervisor_to_engine[] = {
    { HBD_IPC_MANAGER, "()", 1, "manager" },
    { 0, NULL, 0, NULL },
};
