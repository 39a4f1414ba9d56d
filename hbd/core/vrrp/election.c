/* SPDX-License-Identifier: Apache-2.0 */
/* What adverts and timers do to an instance (RFC 5798 6.4, RFC 9568 6.4; doc/keepalived.md 3.5).
 *
 * Three things are ours. A conflict has an end: the loser drops the addresses first and then says
 * one advert more, upon which the winner, ours or keepalived, announces again; so the loser is
 * never the last whom the neighbours heard. Answers to lower masters are paced. And who did not
 * run for so long that others may have taken over lets go first and listens for one interval. */
#include "config.h"

#include "hbd/core/vrrp/private.h"

#define PROMPT_US         HBD_MS (2) /* a keepalived master drops its addresses after priority 0 */
#define CONFLICT_TOKENS   5
#define CONFLICT_REFILL   HBD_MS (10) /* at least; half an interval if that is longer */
#define WORD_AGAIN_MIN_US HBD_MS (10)
#define WORD_AGAIN_MAX_US HBD_MS (250)

HbdTime
hbd_vrrp_instance_skew (const HbdVrrpInstance *i)
{
    HbdTime base = i->config.wire.version == 2 ? HBD_S (1) : i->master_interval_us;

    return (256 - i->effective) * base / 256;
}

HbdTime
hbd_vrrp_instance_down_interval (const HbdVrrpInstance *i)
{
    return i->config.down_adverts * i->master_interval_us + hbd_vrrp_instance_skew (i);
}

/* Long enough to hear a master that is there: it speaks once in an interval. */
static HbdTime
ask_us (const HbdVrrpInstance *i)
{
    return MAX (i->interval_us, i->master_interval_us) + hbd_vrrp_instance_skew (i);
}

static void
restart_timer (const HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpReason expects)
{
    i->timer_us = v->now + hbd_vrrp_instance_down_interval (i);
    i->expects = expects;
    i->wants_master = false;
    i->has_asked = false;
}

static void
forget_mastership (HbdVrrpInstance *i)
{
    i->announce_us = i->refresh_us = i->conflict_us = HBD_TIME_NEVER;
    i->word_again_us = HBD_TIME_NEVER;
    i->preempt_at_us = 0;
}

void
hbd_vrrp_become_backup (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpReason reason, HbdVrrpWord word)
{
    /* First of all, before anything is said or told. */
    if (i->state == HBD_VRRP_MASTER)
        hbd_vrrp_release (v, i, word);
    forget_mastership (i);
    if (i->state == HBD_VRRP_MASTER && reason != HBD_VRRP_BECAUSE_HIGHER_PRIORITY
        && reason != HBD_VRRP_BECAUSE_HIGHER_ADDRESS)
        i->has_master = false;
    restart_timer (v, i, HBD_VRRP_BECAUSE_SILENCE);
    i->owes_word = reason == HBD_VRRP_BECAUSE_PAUSE;
    if (i->owes_word) {
        i->timer_us = v->now + ask_us (i);
        i->has_asked = true;
    }
    hbd_vrrp_set_state (v, i, HBD_VRRP_BACKUP, reason);
}

void
hbd_vrrp_become_master (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpReason reason)
{
    const HbdVrrpAnnounceConfig *announce = &i->config.announce;

    i->word = HBD_VRRP_WORD_NONE;
    i->wants_master = i->owes_word = false;
    forget_mastership (i);
    i->master_interval_us = i->interval_us;
    i->has_master = true;
    i->master = *hbd_vrrp_codec_source (i->codec);
    hbd_vrrp_codec_lead (i->codec);
    /* The advert first: other backups stop waiting (doc/keepalived.md 3.5). */
    hbd_vrrp_send_advert (v, i, i->effective);
    hbd_vrrp_acquire (v, i);
    hbd_vrrp_announce (v, i, announce->repeat);
    i->timer_us = v->now + i->interval_us;
    if (announce->delay_us > 0) {
        i->announce_us = v->now + announce->delay_us;
        i->announce_repeat = announce->repeat;
    }
    if (announce->refresh_us > 0)
        i->refresh_us = v->now + announce->refresh_us;
    i->conflict_tokens = CONFLICT_TOKENS;
    i->conflict_since_us = v->now;
    hbd_vrrp_set_state (v, i, HBD_VRRP_MASTER, reason);
}

/* -- the end of a conflict -- */

static HbdTime
refill_us (const HbdVrrpInstance *i)
{
    return MAX (i->interval_us / 2, CONFLICT_REFILL);
}

