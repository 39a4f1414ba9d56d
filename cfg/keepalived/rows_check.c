/* SPDX-License-Identifier: Apache-2.0 */
/* The checkers of a real_server, and the SSL block (doc/keepalived.md 2.15 to 2.25). */
#include "config.h"

#include "cfg/keepalived/rows.h"

#include <string.h>

#define AT(field)  G_STRUCT_OFFSET (CfgChecker, field)
#define URL(field) G_STRUCT_OFFSET (CfgUrl, field)

#define DELAY_MAX HBD_S (86400)

static const char no_pcre[] = "but hbd matches without options";
static const char no_close_notify[] = "but hbd always ends TLS properly";
static const char no_client_tls[] = "but hbd's SSL_GET shows no certificate of its own";
static const char no_bfd[] = "but hbd runs no BFD; the check always passes";
static const char no_such_word[] = "but keepalived's manual alone knows it; its parser does not";

/* --- common -------------------------------------------------------------------------------- */

static const CfgKaRow basic_rows[] = {
    ROW_BOOL ("alpha", 'C', AT (alpha)),
    ROW_SEC ("connect_timeout", 'A', AT (times.connect_timeout_us), 1, DELAY_MAX, "5"),
    ROW_NUM ("retry", 'A', AT (times.retry), 0, G_MAXINT32, NULL),
    ROW_SEC ("delay_before_retry", 'A', AT (times.delay_before_retry_us), 0, DELAY_MAX, NULL),
    ROW_SEC ("warmup", 'C', AT (times.warmup_us), 0, DELAY_MAX, NULL),
    ROW_SEC ("delay_loop", 'C', AT (times.delay_loop_us), 1, DELAY_MAX, NULL),
    ROW_BOOL ("log_all_failures", 'C', AT (log_all_failures)),
};

static const CfgKaBlock basic = { KA_ROWS (basic_rows) };

static const CfgKaRow connect_rows[] = {
    ROW_IP ("connect_ip", 'A', KA_IP, AT (connect_ip)),
    ROW_NUM ("connect_port", 'A', AT (connect_port), 1, 65535, NULL),
    ROW_IP ("bindto", 'A', KA_IP, AT (bind_to)),
    ROW_INTERFACE ("bind_if", 'D', AT (bind_if)),
    ROW_NUM ("bind_port", 'A', AT (bind_port), 1, 65535, NULL),
    ROW_NUM ("fwmark", 'D', AT (fwmark), 0, G_MAXINT32, NULL),
};

static const CfgKaBlock connection = { KA_ROWS (connect_rows), .more = &basic };

/* The kind stands in the row's range: the rows below are the only ones that open checkers. */
static gpointer
open_checker (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              gpointer parent)
{
    CfgRealServer *real = parent;
    CfgChecker *checker = cfg_ka_new (context, CfgChecker);

    checker->place = cfg_ka_word (statement, 0)->place;
    checker->kind = (CfgCheckKind) row->min;
    checker->connect_port = checker->bind_port = -1;
    checker->alpha = checker->log_all_failures = -1;
    checker->misc_timeout_us = -1;
    checker->weight = G_MININT;
    checker->max_reply_length = 255;
    checker->dns_type = -1;
    cfg_ka_init_check_defaults (&checker->times);
    cfg_ka_too_much (context, statement, 1);
    if (real->checkers == NULL)
        real->checkers = cfg_ka_array (context);
    g_ptr_array_add (real->checkers, checker);
    return checker;
}

static void
drop_checker (CfgKaContext *context, CfgChecker *checker, const char *why)
{
    cfg_ka_warn_at (context, checker->place, "%s; the checker is ignored, as in keepalived", why);
    checker->is_lost = true;
}

/* --- HTTP_GET, SSL_GET --------------------------------------------------------------------- */

