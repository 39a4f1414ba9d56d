/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks and keywords of keepalived.conf as tables (doc/keepalived.md 2), and what the functions
 * in them share. Private to cfg/keepalived.
 *
 * A block is a list of rows, and what opens and closes it; a row is a keyword: the kind of its
 * value, where that lands in the block's structure, its range, its tier. keepalived complains and
 * goes on where a value is wrong, so nearly all of this are warnings that say what is taken
 * instead; an error is what keepalived does not start with, and what would be dangerous. */
#pragma once

#include "cfg/keepalived/lexer.h"
#include "cfg/keepalived_model.h"

#define CFG_KA_BLOCKS_MAX 16  /* blocks in blocks */
#define CFG_KA_ROWS_MAX   192 /* rows of one block */
#define KA_NOWHERE        G_MAXSIZE

typedef enum {
    KA_NONE,      /* any words; lands nowhere */
    KA_FLAG,      /* bool, no value */
    KA_BOOL,      /* int, [BOOL]; bare is true */
    KA_BOOL1,     /* int, BOOL; the value is required */
    KA_NUMBER,    /* int */
    KA_OPTIONAL,  /* int, may be left out */
    KA_WHOLE,     /* HbdTime, whole seconds */
    KA_SECONDS,   /* HbdTime, seconds with up to six decimals */
    KA_MS,        /* HbdTime, milliseconds with decimals */
    KA_WORD,      /* char * */
    KA_IP,        /* CfgIp */
    KA_IP4,       /* CfgIp, IPv4 only */
    KA_IP6,       /* CfgIp, IPv6 only */
    KA_INTERFACE, /* char * */
    KA_CHOICE,    /* int: index into .choices */
    KA_WEIGHT,    /* int, then bool is_reversed: `N [reverse]`; see KaWeight */
    KA_COMMAND,   /* CfgScript, `CMD [user [group]]` */
    KA_CUSTOM,    /* .parse does all */
    KA_BLOCK,     /* opens .block */
} CfgKaKind;

/* As it is laid out where a KA_WEIGHT row lands. */
typedef struct {
    int weight;
    bool is_reversed;
} KaWeight;

typedef struct _CfgKaContext CfgKaContext;
typedef struct _CfgKaRow CfgKaRow;
typedef struct _CfgKaBlock CfgKaBlock;

typedef void (*CfgKaParse) (CfgKaContext *context, const CfgKaRow *row,
                            const CfgKaStatement *statement, gpointer base);
/* What the statement opens; NULL, with the reason said: skip the block. */
typedef gpointer (*CfgKaOpen) (CfgKaContext *context, const CfgKaRow *row,
                               const CfgKaStatement *statement, gpointer parent);
typedef void (*CfgKaClose) (CfgKaContext *context, gpointer base);

struct _CfgKaRow {
    const char *name;
    CfgKaKind kind;
    char tier;       /* A, B, C, D of doc/keepalived.md 2; 'S' a synonym or leftover */
    gsize offset;    /* in the block's structure */
    gint64 min, max; /* numbers; times in microseconds. Both 0: no range */
    int fallback;    /* KA_NUMBER: stored for a bad one; 0: nothing is */
    const char *def; /* what stays when the value is not usable, for people */
    const char *const *choices;
    CfgKaParse parse;
    const CfgKaBlock *block;
    const char *not_done; /* what hbd does not do with it, or NULL */
    bool is_many;         /* repeating adds */
    bool is_bare;         /* KA_CUSTOM: may stand without a value */
};

struct _CfgKaBlock {
    const char *name; /* for people; NULL: the top */
    const CfgKaRow *rows;
    guint row_count;
    const CfgKaBlock *more; /* rows shared by several blocks, or NULL */
    CfgKaOpen open;         /* NULL: the parent's structure */
    CfgKaClose close;
    CfgKaParse line; /* a list: each line is one entry; .rows are tried first */
};

/* The block at the top. */
extern const CfgKaBlock cfg_ka_top;
/* The row of @block, or of those it shares, with that name; *@index its number. Or NULL. */
const CfgKaRow *cfg_ka_find_row (const CfgKaBlock *block, const char *name, guint *index);

/* Parts of it, one table file each. */
extern const CfgKaBlock cfg_ka_global_defs;
extern const CfgKaBlock cfg_ka_vrrp_instance, cfg_ka_vrrp_sync_group;
extern const CfgKaBlock cfg_ka_vrrp_script, cfg_ka_track_file, cfg_ka_track_process;
extern const CfgKaBlock cfg_ka_bfd_instance, cfg_ka_track_group, cfg_ka_garp_group;
extern const CfgKaBlock cfg_ka_delays;
extern const CfgKaBlock cfg_ka_virtual_server, cfg_ka_virtual_server_group, cfg_ka_ssl;
extern const CfgKaBlock cfg_ka_checkers; /* rows of a real_server that open checkers */
/* Lists: each line is one entry of the array at the row's offset. */
extern const CfgKaBlock cfg_ka_virtual_addresses, cfg_ka_excluded_addresses;
extern const CfgKaBlock cfg_ka_static_addresses;
extern const CfgKaBlock cfg_ka_routes, cfg_ka_rules;
extern const CfgKaBlock cfg_ka_tracked_interfaces, cfg_ka_tracked_scripts, cfg_ka_tracked_files;
extern const CfgKaBlock cfg_ka_tracked_processes, cfg_ka_tracked_bfds;
extern const CfgKaBlock cfg_ka_members;

