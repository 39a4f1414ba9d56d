/* SPDX-License-Identifier: Apache-2.0 */
/* Text of one word -> a value: times, numbers, booleans, names, addresses. Pure look-ups without
 * diagnostics of their own, so that every language words its message. Private to cfg. */
#pragma once

#include "cfg/text.h"

typedef enum {
    CFG_TIME_OK,
    CFG_TIME_NOT_A_NUMBER,
    CFG_TIME_SECONDS_UNIT, /* "5s" and its kin, which Heartbeat refuses */
    CFG_TIME_BAD_UNIT,
} CfgTimeResult;

/* Heartbeat's time syntax (doc/heartbeat.md 1.1): NUMBER[unit] with an optional fraction; no unit
 * is seconds; ms, us and usec by prefix in any case. Rounded to whole milliseconds as there. */
CfgTimeResult cfg_time_parse (const char *text, HbdTime *out);
/* Two dots: Heartbeat counts up to the second one, and so does cfg_time_parse(). */
bool cfg_time_is_sloppy (const char *text);
/* hbd.conf's: the same plus s, m, min and h, and not rounded. */
CfgTimeResult cfg_time_parse_units (const char *text, HbdTime *out);
/* As ha.cf takes it: "30", "500ms". (transfer full) */
char *cfg_time_print (HbdTime time);

/* Decimal digits only, at most @max. */
bool cfg_number_parse (const char *text, guint64 max, guint64 *out);
/* As Heartbeat reads a number: an optional sign and digits, up to the first other byte; a word
 * without any is 0. True when @text is plain digits. */
bool cfg_number_parse_sloppy (const char *text, gint64 *out);
/* on yes true y 1, off no false n 0 in any case. */
bool cfg_bool_parse (const char *text, bool *out);
/* Dotted quad, each part 0..255, into host order; @out may be NULL. */
bool cfg_ipv4_parse (const char *text, guint32 *out);
/* An IPv6 address without scope and brackets. */
bool cfg_is_ipv6 (const char *text);
/* 1..15 bytes that the kernel takes as an interface name. */
bool cfg_is_interface (const char *text);
/* Letters, digits, dash, dot, underscore; what a host or node may be called. */
bool cfg_is_host_name (const char *text);
/* @text starts as an address does: digits.digits.digits.digits (doc/heartbeat.md 2.1). */
bool cfg_is_like_ipv4 (const char *text);
