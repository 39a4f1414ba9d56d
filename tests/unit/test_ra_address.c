/* SPDX-License-Identifier: Apache-2.0 */
/* ra/lib/address.c: every form of an IPaddr argument, and every error with the word it must name. */
#include "config.h"

#include "ra/lib/address.h"

#include <string.h>
#include <sys/socket.h>

typedef struct {
    const char *arg; /* "::" separates arguments, as in haresources */
    const char *text;
    int prefix_len;
    const char *ifname;
    const char *label;
    const char *broadcast; /* as computed for the prefix (24 when it is open); NULL: none */
} GoodCase;

static const GoodCase good_cases[] = {
    { "10.0.0.1", "10.0.0.1", -1, "", "", "10.0.0.255" },
    { "10.10.10.100/24/eth0:0", "10.10.10.100", 24, "eth0", "eth0:0", "10.10.10.255" },
    { "10.0.0.1/24", "10.0.0.1", 24, "", "", "10.0.0.255" },
    { "10.0.0.1/255.255.255.0", "10.0.0.1", 24, "", "", "10.0.0.255" },
    { "10.0.0.1/255.255.252.0/br0", "10.0.0.1", 22, "br0", "", "10.0.3.255" },
    { "10.0.0.1/24/eth0", "10.0.0.1", 24, "eth0", "", "10.0.0.255" },
    { "10.0.0.1/24/eth0/10.0.0.127", "10.0.0.1", 24, "eth0", "", "10.0.0.127" },
    { "10.0.0.1/24/10.0.0.127", "10.0.0.1", 24, "", "", "10.0.0.127" },
    { "1.2.3.4/24/eth0/1.2.3.255", "1.2.3.4", 24, "eth0", "", "1.2.3.255" },
    { "10.0.0.1/24/eth0/+", "10.0.0.1", 24, "eth0", "", "10.0.0.255" },
    { "10.0.0.1/24/eth0/-", "10.0.0.1", 24, "eth0", "", "10.0.0.0" },
    { "10.0.0.1//eth0", "10.0.0.1", -1, "eth0", "", "10.0.0.255" },
    { "10.0.0.1/eth0", "10.0.0.1", -1, "eth0", "", "10.0.0.255" },
    { "10.0.0.1/32/eth0", "10.0.0.1", 32, "eth0", "", NULL },
    { "10.0.0.1/31", "10.0.0.1", 31, "", "", NULL },
    { "10.0.0.1/24/bond0.100", "10.0.0.1", 24, "bond0.100", "", "10.0.0.255" },
    { "10.0.0.1/24/eth0:web", "10.0.0.1", 24, "eth0", "eth0:web", "10.0.0.255" },
    { "10.0.0.1/24/", "10.0.0.1", 24, "", "", "10.0.0.255" },
    { "2001:db8::1", "2001:db8::1", -1, "", "", NULL },
    { "2001:db8::1/64/eth0", "2001:db8::1", 64, "eth0", "", NULL },
    { "2001:0DB8:0::0001/64", "2001:db8::1", 64, "", "", NULL },
    { "fe80::5/64/eth1", "fe80::5", 64, "eth1", "", NULL },
    { "2001:db8:1:2:3:4:5:6/128/eth0:0", "2001:db8:1:2:3:4:5:6", 128, "eth0", "", NULL },
};

static RaAddress *
parse (const char *arg, GError **error)
{
    g_auto (GStrv) args = g_strsplit (arg, "::", -1);
    return ra_address_parse ((const char *const *) args, error);
}

