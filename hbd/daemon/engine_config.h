/* SPDX-License-Identifier: Apache-2.0 */
/* What the manager tells the engine of the configuration: everything HbdNodeConfig holds, as one
 * GVariant. The engine reads no file. */
#pragma once

#include "cfg/model.h"
#include "hbd/node/node.h"

/* self, nodes, links, (keepalive, deadtime, warntime, initdead, rexmit in us), hopfudge, uuid,
 * generation, inner auth, keys, seed, groups (key, preferred node), failback, digest, hooks */
#define HBD_KEYS_SIGNATURE   "(ua(uuay))"
#define HBD_CONFIG_SIGNATURE "(sasas(xxxxx)uayub" HBD_KEYS_SIGNATURE "ta(ss)usas)"

#define HBD_CONFIG_MAX_NODES  100
#define HBD_CONFIG_MAX_LINKS  64
#define HBD_CONFIG_MAX_GROUPS 256

/* A node configuration that owns all that .node borrows. */
typedef struct {
    HbdNodeConfig node;
    char *self;
    char *digest;
    GStrv nodes, links, hooks;
    CrmModel *model; /* keys and preferred nodes; resources only where it was built from files */
    HbdKeyTable *keys;
} HbdEngineConfig;

/* The part of @cluster that the engine needs. @self is the node's name, @uuid has 16 bytes, @hooks
 * are the names in ha.d/rc.d; all copied. (transfer full) */
HbdEngineConfig *hbd_engine_config_new (const CfgCluster *cluster, const char *self,
                                        const char *const *hooks);
void hbd_engine_config_free (HbdEngineConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HbdEngineConfig, hbd_engine_config_free)

/* (transfer full, floating) */
GVariant *hbd_engine_config_to_variant (const HbdEngineConfig *config);
/* NULL with @error when a value is out of its bounds. (transfer full) */
HbdEngineConfig *hbd_engine_config_from_variant (GVariant *value, GError **error);
/* Digest over what does not change from life to life (not generation, seed, keys): equal digests
 * mean that a running engine need not be told anew. (transfer full) */
char *hbd_engine_config_digest (const HbdEngineConfig *config);

GVariant *hbd_keys_to_variant (const HbdKeyTable *keys); /* (transfer full, floating) */
HbdKeyTable *hbd_keys_from_variant (GVariant *value);    /* NULL: out of bounds. (transfer full) */

/* Text fields of a message as a(ss) and back; binary fields are left out. */
GVariant *hbd_message_to_variant (const HbdMessage *message); /* (transfer full, floating) */
HbdMessage *hbd_message_from_variant (GVariant *value);       /* NULL: too many or too long */
