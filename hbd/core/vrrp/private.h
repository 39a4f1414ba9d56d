/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the virtual routers, shared by these files only:
 *   vrrp.c      life, the step, deadlines, readers
 *   emit.c      actions, records; the one place that changes an instance's state
 *   receive.c   a packet's way from bytes to the instance it is for
 *   election.c  what adverts and timers do to a state
 *   host.c      faults, trackers, priorities: what the host says
 *   group.c     sync groups */
#pragma once

#include "hbd/base/rate.h"
#include "hbd/core/vrrp/vrrp.h"

/* Why a state changed: the word of the record. */
#define HBD_VRRP_REASON_LIST(X)                                                                    \
    X (HBD_VRRP_BECAUSE_START, "start")                                                            \
    X (HBD_VRRP_BECAUSE_OWNER, "owner")           /* priority 255 */                               \
    X (HBD_VRRP_BECAUSE_SILENCE, "silence")       /* no master for Master_Down_Interval */         \
    X (HBD_VRRP_BECAUSE_HANDOVER, "handover")     /* the master said priority 0 */                 \
    X (HBD_VRRP_BECAUSE_PREEMPTION, "preemption") /* the master's priority is lower */             \
    X (HBD_VRRP_BECAUSE_HIGHER_PRIORITY, "higher-priority")                                        \
    X (HBD_VRRP_BECAUSE_HIGHER_ADDRESS, "higher-address") /* at equal priority */                  \
    X (HBD_VRRP_BECAUSE_GROUP, "group") /* another member of the group changed */                  \
    X (HBD_VRRP_BECAUSE_PAUSE, "pause") /* we did not run for too long */                          \
    X (HBD_VRRP_BECAUSE_FAULT, "fault")                                                            \
    X (HBD_VRRP_BECAUSE_RECOVERY, "recovery") /* no fault is left */                               \
    X (HBD_VRRP_BECAUSE_STOP, "stop")

#define HBD_VRRP_REASON_VALUE(value, name) value,
typedef enum { HBD_VRRP_REASON_LIST (HBD_VRRP_REASON_VALUE) HBD_VRRP_REASON_N } HbdVrrpReason;

/* Counters beside one per verdict; names go out in hbd_vrrp_counters(). */
#define HBD_VRRP_COUNT_LIST(X)                                                                     \
    X (HBD_VRRP_COUNT_RECEIVED, "received") /* and believed */                                     \
    X (HBD_VRRP_COUNT_SENT, "sent")                                                                \
    X (HBD_VRRP_COUNT_BECAME_MASTER, "became-master")                                              \
    X (HBD_VRRP_COUNT_RELEASED_MASTER, "released-master")                                          \
    X (HBD_VRRP_COUNT_ZERO_RECEIVED, "priority-zero-received")                                     \
    X (HBD_VRRP_COUNT_ZERO_SENT, "priority-zero-sent")                                             \
    X (HBD_VRRP_COUNT_CONFLICTS, "conflicts") /* a lower master heard while we are it */           \
    X (HBD_VRRP_COUNT_ANNOUNCED, "announced") /* blocks of announcements */                        \
    X (HBD_VRRP_COUNT_PAUSES, "pauses")                                                            \
    X (HBD_VRRP_COUNT_UNSIGNED, "unsigned") /* believed without trailer: roll-out modes */         \
    X (HBD_VRRP_COUNT_LISTS_DIFFER, "address-lists-differ")                                        \
    X (HBD_VRRP_COUNT_INTERVAL_LEARNED, "interval-learned")

#define HBD_VRRP_COUNT_VALUE(value, name) value,
typedef enum { HBD_VRRP_COUNT_LIST (HBD_VRRP_COUNT_VALUE) HBD_VRRP_COUNT_N } HbdVrrpCount;

/* Kinds of records that packets can cause, after one per verdict. */
typedef enum {
    HBD_VRRP_RATE_CONFLICT = HBD_VRRP_VERDICT_N,
    HBD_VRRP_RATE_LOWER,
    HBD_VRRP_RATE_SAME_ADDRESS,
    HBD_VRRP_RATE_LISTS_DIFFER,
    HBD_VRRP_RATE_INTERVAL,
    HBD_VRRP_RATE_N
} HbdVrrpRateKind;

#define HBD_VRRP_RATE_PERIOD_US HBD_S (60)

/* What remains to be said once the addresses are dropped: letting go comes before speaking. */
typedef enum {
    HBD_VRRP_WORD_NONE,
    HBD_VRRP_WORD_ZERO,  /* priority 0: others may go on */
    HBD_VRRP_WORD_YIELD, /* one advert of ours to the winner, who announces again upon it */
} HbdVrrpWord;

typedef struct {
    guint index;
    HbdVrrpInstanceConfig config; /* name and tracks owned */
    HbdVrrpCodec *codec;
    HbdTime interval_us; /* our own Advertisement_Interval */

    HbdVrrpState state;
    HbdTime since_us;
    guint8 effective;
    guint conditions; /* bit per HbdVrrpCondition */
    bool has_failed_track, has_unknown_track;

    HbdTime timer_us;           /* Master_Down_Timer, or the next advert of a master */
    HbdTime master_interval_us; /* Master_Adver_Interval */
    HbdTime last_sent_us;
    HbdVrrpReason expects; /* why we become master when the timer ends */
    bool has_asked;        /* the timer was put off once because we were late ourselves */
    bool wants_master;     /* in a group: our timer ended, the others' have not */
    HbdTime preempt_at_us; /* preempt_delay ends; 0: no lower advert heard yet */

    bool has_master;
    HbdVrrpAddress master;

    guint releases; /* DO_RELEASE not yet answered */
    HbdVrrpWord word;
    guint8 word_priority;  /* of the yielding word: what lost, whatever trackers say meanwhile */
    bool owes_word;        /* let go after a pause: the master heard next has to announce again */
    HbdTime word_again_us; /* say the yielding word once more, in case it was lost */

    HbdTime announce_us; /* second block */
    guint announce_repeat;
    HbdTime refresh_us;
    guint conflict_tokens;     /* answers to a lower master that may be given now */
    HbdTime conflict_since_us; /* when the tokens were counted last */
    HbdTime conflict_us;       /* an answer that waits for a token */

    HbdVrrpHeard heard[HBD_VRRP_PEERS_MAX];
    guint64 count[HBD_VRRP_COUNT_N];
    guint64 refused[HBD_VRRP_VERDICT_N];
    HbdRate rates[HBD_VRRP_RATE_N];

    HbdTime deadline_us; /* the earliest of the above, as of the last step */
} HbdVrrpInstance;