/* May a lower master be answered now? If not, the answer is put off, not dropped. */
static bool
take_conflict_token (const HbdVrrp *v, HbdVrrpInstance *i)
{
    HbdTime refill = refill_us (i);
    gint64 gained = (v->now - i->conflict_since_us) / refill;

    i->conflict_tokens = (guint) MIN (i->conflict_tokens + gained, CONFLICT_TOKENS);
    i->conflict_since_us += gained * refill;
    if (i->conflict_tokens > 0) {
        i->conflict_tokens--;
        return true;
    }
    if (i->conflict_us == HBD_TIME_NEVER)
        i->conflict_us = i->conflict_since_us + refill;
    return false;
}

static void
send_again (HbdVrrp *v, HbdVrrpInstance *i)
{
    /* Several masters may answer one advert at the same instant. */
    hbd_vrrp_codec_lead (i->codec);
    hbd_vrrp_send_advert (v, i, i->effective);
    i->timer_us = v->now + i->interval_us;
}

/* Somebody who must yield to us speaks as master, or stops being one: tell the others, and the
 * neighbours. False: not now. */
static bool
assert_mastership (HbdVrrp *v, HbdVrrpInstance *i, bool says_so)
{
    const HbdVrrpAnnounceConfig *announce = &i->config.announce;

    if (!take_conflict_token (v, i))
        return false;
    i->conflict_us = HBD_TIME_NEVER;
    if (says_so)
        send_again (v, i);
    hbd_vrrp_announce (v, i, announce->lower_repeat);
    if (announce->lower_repeat > 0 && announce->lower_delay_us > 0) {
        i->announce_us = MIN (i->announce_us, v->now + announce->lower_delay_us);
        i->announce_repeat = MAX (announce->lower_repeat, 1);
    }
    return true;
}

void
hbd_vrrp_leave (HbdVrrp *v, HbdVrrpInstance *i)
{
    if (i->state == HBD_VRRP_MASTER) {
        hbd_vrrp_release (v, i, HBD_VRRP_WORD_ZERO);
    } else if (i->owes_word) {
        i->word = HBD_VRRP_WORD_ZERO;
        if (i->releases == 0)
            hbd_vrrp_say_word (v, i);
    }
    i->owes_word = i->has_master = i->wants_master = false;
}

void
hbd_vrrp_say_word (HbdVrrp *v, HbdVrrpInstance *i)
{
    HbdVrrpWord word = i->word;

    i->word = HBD_VRRP_WORD_NONE;
    if (i->state == HBD_VRRP_MASTER || word == HBD_VRRP_WORD_NONE)
        return;
    /* Who lost and is then stopped, or fails, has no place among backups; 0 says that it let go. */
    if (word == HBD_VRRP_WORD_ZERO || i->state != HBD_VRRP_BACKUP) {
        hbd_vrrp_send_advert (v, i, HBD_VRRP_PRIORITY_STOP);
    } else if (!i->config.is_strict) {
        hbd_vrrp_send_advert (v, i, i->word_priority);
        i->word_again_us =
            v->now + CLAMP (i->interval_us / 4, WORD_AGAIN_MIN_US, WORD_AGAIN_MAX_US);
    }
}

/* -- adverts -- */

static void
learn_interval (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpAdvert *advert)
{
    HbdTime interval_us = HBD_MS (10) * advert->interval_cs;

    if (i->config.wire.version == 2 || interval_us == i->master_interval_us)
        return;
    hbd_vrrp_record_rated (v, i, HBD_VRRP_RATE_INTERVAL, HBD_LEVEL_INFO, "vrrp.interval",
                           "from_ms=%" G_GINT64_FORMAT " to_ms=%" G_GINT64_FORMAT,
                           i->master_interval_us / 1000, interval_us / 1000);
    i->master_interval_us = interval_us;
    i->count[HBD_VRRP_COUNT_INTERVAL_LEARNED]++;
}

/* Between two masters the higher priority stays, at equal priority the higher address. */
static bool
loses_to (const HbdVrrpInstance *i, guint8 priority, const HbdVrrpAddress *sender)
{
    if (priority != i->effective)
        return priority > i->effective;
    return hbd_vrrp_address_compare (sender, hbd_vrrp_codec_source (i->codec)) > 0;
}

static void
follow (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpAdvert *advert, const HbdVrrpAddress *sender)
{
    learn_interval (v, i, advert);
    i->has_master = true;
    i->master = *sender;
    restart_timer (v, i, HBD_VRRP_BECAUSE_SILENCE);
    /* It states a priority that this master stays upon, whatever ours is. */
    if (i->owes_word && advert->priority > 1) {
        i->owes_word = false;
        i->word = HBD_VRRP_WORD_YIELD;
        i->word_priority = MIN (i->effective, advert->priority - 1);
        if (i->releases == 0)
            hbd_vrrp_say_word (v, i);
    }
}

