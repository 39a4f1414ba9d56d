/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of tests/data/vrrp/vectors.txt; its form is described in convert.py there. */
#pragma once

#include "hbd/wire/vrrp_codec.h"

#define VRRP_VECTOR_ADVERTS   67 /* frames that keepalived sent */
#define VRRP_VECTOR_ANNOUNCES 33
#define VRRP_VECTOR_RECEIVED  75
#define VRRP_VECTOR_LIST_MAX  8
#define VRRP_ETHERNET_LEN     14

typedef struct {
    char *name;
    HbdVrrpCodecConfig config; /* lists point into this struct */
    HbdVrrpPeer peers[VRRP_VECTOR_LIST_MAX];
    HbdVrrpAddress addresses[VRRP_VECTOR_LIST_MAX];
    HbdVrrpHmacKey keys[VRRP_VECTOR_LIST_MAX];
    gint64 wall_us;
    char *expect;  /* names of verdicts with a blank between; NULL: a frame to be sent */
    char *remarks; /* NULL: none */
    guint8 priority;
    guint16 id;
    char *announce; /* "arp" or "na"; NULL: an advert */
    HbdVrrpAddress announced;
    guint8 hw[6];
    GBytes *frame; /* with Ethernet header */
} VrrpVector;

/* All vectors; VrrpVector, owned by the array. Stops the test when they cannot be read.
 * (transfer full) */
GPtrArray *vrrp_vectors_load (void);
/* The vector of that name; stops the test when there is none. (transfer none) */
const VrrpVector *vrrp_vectors_find (const GPtrArray *vectors, const char *name);
/* The IP packet inside the frame, with the padding that follows it. */
const guint8 *vrrp_vector_packet (const VrrpVector *vector, gsize *len);
/* "10.0.0.1" or "fe80::1"; stops the test on anything else. */
HbdVrrpAddress vrrp_address (const char *text);