struct _HbdVrrp {
    HbdVrrpInstance **instances;
    guint instance_count;
    char **groups;
    HbdVrrpState *group_states; /* as last notified */
    guint group_count;
    HbdVrrpTrackerConfig *tracker_configs; /* names owned */
    HbdVrrpTracker *trackers;
    guint tracker_count;
    HbdTime startup_delay_us, startup_us; /* startup_us: end of the delay */
    bool is_started, is_stopping;
    guint64 strays[HBD_VRRP_VERDICT_N];
    HbdTime deadline_us;

    /* of the running step */
    HbdTime now;
    gint64 wall_us;
    GArray *out;
};

/* emit.c */
void hbd_vrrp_record (HbdVrrp *v, HbdLevel level, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* As above, at most once per HBD_VRRP_RATE_PERIOD_US, instance and @kind; `suppressed=N` is
 * added. */
void hbd_vrrp_record_rated (HbdVrrp *v, HbdVrrpInstance *i, guint kind, HbdLevel level,
                            const char *name, const char *format, ...) G_GNUC_PRINTF (6, 7);
/* The one way a state changes; tells those whom it concerns, but sends nothing. */
void hbd_vrrp_set_state (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpState to, HbdVrrpReason reason);
void hbd_vrrp_send_advert (HbdVrrp *v, HbdVrrpInstance *i, guint8 priority);
void hbd_vrrp_announce (HbdVrrp *v, HbdVrrpInstance *i, guint repeat);
void hbd_vrrp_acquire (HbdVrrp *v, const HbdVrrpInstance *i);
/* @word is said when the release is answered, if we are no master again by then. */
void hbd_vrrp_release (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpWord word);
void hbd_vrrp_notify (HbdVrrp *v, const HbdVrrpInstance *i, HbdVrrpNotify what);
void hbd_vrrp_notify_group (HbdVrrp *v, guint group, HbdVrrpNotify what);
/* Text of an address. */
#define HBD_VRRP_ADDRESS_TEXT 46
void hbd_vrrp_address_text (const HbdVrrpAddress *address, HbdVrrpFamily family,
                            char text[HBD_VRRP_ADDRESS_TEXT]);

/* receive.c */
void hbd_vrrp_receive (HbdVrrp *v, const HbdVrrpEvent *event);

/* election.c */
HbdTime hbd_vrrp_instance_skew (const HbdVrrpInstance *i);
HbdTime hbd_vrrp_instance_down_interval (const HbdVrrpInstance *i);
void hbd_vrrp_become_backup (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpReason reason,
                             HbdVrrpWord word);
void hbd_vrrp_become_master (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpReason reason);
void hbd_vrrp_hear (HbdVrrp *v, HbdVrrpInstance *i, const HbdVrrpAdvert *advert,
                    const HbdVrrpAddress *sender);
/* All that is due for @i now; pauses have been looked for. */
void hbd_vrrp_run_timers (HbdVrrp *v, HbdVrrpInstance *i);
/* A master that was silent for so long that another may have taken over lets go first, with its
 * group; called before anything else is done with the instance. */
void hbd_vrrp_notice_pause (HbdVrrp *v, HbdVrrpInstance *i);
/* It takes no part any more: whatever it still has to drop and to say. The state follows. */
void hbd_vrrp_leave (HbdVrrp *v, HbdVrrpInstance *i);
/* The release was answered: say what was held back. */
void hbd_vrrp_say_word (HbdVrrp *v, HbdVrrpInstance *i);
HbdTime hbd_vrrp_instance_deadline (const HbdVrrpInstance *i);

/* host.c */
bool hbd_vrrp_is_faulty (const HbdVrrpInstance *i);
/* Priority, fault and readiness from the trackers' values; the state follows. */
void hbd_vrrp_weigh (HbdVrrp *v, HbdVrrpInstance *i);
/* Into and out of FAULT, and out of INIT, with the whole group. */
void hbd_vrrp_settle (HbdVrrp *v, HbdVrrpInstance *i);
/* From INIT or FAULT into the election. */
void hbd_vrrp_join (HbdVrrp *v, HbdVrrpInstance *i, HbdVrrpReason reason);

/* group.c; each does nothing, or says yes, for an instance without group. */
bool hbd_vrrp_group_may_lead (HbdVrrp *v, const HbdVrrpInstance *i);
void hbd_vrrp_group_lead (HbdVrrp *v, const HbdVrrpInstance *i);
/* The others stop being master too; each says @word once it has let go. */
void hbd_vrrp_group_yield (HbdVrrp *v, const HbdVrrpInstance *i, HbdVrrpReason reason,
                           HbdVrrpWord word);
bool hbd_vrrp_group_is_faulty (const HbdVrrp *v, const HbdVrrpInstance *i);
/* Notify groups whose state is now another. */
void hbd_vrrp_group_report (HbdVrrp *v);
