/* SPDX-License-Identifier: Apache-2.0 */
/* haresources: the grammar of doc/heartbeat.md 2.1 and 2.2, with places that stay those of the
 * physical line. */
#include "config.h"

#include "cfg/build.h"
#include "cfg/haresources.h"
#include "tests/unit/cfg_fixture.h"

#include <string.h>

static const CfgGroupLine *
group_at (const CfgFixture *f, guint index)
{
    g_assert_cmpuint (index, <, f->cluster->groups->len);
    return g_ptr_array_index (f->cluster->groups, index);
}

static const CfgResourceWord *
word_at (const CfgFixture *f, guint group, guint index)
{
    g_assert_cmpuint (index, <, group_at (f, group)->resources->len);
    return g_ptr_array_index (group_at (f, group)->resources, index);
}

static void
expect_place (CfgPlace place, guint line, guint column)
{
    g_assert_cmpstr (place.file, ==, "haresources");
    g_assert_cmpuint (place.line, ==, line);
    g_assert_cmpuint (place.column, ==, column);
}

static void
test_words (void)
{
    static const struct {
        const char *word, *name, *args;
    } rows[] = {
        { "httpd", "httpd", "" },
        { "IPaddr::10.0.0.1", "IPaddr", "10.0.0.1" },
        { "10.0.0.1", "IPaddr", "10.0.0.1" },
        { "10.0.0.1/24/eth0:0/10.0.0.255", "IPaddr", "10.0.0.1/24/eth0:0/10.0.0.255" },
        { "Filesystem::/dev/sdb1::/data::ext4", "Filesystem", "/dev/sdb1|/data|ext4" },
        { "IPv6addr::fd00::1/64/eth0", "IPv6addr", "fd00::1/64/eth0" },
        { "IPv6addr::fd00:0:0:0:0:0:0:1/64", "IPv6addr", "fd00:0:0:0:0:0:0:1/64" },
        { "IPv6addr::::1", "IPv6addr", "::1" },
        { "IPaddr2::fd00::1/64::x", "IPaddr2", "fd00::1/64|x" },
        { "MailTo::a::b", "MailTo", "a|b" },
        { "x::", "x", "" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        CfgPlace place = { NULL, 1, 1 };
        CfgResourceWord *word = cfg_resource_word_new (place, rows[i].word);
        g_autofree char *args = g_strjoinv ("|", word->args);

        g_assert_cmpstr (word->word, ==, rows[i].word);
        g_assert_cmpstr (word->name, ==, rows[i].name);
        g_assert_cmpstr (args, ==, rows[i].args);
        cfg_resource_word_free (word);
    }
}

static void
test_comments_and_blanks (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_haresources (
        "# comment\n\n  alpha\t 10.0.0.10/24/eth0   httpd # rest\n \t\nbeta nginx#glued\n");

    g_assert_cmpuint (f->diags->items->len, ==, 0);
    g_assert_cmpuint (f->cluster->groups->len, ==, 2);
    expect_place (group_at (f, 0)->place, 3, 3);
    expect_place (word_at (f, 0, 0)->place, 3, 10);
    expect_place (word_at (f, 0, 1)->place, 3, 30);
    g_assert_cmpstr (word_at (f, 1, 0)->word, ==, "nginx");
}

static void
test_continuation_keeps_places (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_haresources (
        "alpha 10.0.0.10/24/eth0 \\\n   httpd \\\n  MailTo::root@x\nbeta \\\nnginx\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpuint (group_at (f, 0)->resources->len, ==, 3);
    expect_place (word_at (f, 0, 1)->place, 2, 4);
    expect_place (word_at (f, 0, 2)->place, 3, 3);
    expect_place (group_at (f, 1)->place, 4, 1);
    expect_place (word_at (f, 1, 0)->place, 5, 1);
}

/* Joining inserts no blank, so a word goes on in the next line. */
static void
test_continuation_joins_words (void)
{
    g_autoptr (CfgFixture) f =
        cfg_fixture_haresources ("alpha 10.0.\\\n0.10/24/eth0\\\n httpd\nbeta nginx\\\n\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpstr (word_at (f, 0, 0)->word, ==, "10.0.0.10/24/eth0");
    expect_place (word_at (f, 0, 0)->place, 1, 7);
    expect_place (word_at (f, 0, 1)->place, 3, 2);
    g_assert_cmpstr (word_at (f, 1, 0)->word, ==, "nginx");
}

static void
test_empty_argument_is_lost (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_haresources ("alpha Filesystem::/dev/sdb1::::ext4\n");

    g_assert_cmpuint (g_strv_length (word_at (f, 0, 0)->args), ==, 2);
    g_assert_cmpstr (word_at (f, 0, 0)->args[1], ==, "ext4");
    g_assert_true (cfg_fixture_says (f, "haresources:1:7: warning", "empty argument"));
}

typedef struct {
    const char *text, *where, *says; /* @where NULL: nothing is said */
} Row;

static void
check_rows (const Row *rows, guint count)
{
    for (guint i = 0; i < count; i++) {
        g_autoptr (CfgFixture) f = cfg_fixture_haresources (rows[i].text);
        g_autofree char *text = cfg_fixture_text (f);

        g_test_message ("%s -> %s", rows[i].text, text);
        if (rows[i].where == NULL)
            g_assert_cmpstr (text, ==, "");
        else
            g_assert_true (cfg_fixture_says (f, rows[i].where, rows[i].says));
    }
}

static void
test_address_parts (void)
{
    static const Row rows[] = {
        { "alpha 10.0.0.1/255.255.255.0/eth0\n", NULL, NULL },
        { "alpha 10.0.0.1/24/10.0.0.255\n", NULL, NULL },
        { "alpha 10.0.0.1//eth0\n", NULL, NULL },
        { "alpha 10.0.0.1/0\n", NULL, NULL },
        { "alpha IPv6addr::fd00:0:0:0:0:0:0:1/128/eth0\n", NULL, NULL },
        { "alpha 10.0.0.1/255.0.255.0\n", "haresources:1:16: warning", "prefix length" },
        { "alpha 10.0.0.1/33\n", "haresources:1:16: warning", "prefix length" },
        { "alpha 10.0.0.1x\n", "haresources:1:7: warning", "not an address" },
        { "alpha IPaddr\n", "haresources:1:7: warning", "needs an address" },
        { "alpha IPaddr::eth0\n", "haresources:1:15: warning", "not an address" },
        { "alpha 10.0.0.1/24/eth0/x\n", "haresources:1:24: warning", "broadcast" },
        { "alpha 10.0.0.1/24/eth0/10.0.0.255/y\n", "haresources:1:35: warning", "too many" },
        { "alpha 10.0.0.1/24/eth0:label-too-long\n", "haresources:1:19: warning", "15 bytes" },
        { "alpha 10.0.0.1/24/too-long-an-interface\n", "haresources:1:19: warning",
          "interface name" },
        { "alpha IPv6addr::10.0.0.1\n", "haresources:1:17: warning", "IPv4" },
        { "alpha IPv6addr::fd00:0:0:0:0:0:0:1/129\n", "haresources:1:36: warning", "0..128" },
        { "alpha IPv6addr::fd00:0:0:0:0:0:0:1/64/eth0/1\n", "haresources:1:44: warning",
          "broadcast" },
        { "alpha IPv6addr::fd00::1\n", "haresources:1:17: warning", "zeros" },
        { "alpha 10.0.0.1/24/eth5\n", "haresources:1:7: warning", "no interface 'eth5'" },
    };

    check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_faults (void)
{
    static const Row rows[] = {
        { "alpha db::b\n", NULL, NULL }, /* a script, though an address could look like that */
        { "alpha ::x\n", "haresources:1:7: warning", "no name" },
        { "alpha httpd:x\n", "haresources:1:12: warning", "'::'" },
        { "alpha /etc/init.d/httpd\n", "haresources:1:7: warning", "without a path" },
        { "alpha fd00::1/64\n", "haresources:1:7: warning", "IPv6addr::" },
        { "alpha fd00:1::1/64\n", "haresources:1:7: warning", "IPv6addr::" },
        { "alpha ::1\n", "haresources:1:7: warning", "IPv6addr::" },
        { "alpha fd00:0:0:0:0:0:0:1\n", "haresources:1:7: warning", "IPv6addr::" },
        { "alpha httpd \\ nginx\n", "haresources:1:13: warning", "joins nothing" },
        { "alpha httpd \\ # x\nbeta nginx\n", "haresources:1:13: warning", "does not go on" },
        { "alpha httpd\\", "haresources:1:12: warning", "behind the end" },
        { "alpha httpd\nalpha\n", "haresources:2:1: warning", "does nothing" },
        { "alpha httpd \\\n nginx # x\n", "haresources:2:8: warning", "continued line" },
        { "# only a comment\n", "haresources:1:1: warning", "no group" },
        { "gamma httpd\n", "haresources:1:1: error", "not a node" },
        { "alpha.example.org httpd\n", "haresources:1:1: error", "did you mean 'alpha'" },
        { "alpha unheard-of\n", "haresources:1:7: warning", "no script or agent" },
        { "alpha ocf:heartbeat:Dummy\n", "haresources:1:7: warning", "no script or agent" },
    };

    check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_uniqueness (void)
{
    static const Row rows[] = {
        { "alpha httpd\nbeta nginx\n", NULL, NULL },
        { "alpha 10.0.0.1\nbeta 10.0.0.2\n", NULL, NULL },
        { "alpha httpd\nbeta httpd\n", "haresources:2:6: error", "two groups" },
        { "alpha httpd\nalpha httpd nginx\n", "haresources:2:7: warning", "one group" },
        { "alpha httpd 10.0.0.1\nbeta nginx IPaddr2::10.0.0.1/24\n", "haresources:2:12: error",
          "both machines" },
        { "alpha IPv6addr::fd00:0:0:0:0:0:0:1\nbeta IPv6addr::FD00::1/64\n",
          "haresources:2:6: error", "both machines" },
        { "alpha httpd 10.0.0.1 IPaddr::10.0.0.1\n", "haresources:1:22: warning", "twice" },
        { "alpha httpd\nbeta nginx httpd\n", "haresources:2:12: warning", "group's name" },
    };

    check_rows (rows, G_N_ELEMENTS (rows));
}

/* Two lines of one name are one group, whose resources stand in it once. */
static void
test_lines_of_one_name (void)
{
    g_autoptr (CfgFixture) f = cfg_fixture_haresources (
        "alpha httpd MailTo::a\nbeta nginx\nAlpha httpd MailTo::a MailTo::b\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpuint (f->cluster->groups->len, ==, 2);
    g_assert_cmpuint (group_at (f, 0)->resources->len, ==, 3);
    g_assert_cmpstr (word_at (f, 0, 2)->word, ==, "MailTo::b");
}

/* What only a start would find out is counted, so that a reload can refuse it. */
static void
test_what_cannot_start_is_counted (void)
{
    g_autoptr (CfgFixture) f =
        cfg_fixture_haresources ("alpha httpd unheard-of 10.0.0.1/33 httpd:x\nbeta nginx\n");

    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpuint (f->diags->doomed, ==, 3);
    g_assert_cmpuint (group_at (f, 0)->resources->len, ==, 4);
}

/* The digest tells whether two nodes have the same groups, however the file is laid out. */
static void
test_digest_is_of_the_canonical_text (void)
{
    g_autoptr (CfgFixture) a = cfg_fixture_haresources ("alpha 10.0.0.10/24/eth0 httpd\n");
    g_autoptr (CfgFixture) b =
        cfg_fixture_haresources ("# x\n ALPHA  10.0.0.10/24/eth0 \\\n\thttpd # y\n");
    g_autoptr (CfgFixture) c = cfg_fixture_haresources ("alpha 10.0.0.10/24/eth0 nginx\n");

    g_assert_cmpuint (strlen (a->cluster->haresources_digest), ==, 64);
    g_assert_cmpstr (a->cluster->haresources_digest, ==, b->cluster->haresources_digest);
    g_assert_cmpstr (a->cluster->haresources_digest, !=, c->cluster->haresources_digest);
}

static void
test_limits (void)
{
    GString *wide = g_string_new ("alpha"), *tall = g_string_new (NULL);
    g_autoptr (CfgFixture) f = NULL, g = NULL, h = NULL;

    for (guint i = 0; i < CFG_GROUP_RESOURCES_MAX; i++)
        g_string_append_printf (wide, " MailTo::%u", i);
    f = cfg_fixture_haresources (wide->str);
    g_assert_cmpuint (f->diags->errors, ==, 0);
    g_assert_cmpuint (group_at (f, 0)->resources->len, ==, CFG_GROUP_RESOURCES_MAX);
    g_string_append (wide, " httpd");
    g = cfg_fixture_haresources (wide->str);
    g_assert_true (cfg_fixture_says (g, "haresources:1:1: error", "more than 256"));
    for (guint i = 0; i <= CFG_GROUPS_MAX; i++)
        g_string_append_printf (tall, "alpha MailTo::%u\n", i);
    h = cfg_fixture_haresources (tall->str);
    g_assert_true (cfg_fixture_says (h, "haresources:257:1: error", "more than 256"));
    g_string_free (wide, TRUE);
    g_string_free (tall, TRUE);
}

/* Joined lines may make a longer one than a file may have; printed it is cut again. */
static void
test_long_groups_and_words (void)
{
    g_autofree char *word = g_strnfill (CFG_RESOURCE_MAX - 8, 'x');
    g_autofree char *text = g_strdup_printf ("alpha \\\nMailTo::%s \\\nMailTo::%s\n", word, word);
    g_autofree char *over = g_strdup_printf ("alpha \\\nMailTo::%sy\n", word);
    g_autoptr (CfgFixture) f = cfg_fixture_haresources (text), again = NULL;
    g_autoptr (CfgFixture) g = cfg_fixture_haresources (over);
    g_autofree char *printed = cfg_print_haresources (f->cluster);

    g_assert_cmpuint (f->diags->errors, ==, 0);
    again = cfg_fixture_haresources (printed);
    g_assert_cmpuint (again->diags->errors, ==, 0);
    g_assert_cmpstr (word_at (again, 0, 1)->word, ==, word_at (f, 0, 1)->word);
    g_assert_cmpstr (again->cluster->haresources_digest, ==, f->cluster->haresources_digest);
    g_assert_true (cfg_fixture_says (g, "haresources:2:1: error", "4000"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/cfg/haresources/" #name, test_##name)
    ADD (words);
    ADD (comments_and_blanks);
    ADD (continuation_keeps_places);
    ADD (continuation_joins_words);
    ADD (empty_argument_is_lost);
    ADD (address_parts);
    ADD (faults);
    ADD (uniqueness);
    ADD (lines_of_one_name);
    ADD (what_cannot_start_is_counted);
    ADD (digest_is_of_the_canonical_text);
    ADD (limits);
    ADD (long_groups_and_words);
    return g_test_run ();
}