static void
test_good_forms (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (good_cases); i++) {
        const GoodCase *c = &good_cases[i];
        g_autoptr (GError) error = NULL;
        g_test_message ("%s", c->arg);
        g_autoptr (RaAddress) a = parse (c->arg, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (a->text, ==, c->text);
        g_assert_cmpint (a->prefix_len, ==, c->prefix_len);
        g_assert_cmpstr (a->ifname, ==, c->ifname);
        g_assert_cmpstr (a->label, ==, c->label);
        guint8 b[4];
        bool has = ra_address_broadcast (a, a->prefix_len < 0 ? 24 : a->prefix_len, b);
        g_assert_cmpint (has, ==, c->broadcast != NULL);
        if (has) {
            g_autofree char *text = g_strdup_printf ("%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
            g_assert_cmpstr (text, ==, c->broadcast);
        }
    }
}

typedef struct {
    const char *arg;
    RaAddressErrorCode code;
    const char *names; /* words that the message must hold */
} BadCase;

static const BadCase bad_cases[] = {
    { "", RA_ADDRESS_ERROR_IP, "no IP address" },
    { "/24/eth0", RA_ADDRESS_ERROR_IP, "no IP address" },
    { "10.0.0", RA_ADDRESS_ERROR_IP, "'10.0.0'" },
    { "10.0.0.256", RA_ADDRESS_ERROR_IP, "'10.0.0.256'" },
    { "10.0.0.1.5/24", RA_ADDRESS_ERROR_IP, "'10.0.0.1.5'" },
    { "web.example.org", RA_ADDRESS_ERROR_IP, "'web.example.org'" },
    { "2001:db8::1::2", RA_ADDRESS_ERROR_IP, "is not an IPv4 or IPv6" },
    { "127.0.0.1", RA_ADDRESS_ERROR_IP, "loopback" },
    { "0.0.0.0/24", RA_ADDRESS_ERROR_IP, "0.0.0.0" },
    { "224.0.0.18/24", RA_ADDRESS_ERROR_IP, "multicast" },
    { "255.255.255.255", RA_ADDRESS_ERROR_IP, "reserved" },
    { "::", RA_ADDRESS_ERROR_IP, "" },
    { "ff02::1/64/eth0", RA_ADDRESS_ERROR_IP, "multicast" },
    { "::ffff:10.0.0.1/64", RA_ADDRESS_ERROR_IP, "write the IPv4" },
    { "10.0.0.255/24/eth0", RA_ADDRESS_ERROR_IP, "broadcast address of its network" },
    { "10.0.0.1/33", RA_ADDRESS_ERROR_NETMASK, "'33'" },
    { "10.0.0.1/0", RA_ADDRESS_ERROR_NETMASK, "'0'" },
    { "10.0.0.1/255.0.255.0", RA_ADDRESS_ERROR_NETMASK, "'255.0.255.0'" },
    { "10.0.0.1/24x", RA_ADDRESS_ERROR_NETMASK, "'24x'" },
    { "2001:db8::1/129", RA_ADDRESS_ERROR_NETMASK, "'129'" },
    { "2001:db8::1/255.255.255.0", RA_ADDRESS_ERROR_NETMASK, "128" },
    { "10.0.0.1/24/averyverylongname", RA_ADDRESS_ERROR_INTERFACE, "'averyverylongname'" },
    { "10.0.0.1/24/lo", RA_ADDRESS_ERROR_INTERFACE, "lo" },
    { "10.0.0.1/24/lo:0", RA_ADDRESS_ERROR_INTERFACE, "lo" },
    { "10.0.0.1/24/.hidden", RA_ADDRESS_ERROR_INTERFACE, "'.hidden'" },
    { "10.0.0.1/24/:0", RA_ADDRESS_ERROR_INTERFACE, "':0'" },
    { "10.0.0.1/24/eth0:", RA_ADDRESS_ERROR_LABEL, "label" },
    { "10.0.0.1/24/eth0:averylonglabel", RA_ADDRESS_ERROR_LABEL, "15 characters" },
    { "10.0.0.1/24/eth0/10.0.0", RA_ADDRESS_ERROR_BROADCAST, "'10.0.0'" },
    { "2001:db8::1/64/eth0/1", RA_ADDRESS_ERROR_BROADCAST, "IPv6" },
    { "10.0.0.1/24/eth0/10.0.0.255/more", RA_ADDRESS_ERROR_EXTRA, "'more'" },
    { "10.0.0.1/24/eth0/eth1", RA_ADDRESS_ERROR_EXTRA, "'eth1'" },
    { "10.0.0.1::10.0.0.2", RA_ADDRESS_ERROR_EXTRA, "one argument" },
    { "fe80::5/64", RA_ADDRESS_ERROR_INTERFACE, "link-local" },
};

static void
test_bad_forms (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (bad_cases); i++) {
        const BadCase *c = &bad_cases[i];
        g_autoptr (GError) error = NULL;
        g_test_message ("%s", c->arg);
        g_autoptr (RaAddress) a = parse (c->arg, &error);
        g_assert_null (a);
        g_assert_error (error, RA_ADDRESS_ERROR, (int) c->code);
        g_assert_nonnull (strstr (error->message, c->names));
    }
}