/* preempt_delay counts from the first lower advert; while it runs, that master is followed. */
static bool
waits_to_preempt (const HbdVrrp *v, HbdVrrpInstance *i)
{
    if (i->config.preempt_delay_us == 0)
        return false;
    if (i->preempt_at_us == 0)
        i->preempt_at_us = v->now + i->config.preempt_delay_us;
    return v->now < i->preempt_at_us;
}

/* RFC 5798 6.4.2, RFC 9568 6.4.2 */
static void
hear_as_backup (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpAdvert *advert,
                const HbdVrrpAddress *sender)
{
    char text[HBD_VRRP_ADDRESS_TEXT];
    HbdTime skew = hbd_vrrp_instance_skew (i);

    if (advert->priority == HBD_VRRP_PRIORITY_STOP) {
        i->timer_us = v->now + (i->config.is_prompt ? MIN (skew, PROMPT_US) : skew);
        i->expects = HBD_VRRP_BECAUSE_HANDOVER;
        i->has_master = false;
        return;
    }
    if (advert->priority >= i->effective) {
        i->preempt_at_us = 0;
        follow (v, i, advert, sender);
        return;
    }
    if (i->config.nopreempt || waits_to_preempt (v, i)) {
        follow (v, i, advert, sender);
        return;
    }
    hbd_vrrp_address_text (sender, i->config.wire.family, text);
    hbd_vrrp_record_rated (v, i, HBD_VRRP_RATE_LOWER, HBD_LEVEL_INFO, "vrrp.lower",
                           "master=%s priority=%d ours=%d", text, advert->priority, i->effective);
    i->has_master = true;
    i->master = *sender;
    i->expects = HBD_VRRP_BECAUSE_PREEMPTION;
}

static void
hear_lower (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpAdvert *advert,
            const HbdVrrpAddress *sender)
{
    char text[HBD_VRRP_ADDRESS_TEXT];

    hbd_vrrp_address_text (sender, i->config.wire.family, text);
    hbd_vrrp_record_rated (v, i, HBD_VRRP_RATE_CONFLICT, HBD_LEVEL_WARNING, "vrrp.conflict",
                           "from=%s priority=%d ours=%d", text, advert->priority, i->effective);
    i->count[HBD_VRRP_COUNT_CONFLICTS]++;
    if (assert_mastership (v, i, !i->config.lower_prio_no_advert))
        hbd_vrrp_notify (v, i, HBD_VRRP_NOTIFY_MASTER_RX_LOWER_PRI);
}

/* RFC 5798 6.4.3, RFC 9568 6.4.3; at equal priority the higher address stays. */
static void
hear_as_master (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpAdvert *advert,
                const HbdVrrpAddress *sender)
{
    HbdVrrpReason reason = advert->priority > i->effective ? HBD_VRRP_BECAUSE_HIGHER_PRIORITY
                                                           : HBD_VRRP_BECAUSE_HIGHER_ADDRESS;
    char text[HBD_VRRP_ADDRESS_TEXT];

    if (advert->priority == HBD_VRRP_PRIORITY_STOP) {
        assert_mastership (v, i, true);
        return;
    }
    if (advert->priority == i->effective
        && hbd_vrrp_address_equal (sender, hbd_vrrp_codec_source (i->codec))) {
        hbd_vrrp_address_text (sender, i->config.wire.family, text);
        hbd_vrrp_record_rated (v, i, HBD_VRRP_RATE_SAME_ADDRESS, HBD_LEVEL_WARNING,
                               "vrrp.same-address", "from=%s", text);
        return;
    }
    if (!loses_to (i, advert->priority, sender)) {
        hear_lower (v, i, advert, sender);
        return;
    }
    i->word_priority = i->effective;
    i->has_master = true;
    i->master = *sender;
    learn_interval (v, i, advert);
    hbd_vrrp_become_backup (v, i, reason, HBD_VRRP_WORD_YIELD);
    hbd_vrrp_group_yield (v, i, HBD_VRRP_BECAUSE_GROUP, HBD_VRRP_WORD_ZERO);
}