static gpointer
open_url (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
          gpointer parent)
{
    CfgChecker *checker = parent;
    CfgUrl *url = cfg_ka_new (context, CfgUrl);

    url->place = cfg_ka_word (statement, 0)->place;
    if (checker->urls == NULL)
        checker->urls = cfg_ka_array (context);
    g_ptr_array_add (checker->urls, url);
    return url;
}

/* status_code N or A-B, several. */
static void
parse_status (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              gpointer base)
{
    CfgUrl *url = base;

    for (guint i = 1; i < cfg_ka_word_count (statement); i++) {
        const CfgKaWord *word = cfg_ka_word (statement, i);
        g_auto (GStrv) ends = g_strsplit (word->text, "-", 2);
        gint64 low = 0, high = 0;
        bool is_good = ends[0] != NULL && cfg_ka_is_number (ends[0], &low)
                       && cfg_ka_is_number (ends[1] != NULL ? ends[1] : ends[0], &high)
                       && low >= 100 && high <= 599 && low <= high;

        if (!is_good)
            cfg_ka_warn (context, word, "'%.60s' is no status (100..599) or range; it is ignored",
                         word->text);
        for (gint64 s = low; is_good && s <= high; s++)
            url->status[(s - 100) / 8] |= (guint8) (1 << (s - 100) % 8);
    }
}

static void
parse_digest (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
              gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 1);

    if (strlen (word->text) == 32 && strspn (word->text, "0123456789abcdefABCDEF") == 32)
        ((CfgUrl *) base)->digest = cfg_ka_string (context, word->text);
    else
        cfg_ka_warn (context, word, "digest needs 32 hexadecimal digits; it is ignored");
}

static void
parse_nb_get_retry (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                    gpointer base)
{
    const CfgKaWord *word = cfg_ka_word (statement, 1);
    CfgKaRow range = { .name = "nb_get_retry", .min = 0, .max = G_MAXINT32 };
    gint64 number;

    cfg_ka_warn (context, cfg_ka_word (statement, 0),
                 "nb_get_retry is the old name of retry; it still works here");
    if (cfg_ka_number (context, &range, word, &number))
        ((CfgChecker *) base)->times.retry = (int) number;
}

static void
close_http (CfgKaContext *context, gpointer base)
{
    CfgChecker *checker = base;

    if (checker->urls == NULL)
        drop_checker (context, checker,
                      checker->kind == CFG_CHECK_SSL ? "SSL_GET has no url"
                                                     : "HTTP_GET has no url");
}

static const CfgKaRow url_rows[] = {
    ROW_WORD ("path", 'A', URL (path)),
    ROW_CUSTOM ("digest", 'A', parse_digest),
    ROW_CUSTOM ("status_code", 'A', parse_status),
    ROW_WORD ("virtualhost", 'C', URL (virtualhost)),
    ROW_WORD ("regex", 'C', URL (regex)),
    ROW_FLAG ("regex_no_match", 'D', URL (regex_no_match)),
    ROW_IDLE ("regex_options", 'D', KA_NONE, no_pcre),
    ROW_IDLE ("regex_stack", 'D', KA_NONE, no_pcre),
    ROW_IDLE ("regex_min_offset", 'D', KA_NUMBER, no_pcre),
    ROW_IDLE ("regex_max_offset", 'D', KA_NUMBER, no_pcre),
    ROW_IDLE ("tls_compliant", 'D', KA_FLAG, no_close_notify),
};

static const CfgKaBlock url = { .name = "url", KA_ROWS (url_rows), .open = open_url };

static const char *const http_protocols[] = { "1.0", "1.0C", "1.1", NULL };

static const CfgKaRow http_rows[] = {
    ROW_CUSTOM ("nb_get_retry", 'A', parse_nb_get_retry),
    ROW_CHOICE ("http_protocol", 'C', AT (http_protocol), http_protocols, "1.0"),
    ROW_BOOL ("fast_recovery", 'D', AT (fast_recovery)),
    ROW_WORD ("virtualhost", 'C', AT (virtualhost)),
    ROW_FLAG ("enable_sni", 'C', AT (enable_sni)),
    ROW_WORD ("sni_name", 'D', AT (sni_name)),
    ROW_IDLE ("tls_compliant", 'D', KA_FLAG, no_close_notify),
    ROW_BLOCK ("url", 'A', url),
};

