/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of the decider <-> Heartbeat messages (fields: doc/heartbeat.md 4.4, 4.5), and the text
 * form of claims in the status field `hbdclaim`. Used by hbd/node and its tests only. */
#pragma once

#include "crm/plan/takeover.h"
#include "hbd/wire/message.h"

/* Field names of our extension; 3.0.6 ignores them, the signature covers them. */
#define HBD_FIELD_NATIVE "hbd"
#define HBD_FIELD_DIGEST "hbdcfg"
#define HBD_FIELD_CLAIMS "hbdclaim"

/* `SESSION.REV.ECHO_SESSION.ECHO_REV.FLAGS` and per group of the model, in its order,
 * `;STWHEPOCH`: state letter (u s t r p f k), token digit, wish digit, halted 0 or 1, epoch. All
 * numbers are hexadecimal without 0x. (transfer full) */
char *hbd_claims_encode (const CrmClaims *claims);

/* The reverse; the text must have exactly @n_groups groups. NULL when malformed; else the claims of
 * the groups (transfer full), to which claims->claim points. */
CrmClaim *hbd_claims_decode (const char *text, guint n_groups, CrmClaims *claims);

/* A message for a report; CLAIMS has none (NULL). SHUTDONE carries its claims. (transfer full) */
HbdMessage *hbd_report_to_message (const CrmReport *report);

/* What a message says to the decider; false when nothing, or when it is malformed. Strings in
 * @report are borrowed from @message. Claims are not read here. */
bool hbd_report_from_message (const HbdMessage *message, CrmReport *report);

/* Types that only the daemon itself may say; scripts' copies of them are what 3.0.6's own scripts
 * wrote to get the work done that is done here. */
bool hbd_report_is_ours_alone (const char *type);