/* The array at the row's offset in @parent: the CfgKaOpen of lists. */
gpointer cfg_ka_open_list (CfgKaContext *context, const CfgKaRow *row,
                           const CfgKaStatement *statement, gpointer parent);

/* A block being read. */
typedef struct {
    const CfgKaBlock *block; /* NULL: it is skipped as a unit */
    gpointer base;
    CfgPlace opened_at;
    guint seen_line[CFG_KA_ROWS_MAX]; /* of the row's last statement; 0: none yet */
} CfgKaFrame;

struct _CfgKaContext {
    CfgKaReader *reader;
    const CfgInput *input;
    CfgKeepalived *model;
    GPtrArray *commands; /* CfgScript in the model, in file order */
    bool allows_shell;   /* hbd.conf: scripts { shell on } */
    GHashTable *advised; /* texts of .not_done that were said */
    GHashTable *names;   /* "KIND NAME" -> the object, for look-ups while reading */
    CfgKaFrame frames[CFG_KA_BLOCKS_MAX];
    guint depth;   /* frames in use */
    guint skipped; /* blocks open above the last frame */
};

/* Read all of @input->keepalived_conf. @allows_shell: what hbd.conf says of scripts.
 * (transfer full) */
CfgKeepalived *cfg_ka_parse (const CfgInput *input, bool allows_shell, CfgDiags *diags);
/* What only the whole can show, and what is inherited (doc/keepalived.md 1.9). */
void cfg_ka_check (CfgKaContext *context);
void cfg_ka_check_vrrp (CfgKaContext *context);
void cfg_ka_check_groups (CfgKaContext *context);
/* @tracks name objects of @kind: drop those that do not exist, fill in weights. */
void cfg_ka_check_tracks (CfgKaContext *context, GPtrArray *tracks, const char *kind);
void cfg_ka_check_scripts (CfgKaContext *context);
void cfg_ka_check_lvs (CfgKaContext *context);
/* What an instance does not say itself. */
void cfg_ka_inherit_garp (CfgGarp *garp, const CfgGarp *from);
/* True also when nobody can tell. */
bool cfg_ka_has_interface (const CfgKaContext *context, const char *name);

/* A warning at @word; at @place. */
#define cfg_ka_warn(context, word, ...)                                                            \
    cfg_ka_diag ((context)->reader, CFG_WARNING, word, __VA_ARGS__)
#define cfg_ka_warn_at(context, place, ...)                                                        \
    cfg_ka_diag_at ((context)->reader, CFG_WARNING, place, __VA_ARGS__)

/* --- values, value.c: false, said, when the word does not fit --- */
bool cfg_ka_number (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, gint64 *out);
bool cfg_ka_time (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, HbdTime *out);
bool cfg_ka_bool (CfgKaContext *context, const CfgKaRow *row, const CfgKaWord *word, int *out);
/* Silent ones. */
bool cfg_ka_is_number (const char *text, gint64 *out);
bool cfg_ka_is_bool (const char *text, int *out);
/* "ADDR" or "ADDR/PREFIX"; *@prefix is -1 without one, -2 when it is not a number in range. */
bool cfg_ka_is_ip (const char *text, CfgIp *out, int *prefix);
/* Words 1 and 2 of @statement: `ADDR [PORT]`. */
bool cfg_ka_address_port (CfgKaContext *context, const CfgKaStatement *statement, guint first,
                          CfgIp *ip, guint16 *port);
/* Store a statement's value as its row says. */
void cfg_ka_store (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                   gpointer base);
/* `CMD [user [group]]` behind the keyword into @script; @takes_user: whether a user may follow. */
void cfg_ka_command (CfgKaContext *context, const CfgKaStatement *statement, bool takes_user,
                     CfgScript *script);
/* Words from @first on are too many: say so, and ask for a line break if one is a keyword. */
void cfg_ka_too_much (CfgKaContext *context, const CfgKaStatement *statement, guint first);
/* `USER [:][GROUP]` from word @first on. */
void cfg_ka_user (CfgKaContext *context, const CfgKaStatement *statement, guint first, char **user,
                  char **group);

/* --- the model's memory, model.c --- */
CfgKeepalived *cfg_ka_model_new (void);
gpointer cfg_ka_alloc (CfgKaContext *context, gsize size);
#define cfg_ka_new(context, type) ((type *) cfg_ka_alloc (context, sizeof (type)))
char *cfg_ka_string (CfgKaContext *context, const char *text);
/* Takes @argv over. */
char **cfg_ka_take_words (CfgKaContext *context, char **argv);
GPtrArray *cfg_ka_array (CfgKaContext *context);
void cfg_ka_init_notify (CfgNotify *notify);
void cfg_ka_init_garp (CfgGarp *garp);
void cfg_ka_init_check_defaults (CfgCheckDefaults *times);
/* The name behind the keyword; NULL, said, when it is missing or too long. */
char *cfg_ka_block_name (CfgKaContext *context, const CfgKaStatement *statement);
/* Note that @object is the KIND of that name; false, said, when there is one already. */
bool cfg_ka_add_name (CfgKaContext *context, const char *kind, const CfgKaWord *name,
                      gpointer object);
void cfg_ka_remove_name (CfgKaContext *context, const char *kind, const char *name);
gpointer cfg_ka_find_name (CfgKaContext *context, const char *kind, const char *name);
/* ", did you mean 'x'?" of the names of that kind, or "". (transfer full) */
char *cfg_ka_near_name (CfgKaContext *context, const char *kind, const char *name);