static const CfgKaBlock http_get = { .name = "HTTP_GET",
                                     KA_ROWS (http_rows),
                                     .more = &connection,
                                     .open = open_checker,
                                     .close = close_http };
static const CfgKaBlock ssl_get = { .name = "SSL_GET",
                                    KA_ROWS (http_rows),
                                    .more = &connection,
                                    .open = open_checker,
                                    .close = close_http };

/* --- the others ---------------------------------------------------------------------------- */

static const CfgKaBlock tcp_check = { .name = "TCP_CHECK",
                                      .more = &connection,
                                      .open = open_checker };

static const CfgKaBlock smtp_host = { .name = "host", .more = &connection };

static const CfgKaRow smtp_rows[] = {
    ROW_WORD ("helo_name", 'C', AT (helo_name)),
    ROW_BLOCK ("host", 'D', smtp_host),
};

static const CfgKaBlock smtp_check = {
    .name = "SMTP_CHECK", KA_ROWS (smtp_rows), .more = &connection, .open = open_checker
};

static const char *const dns_types[] = { "A", "NS", "CNAME", "SOA", "MX", "TXT", "AAAA", NULL };

static const CfgKaRow dns_rows[] = {
    ROW_CHOICE ("type", 'C', AT (dns_type), dns_types, "SOA"),
    ROW_WORD ("name", 'C', AT (dns_name)),
};

static const CfgKaBlock dns_check = {
    .name = "DNS_CHECK", KA_ROWS (dns_rows), .more = &connection, .open = open_checker
};

static void
parse_misc_path (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                 gpointer base)
{
    cfg_ka_command (context, statement, false, &((CfgChecker *) base)->script);
}

static void
parse_misc_user (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
                 gpointer base)
{
    CfgChecker *checker = base;

    cfg_ka_user (context, statement, 1, &checker->user, &checker->group);
}

static void
close_misc (CfgKaContext *context, gpointer base)
{
    CfgChecker *checker = base;

    if (checker->script.argv == NULL) {
        drop_checker (context, checker, "MISC_CHECK has no misc_path");
        return;
    }
    checker->script.user = checker->user;
    checker->script.group = checker->group;
}

static const CfgKaRow misc_rows[] = {
    ROW_CUSTOM ("misc_path", 'A', parse_misc_path),
    ROW_WHOLE ("misc_timeout", 'B', AT (misc_timeout_us), 1, 86400, "the delay_loop"),
    ROW_FLAG ("misc_dynamic", 'B', AT (misc_dynamic)),
    ROW_CUSTOM ("user", 'C', parse_misc_user),
};

static const CfgKaBlock misc_check = { .name = "MISC_CHECK",
                                       KA_ROWS (misc_rows),
                                       .more = &basic,
                                       .open = open_checker,
                                       .close = close_misc };

static const CfgKaRow bfd_rows[] = {
    ROW_WORD ("name", 'C', AT (name)),
    ROW_BOOL ("alpha", 'S', AT (alpha)),
};

static const CfgKaBlock bfd_check = { .name = "BFD_CHECK",
                                      KA_ROWS (bfd_rows),
                                      .open = open_checker };

static const CfgKaBlock ping_check = { .name = "PING_CHECK",
                                       .more = &connection,
                                       .open = open_checker };

