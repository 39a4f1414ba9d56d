/* SPDX-License-Identifier: Apache-2.0 */
/* The field list. */
#include "config.h"

#include "hbd/wire/message.h"

static void
test_fields_keep_order_and_kind (void)
{
    g_autoptr (HbdMessage) message = hbd_message_new_typed ("status");
    const guint8 uuid[3] = { 1, 0, 2 };
    const guint8 *data;
    gsize len;
    bool is_binary;

    hbd_message_add_printf (message, "seq", "%x", 26);
    hbd_message_add_binary (message, "srcuuid", uuid, sizeof uuid);

    g_assert_cmpuint (hbd_message_field_count (message), ==, 3);
    g_assert_cmpstr (hbd_message_field (message, 0, &data, &len, &is_binary), ==, "t");
    g_assert_cmpmem (data, len + 1, "status", 7);
    g_assert_false (is_binary);
    g_assert_cmpstr (hbd_message_field (message, 2, &data, &len, &is_binary), ==, "srcuuid");
    g_assert_cmpmem (data, len, uuid, sizeof uuid);
    g_assert_true (is_binary);
}

static void
test_text_and_binary_do_not_answer_for_each_other (void)
{
    g_autoptr (HbdMessage) message = hbd_message_new ();
    gsize len = 99;

    hbd_message_add (message, "a", "text");
    hbd_message_add_binary (message, "b", "bin", 3);
    g_assert_cmpstr (hbd_message_get (message, "a"), ==, "text");
    g_assert_null (hbd_message_get (message, "b"));
    g_assert_null (hbd_message_get_binary (message, "a", &len));
    g_assert_cmpuint (len, ==, 0);
    g_assert_nonnull (hbd_message_get_binary (message, "b", &len));
    g_assert_cmpuint (len, ==, 3);
    g_assert_null (hbd_message_get (message, "absent"));
}

static void
test_the_first_of_a_name_is_read (void)
{
    g_autoptr (HbdMessage) message = hbd_message_new ();

    hbd_message_add (message, "a", "first");
    hbd_message_add (message, "a", "second");
    g_assert_cmpstr (hbd_message_get (message, "a"), ==, "first");
}

static void
test_dup_is_independent (void)
{
    HbdMessage *message = hbd_message_new_typed ("resource");
    g_autoptr (HbdMessage) copy = NULL;
    gsize len;

    hbd_message_add_binary (message, "u", "\0\1", 2);
    copy = hbd_message_dup (message);
    hbd_message_free (message);
    g_assert_cmpstr (hbd_message_get (copy, "t"), ==, "resource");
    g_assert_nonnull (hbd_message_get_binary (copy, "u", &len));
    g_assert_cmpuint (len, ==, 2);
    hbd_message_free (NULL);
}

typedef struct {
    const char *text;
    guint base;
    bool is_good;
    guint64 value;
} NumberRow;

static const NumberRow number_rows[] = {
    { "0", 10, true, 0 },
    { "31", 10, true, 31 },
    { "1F", 16, true, 31 },
    { "6b03b1c4", 16, true, 0x6b03b1c4 },
    { "ffffffffffffffff", 16, true, G_MAXUINT64 },
    { "18446744073709551615", 10, true, G_MAXUINT64 },
    { "18446744073709551616", 10, false, 0 },
    { "10000000000000000", 16, false, 0 },
    { "1f", 10, false, 0 },
    { "0x1f", 16, false, 0 },
    { "", 10, false, 0 },
    { " 1", 10, false, 0 },
    { "1 ", 10, false, 0 },
    { "-1", 10, false, 0 },
    { "+1", 10, false, 0 },
};

static void
test_numbers (void)
{
    guint64 value = 77;

    for (guint i = 0; i < G_N_ELEMENTS (number_rows); i++) {
        const NumberRow *row = &number_rows[i];
        g_autoptr (HbdMessage) message = hbd_message_new ();

        hbd_message_add (message, "n", row->text);
        value = 77;
        g_assert_cmpint (hbd_message_get_number (message, "n", row->base, &value), ==,
                         row->is_good);
        g_assert_cmpuint (value, ==, row->is_good ? row->value : 77);
        g_assert_false (hbd_message_get_number (message, "m", row->base, &value));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/wire/message/fields-keep-order-and-kind", test_fields_keep_order_and_kind);
    g_test_add_func ("/wire/message/text-and-binary-are-apart",
                     test_text_and_binary_do_not_answer_for_each_other);
    g_test_add_func ("/wire/message/first-of-a-name-is-read", test_the_first_of_a_name_is_read);
    g_test_add_func ("/wire/message/dup-is-independent", test_dup_is_independent);
    g_test_add_func ("/wire/message/numbers", test_numbers);
    return g_test_run ();
}