static void
test_any_bytes_give_an_answer (void)
{
    static const char alphabet[] = "0123456789abf.:/+-\x01\xff%n eth";
    for (guint seed = 0; seed < 20000; seed++) {
        g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
        char text[64];
        gsize len = (gsize) g_rand_int_range (rand, 0, sizeof text);
        for (gsize i = 0; i < len; i++)
            text[i] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
        text[len == 0 ? 0 : len - 1] = '\0';
        const char *args[] = { text, NULL };
        g_autoptr (GError) error = NULL;
        g_autoptr (RaAddress) a = ra_address_parse (args, &error);
        g_assert_true ((a == NULL) == (error != NULL));
    }
}

static void
test_too_long_is_refused_before_it_is_read (void)
{
    g_autofree char *text = g_strnfill (100000, '/');
    const char *args[] = { text, NULL };
    g_autoptr (GError) error = NULL;
    g_assert_null (ra_address_parse (args, &error));
    g_assert_error (error, RA_ADDRESS_ERROR, RA_ADDRESS_ERROR_EXTRA);
}

static void
test_label_without_interface_waits_for_its_name (void)
{
    RaAddressParts parts = { .ip = "10.0.0.1", .label = "web" };
    g_autoptr (RaAddress) a = ra_address_from_parts (&parts, NULL);
    g_assert_cmpstr (a->label, ==, "");
    g_assert_cmpstr (a->label_suffix, ==, "web");
    parts.nic = "eth0:1";
    g_autoptr (RaAddress) b = ra_address_from_parts (&parts, NULL);
    g_assert_cmpstr (b->label, ==, "eth0:web");
}

static void
test_prefix_equal_looks_at_single_bits (void)
{
    const guint8 a[4] = { 10, 0, 3, 1 }, b[4] = { 10, 0, 2, 1 };
    g_assert_true (ra_prefix_equal (a, b, 0));
    g_assert_true (ra_prefix_equal (a, b, 16));
    g_assert_true (ra_prefix_equal (a, b, 23));
    g_assert_false (ra_prefix_equal (a, b, 24));
    g_assert_false (ra_prefix_equal (a, b, 32));
    g_assert_true (ra_prefix_equal (a, a, 32));
}

static void
test_prefix_text (void)
{
    static const struct {
        const char *text;
        int v4, v6;
    } rows[] = { { "24", 24, 24 },
                 { "0", 0, 0 },
                 { "32", 32, 32 },
                 { "33", -1, 33 },
                 { "128", -1, 128 },
                 { "129", -1, -1 },
                 { "255.255.0.0", 16, -1 },
                 { "0.0.0.0", 0, -1 },
                 { "255.255.255.255", 32, -1 },
                 { "0.0.0.255", -1, -1 },
                 { "-1", -1, -1 },
                 { "", -1, -1 },
                 { " 24", -1, -1 },
                 { "99999999999", -1, -1 } };
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_assert_cmpint (ra_prefix_parse (rows[i].text, AF_INET), ==, rows[i].v4);
        g_assert_cmpint (ra_prefix_parse (rows[i].text, AF_INET6), ==, rows[i].v6);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/ra/address/every-form-is-read", test_good_forms);
    g_test_add_func ("/ra/address/every-error-names-its-word", test_bad_forms);
    g_test_add_func ("/ra/address/any-bytes-give-an-answer", test_any_bytes_give_an_answer);
    g_test_add_func ("/ra/address/too-long-is-refused", test_too_long_is_refused_before_it_is_read);
    g_test_add_func ("/ra/address/label-waits-for-the-interface",
                     test_label_without_interface_waits_for_its_name);
    g_test_add_func ("/ra/address/prefixes-differ-in-single-bits",
                     test_prefix_equal_looks_at_single_bits);
    g_test_add_func ("/ra/address/prefix-texts", test_prefix_text);
    return g_test_run ();
}