/* Hexadecimal digits; `x` stands for any in a reply. */
static void
parse_hex (CfgKaContext *context, const CfgKaRow *row, const CfgKaStatement *statement,
           gpointer base)
{
    bool is_reply = strcmp (row->name, "require_reply") == 0;
    CfgChecker *checker = base;
    GString *text = g_string_new (NULL);

    for (guint i = 1; i < cfg_ka_word_count (statement); i++)
        g_string_append (text, cfg_ka_word (statement, i)->text);
    checker->require_reply = checker->require_reply || is_reply;
    if (strspn (text->str, is_reply ? "0123456789abcdefABCDEFxX" : "0123456789abcdefABCDEF")
            != text->len
        || (text->len == 0 && !is_reply))
        cfg_ka_warn (context, cfg_ka_word (statement, 0),
                     "%s needs hexadecimal digits; it is "
                     "ignored",
                     row->name);
    else
        *(is_reply ? &checker->reply : &checker->payload) = cfg_ka_string (context, text->str);
    g_string_free (text, TRUE);
}

static const CfgKaRow udp_rows[] = {
    ROW_CUSTOM ("payload", 'D', parse_hex),
    ROW_BARE ("require_reply", 'D', parse_hex, 0),
    ROW_NUM ("min_reply_length", 'D', AT (min_reply_length), 0, 65535, "0"),
    ROW_NUM ("max_reply_length", 'D', AT (max_reply_length), 0, 65535, "255"),
};

static const CfgKaBlock udp_check = {
    .name = "UDP_CHECK", KA_ROWS (udp_rows), .more = &connection, .open = open_checker
};

static const CfgKaRow file_rows[] = {
    ROW_WORD ("track_file", 'C', AT (name)),
    ROW_IDLE ("dynamic", 'D', KA_FLAG, no_such_word),
    ROW_WEIGHT ("weight", 'D', AT (weight), -254, 254, "that of the track_file"),
    ROW_BOOL ("alpha", 'S', AT (alpha)),
};

static const CfgKaBlock file_check = { .name = "FILE_CHECK",
                                       KA_ROWS (file_rows),
                                       .open = open_checker };

#define ROW_CHECKER(n, t, b, k)                                                                    \
    {                                                                                              \
        .name = n, .tier = t, .kind = KA_BLOCK, .block = &b, .min = k, .is_many = true             \
    }

static const CfgKaRow checker_rows[] = {
    ROW_CHECKER ("TCP_CHECK", 'A', tcp_check, CFG_CHECK_TCP),
    ROW_CHECKER ("HTTP_GET", 'A', http_get, CFG_CHECK_HTTP),
    ROW_CHECKER ("SSL_GET", 'A', ssl_get, CFG_CHECK_SSL),
    ROW_CHECKER ("SMTP_CHECK", 'B', smtp_check, CFG_CHECK_SMTP),
    ROW_CHECKER ("DNS_CHECK", 'B', dns_check, CFG_CHECK_DNS),
    ROW_CHECKER ("MISC_CHECK", 'A', misc_check, CFG_CHECK_MISC),
    { .name = "BFD_CHECK",
      .tier = 'C',
      .kind = KA_BLOCK,
      .block = &bfd_check,
      .min = CFG_CHECK_BFD,
      .is_many = true,
      .not_done = no_bfd },
    ROW_CHECKER ("PING_CHECK", 'B', ping_check, CFG_CHECK_PING),
    ROW_CHECKER ("UDP_CHECK", 'B', udp_check, CFG_CHECK_UDP),
    ROW_CHECKER ("FILE_CHECK", 'C', file_check, CFG_CHECK_FILE),
};

const CfgKaBlock cfg_ka_checkers = { KA_ROWS (checker_rows) };

/* --- SSL ----------------------------------------------------------------------------------- */

static const CfgKaRow ssl_rows[] = {
    ROW_IDLE ("password", 'C', KA_WORD, no_client_tls),
    ROW_IDLE ("ca", 'C', KA_WORD, no_client_tls),
    ROW_IDLE ("certificate", 'C', KA_WORD, no_client_tls),
    ROW_IDLE ("key", 'C', KA_WORD, no_client_tls),
};

const CfgKaBlock cfg_ka_ssl = { .name = "SSL", KA_ROWS (ssl_rows) };