void
hbd_vrrp_hear (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpAdvert *advert,
               const HbdVrrpAddress *sender)
{
    if (i->config.ignores_adverts && i->config.priority == HBD_VRRP_PRIORITY_OWNER)
        return;
    if (i->state == HBD_VRRP_BACKUP)
        hear_as_backup (v, i, advert, sender);
    else if (i->state == HBD_VRRP_MASTER)
        hear_as_master (v, i, advert, sender);
}

/* -- timers -- */

void
hbd_vrrp_notice_pause (HbdVrrp *v, HbdVrrpInstance *i)
{
    HbdTime gap = v->now - i->last_sent_us;

    if (i->state != HBD_VRRP_MASTER || gap < i->config.down_adverts * i->interval_us)
        return;
    i->count[HBD_VRRP_COUNT_PAUSES]++;
    hbd_vrrp_record (v, HBD_LEVEL_WARNING, "vrrp.pause",
                     "instance=%s state=MASTER silent_ms=%" G_GINT64_FORMAT, i->config.name,
                     gap / 1000);
    hbd_vrrp_become_backup (v, i, HBD_VRRP_BECAUSE_PAUSE, HBD_VRRP_WORD_NONE);
    hbd_vrrp_group_yield (v, i, HBD_VRRP_BECAUSE_PAUSE, HBD_VRRP_WORD_NONE);
}

/* The master's silence may have been ours: what it said meanwhile may not have reached us. Put
 * off once only, so that a slow machine still becomes master. */
static bool
was_late (HbdVrrp *v, HbdVrrpInstance *i)
{
    HbdTime late = v->now - i->timer_us;

    if (i->has_asked || late <= i->master_interval_us)
        return false;
    i->count[HBD_VRRP_COUNT_PAUSES]++;
    hbd_vrrp_record (v, HBD_LEVEL_WARNING, "vrrp.pause",
                     "instance=%s state=BACKUP late_ms=%" G_GINT64_FORMAT, i->config.name,
                     late / 1000);
    i->timer_us = v->now + ask_us (i);
    i->has_asked = true;
    return true;
}

static void
run_backup_timer (HbdVrrp *v, HbdVrrpInstance *i)
{
    if (was_late (v, i))
        return;
    i->wants_master = true;
    if (hbd_vrrp_group_may_lead (v, i)) {
        hbd_vrrp_become_master (v, i, i->expects);
        hbd_vrrp_group_lead (v, i);
        return;
    }
    /* doc/keepalived.md 4.3: the others want it too, or we wait another interval. */
    i->timer_us = v->now + hbd_vrrp_instance_down_interval (i);
}

static void
run_master_timer (HbdVrrp *v, HbdVrrpInstance *i)
{
    HbdTime next = i->timer_us + i->interval_us;

    hbd_vrrp_send_advert (v, i, i->effective);
    i->timer_us = next > v->now ? next : v->now + i->interval_us;
}

static void
run_announcements (HbdVrrp *v, HbdVrrpInstance *i)
{
    if (v->now >= i->announce_us) {
        i->announce_us = HBD_TIME_NEVER;
        hbd_vrrp_announce (v, i, i->announce_repeat);
    }
    if (v->now >= i->refresh_us) {
        i->refresh_us = v->now + i->config.announce.refresh_us;
        hbd_vrrp_announce (v, i, MAX (i->config.announce.refresh_repeat, 1));
    }
    if (v->now >= i->conflict_us) {
        i->conflict_us = HBD_TIME_NEVER;
        assert_mastership (v, i, !i->config.lower_prio_no_advert);
    }
}

void
hbd_vrrp_run_timers (HbdVrrp *v, HbdVrrpInstance *i)
{
    if (v->now >= i->timer_us) {
        if (i->state == HBD_VRRP_BACKUP)
            run_backup_timer (v, i);
        else if (i->state == HBD_VRRP_MASTER)
            run_master_timer (v, i);
    }
    if (i->state == HBD_VRRP_MASTER)
        run_announcements (v, i);
    if (v->now >= i->word_again_us) {
        i->word_again_us = HBD_TIME_NEVER;
        if (i->state == HBD_VRRP_BACKUP)
            hbd_vrrp_send_advert (v, i, i->word_priority);
    }
}

HbdTime
hbd_vrrp_instance_deadline (const HbdVrrpInstance *i)
{
    HbdTime deadline = HBD_TIME_NEVER;

    if (i->state == HBD_VRRP_BACKUP || i->state == HBD_VRRP_MASTER)
        deadline = MIN (i->timer_us, i->word_again_us);
    if (i->state == HBD_VRRP_MASTER)
        deadline = MIN (MIN (deadline, i->announce_us), MIN (i->refresh_us, i->conflict_us));
    return deadline;
}
