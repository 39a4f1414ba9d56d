/* SPDX-License-Identifier: Apache-2.0 */
/* keepalived.conf -> model: values land, are inherited, and get their defaults
 * (doc/keepalived.md 2). */
#include "config.h"

#include "tests/unit/ka_fixture.h"

#include <string.h>

#define VI(body)                                                                                   \
    "vrrp_instance V {\ninterface eth0\nvirtual_router_id 51\n" body                               \
    "virtual_ipaddress {\n10.0.0.9/24\n}\n}\n"
#define VS(body)                                                                                   \
    "virtual_server 10.0.0.9 80 {\nlvs_sched rr\nlvs_method DR\nprotocol TCP\n" body "}\n"

/* Parse without any complaint. */
static KaFixture *
good (const char *text)
{
    KaFixture *f = ka_fixture_new (text, NULL);
    g_autofree char *said = ka_fixture_text (f);

    g_assert_cmpstr (said, ==, "");
    return f;
}

static const CfgVrrpInstance *
first (const KaFixture *f)
{
    g_assert_cmpuint (f->model->instances->len, >=, 1);
    return f->model->instances->pdata[0];
}

static void
assert_ip (const CfgIp *ip, const char *wanted)
{
    g_autofree char *text = cfg_ip_print (ip);

    g_assert_cmpstr (text, ==, wanted);
}

static void
instance_has_defaults (void)
{
    g_autoptr (KaFixture) f = good (VI (""));
    const CfgVrrpInstance *v = first (f);

    g_assert_cmpstr (v->name, ==, "V");
    g_assert_cmpstr (v->interface, ==, "eth0");
    g_assert_cmpint (v->state, ==, CFG_VRRP_STATE_BACKUP);
    g_assert_cmpint (v->priority, ==, 100);
    g_assert_cmpint (v->version, ==, 2);
    g_assert_cmpint (v->family, ==, CFG_FAMILY_IPV4);
    g_assert_cmpint (v->advert_int_us, ==, HBD_S (1));
    g_assert_cmpint (v->down_timer_adverts, ==, 3);
    g_assert_cmpint (v->garp.delay_us, ==, HBD_S (5));
    g_assert_cmpint (v->garp.repeat, ==, 5);
    g_assert_cmpint (v->garp.lower_prio_repeat, ==, 5);
    g_assert_cmpint (v->garp.refresh_us, ==, 0);
    g_assert_cmpint (v->accept, ==, 1);
    g_assert_cmpint (v->strict, ==, 0);
    g_assert_cmpint (v->notify.smtp_alert, ==, 0);
    g_assert_cmpint (v->unicast_ttl, ==, -1);
    g_assert_null (v->notify.master.argv);
    g_assert_cmpuint (v->peers->len + v->excluded->len + v->track_scripts->len, ==, 0);
    assert_ip (&f->model->globals.mcast_group4, "224.0.0.18");
    assert_ip (&f->model->globals.mcast_group6, "ff02::12");
}

static void
instance_takes_what_it_says (void)
{
    g_autoptr (KaFixture) f = good (
        VI ("state BACKUP\npriority 150\nversion 3\nadvert_int 0.1\nnopreempt\nuse_vmac v0\n"
            "vmac_xmit_base\ndont_track_primary\nno_accept\nmcast_src_ip 10.0.0.3\n"
            "garp_master_delay 2\ngarp_master_repeat 3\ngarp_master_refresh 60\n"
            "down_timer_adverts 4\nlower_prio_no_advert\nhigher_prio_send_advert on\n"
            "skip_check_adv_addr yes\nsmtp_alert true\nv3_checksum_as_v2\npromote_secondaries\n"
            "track_src_ip\nmcast_dst_ip 224.0.0.99\n"));
    const CfgVrrpInstance *v = first (f);

    g_assert_cmpint (v->priority, ==, 150);
    g_assert_cmpint (v->version, ==, 3);
    g_assert_cmpint (v->advert_int_us, ==, HBD_MS (100));
    g_assert_true (v->nopreempt && v->use_vmac && v->vmac_xmit_base && v->dont_track_primary);
    g_assert_cmpstr (v->vmac_interface, ==, "v0");
    g_assert_cmpint (v->accept, ==, 0);
    assert_ip (&v->mcast_src, "10.0.0.3");
    assert_ip (&v->mcast_dst, "224.0.0.99");
    g_assert_cmpint (v->garp.delay_us, ==, HBD_S (2));
    /* The lower-priority times follow the instance's own, not those of global_defs. */
    g_assert_cmpint (v->garp.lower_prio_delay_us, ==, HBD_S (2));
    g_assert_cmpint (v->garp.lower_prio_repeat, ==, 3);
    g_assert_cmpint (v->garp.refresh_us, ==, HBD_S (60));
    g_assert_cmpint (v->down_timer_adverts, ==, 4);
    g_assert_cmpint (v->lower_prio_no_advert + v->higher_prio_send_advert + v->skip_check_adv_addr
                         + v->notify.smtp_alert + v->v3_checksum_as_v2,
                     ==, 5);
    g_assert_true (v->promote_secondaries && v->track_src_ip);
}

static void
instance_inherits_from_global_defs (void)
{
    g_autoptr (KaFixture) f = good (
        "global_defs {\nvrrp_version 3\nvrrp_garp_master_delay 0\nvrrp_garp_interval 0.001\n"
        "vrrp_down_timer_adverts 5\nvrrp_skip_check_adv_addr\nvrrp_check_unicast_src\n"
        "smtp_alert\nrouter_id r1\nnotification_email {\na@b\nc@d e@f\n}\n"
        "smtp_server mail 587\nsmtp_connect_timeout 7\nvrrp_mcast_group4 224.0.1.1\n"
        "lvs_timeouts tcp 10 udp 20\nlvs_sync_daemon eth1 V id 7 ttl 3\numask IRUSR|IWUSR IRGRP\n"
        "notify_fifo /run/f root:daemon\ndynamic_interfaces allow_if_changes\n"
        "vrrp_startup_delay 1.5\nscript_user daemon\nlvs_flush_on_stop VS\n}\n"
        "instance one\nuse_pid_dir\nchild_wait_time 9\n" VI (""));
    const CfgVrrpInstance *v = first (f);
    const CfgKaGlobals *g = &f->model->globals;

    g_assert_cmpint (v->version, ==, 3);
    g_assert_cmpint (v->garp.delay_us, ==, 0);
    g_assert_cmpint (v->garp.interval_us, ==, 1000);
    g_assert_cmpint (v->down_timer_adverts, ==, 5);
    g_assert_cmpint (v->skip_check_adv_addr + v->check_unicast_src + v->notify.smtp_alert, ==, 3);
    g_assert_cmpstr (g->router_id, ==, "r1");
    g_assert_cmpuint (g->emails->len, ==, 3);
    g_assert_cmpstr (g->smtp_server, ==, "mail");
    g_assert_cmpint (g->smtp_port, ==, 587);
    g_assert_cmpint (g->smtp_connect_timeout_us, ==, HBD_S (7));
    assert_ip (&g->mcast_group4, "224.0.1.1");
    g_assert_cmpint (g->lvs_tcp_s * 100 + g->lvs_udp_s, ==, 1020);
    g_assert_cmpint (g->lvs_tcpfin_s, ==, -1);
    g_assert_cmpstr (g->lvs_sync.interface, ==, "eth1");
    g_assert_cmpstr (g->lvs_sync.instance, ==, "V");
    g_assert_cmpint (g->lvs_sync.id * 10 + g->lvs_sync.ttl, ==, 73);
    g_assert_cmpint (g->umask, ==, 0640);
    g_assert_cmpstr (g->fifo.path, ==, "/run/f");
    g_assert_cmpstr (g->fifo.group, ==, "daemon");
    g_assert_true (g->dynamic_interfaces && g->allow_if_changes && g->lvs_flush_on_stop);
    g_assert_cmpint (g->startup_delay_us, ==, HBD_MS (1500));
    g_assert_cmpstr (g->script_user, ==, "daemon");
    g_assert_cmpstr (g->instance, ==, "one");
    g_assert_true (g->use_pid_dir);
    g_assert_cmpint (g->child_wait_us, ==, HBD_S (9));
}

static void
priority_and_state_depend_on_each_other (void)
{
    static const struct {
        const char *body;
        int priority;
        CfgVrrpState state;
    } cases[] = {
        { "", 100, CFG_VRRP_STATE_BACKUP },
        { "state MASTER\n", 255, CFG_VRRP_STATE_MASTER },
        { "state MASTER\npriority 90\n", 90, CFG_VRRP_STATE_MASTER },
        { "priority 255\n", 255, CFG_VRRP_STATE_MASTER },
        { "state BACKUP\npriority 255\n", 255, CFG_VRRP_STATE_BACKUP },
        { "state MASTER\npriority 300\n", 100, CFG_VRRP_STATE_MASTER },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *text = g_strdup_printf (VI ("%s"), cases[i].body);
        g_autoptr (KaFixture) f = ka_fixture_new (text, NULL);

        g_assert_cmpint (first (f)->priority, ==, cases[i].priority);
        g_assert_cmpint (first (f)->state, ==, cases[i].state);
    }
}

static void
intervals_are_rounded_to_what_the_wire_can_say (void)
{
    static const struct {
        const char *body;
        HbdTime wanted;
    } cases[] = {
        { "advert_int 1.4\n", HBD_S (1) },
        { "advert_int 1.5\n", HBD_S (2) },
        { "advert_int 0.2\n", HBD_S (1) },
        { "version 3\nadvert_int 0.2\n", HBD_MS (200) },
        { "version 3\nadvert_int 0.014\n", HBD_MS (10) },
        { "version 3\nadvert_int 200\n", HBD_MS (40950) },
        { "advert_int 255\n", HBD_S (255) },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *text = g_strdup_printf (VI ("%s"), cases[i].body);
        g_autoptr (KaFixture) f = ka_fixture_new (text, NULL);

        g_assert_cmpint (first (f)->advert_int_us, ==, cases[i].wanted);
        g_assert_cmpuint (f->diags->errors, ==, 0);
    }
}

static void
authentication_is_eight_octets (void)
{
    g_autoptr (KaFixture) f = good (VI ("authentication {\nauth_type PASS\nauth_pass ab\n}\n"));
    g_autoptr (KaFixture) ah = ka_fixture_new (
        VI ("state MASTER\nauthentication {\nauth_type AH\nauth_pass 123456789\n}\n"), NULL);

    g_assert_cmpint (first (f)->auth, ==, CFG_VRRP_AUTH_PASS);
    g_assert_cmpmem (first (f)->auth_pass, 8, "ab\0\0\0\0\0\0", 8);
    g_assert_cmpint (first (ah)->auth, ==, CFG_VRRP_AUTH_AH);
    g_assert_cmpmem (first (ah)->auth_pass, 8, "12345678", 8);
    g_assert_cmpint (first (ah)->state, ==, CFG_VRRP_STATE_BACKUP);
}

#define HEX32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void
hmac_keys_are_read (void)
{
    g_autoptr (KaFixture) f =
        good (VI ("auth_hmac {\nkey 1 abcdefghijklmnopqrstuvwxyz012345\nkey 7 hex:" HEX32 "\n"
                  "key 9 file:/k\nactive_key 7\nanti_replay monotonic\ntime_window 10\n"
                  "mode receive-only\n}\n"));
    const CfgHmac *hmac = &first (f)->hmac;
    const CfgHmacKey *second = hmac->keys->pdata[1], *third = hmac->keys->pdata[2];

    g_assert_true (hmac->is_on);
    g_assert_cmpuint (hmac->keys->len, ==, 3);
    g_assert_cmpuint (second->key_len, ==, 32);
    g_assert_cmpint (second->key[31], ==, 0x1f);
    g_assert_cmpstr (third->file, ==, "/k");
    g_assert_cmpint (hmac->active_key, ==, 7);
    g_assert_cmpint (hmac->anti_replay, ==, 1);
    g_assert_cmpint (hmac->time_window_us, ==, HBD_S (10));
    g_assert_cmpint (hmac->mode, ==, CFG_HMAC_RECEIVE_ONLY);
}

static void
addresses_have_all_options (void)
{
    g_autoptr (KaFixture) f =
        good ("vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n"
              "10.0.0.1\n10.0.0.2/24 brd 10.0.0.255 dev eth1 scope link label eth1:x\n"
              "10.0.0.3/32 peer 10.9.9.9/30 noprefixroute no_track brd +\n}\n"
              "virtual_ipaddress_excluded {\nfd00::1\nfd00::2/64 -nodad home mngtmpaddr autojoin "
              "preferred_lft 30\n}\n}\n"
              "static_ipaddress {\n10.1.1.1/24\n}\n");
    const CfgVrrpInstance *v = first (f);
    const CfgVip *a = v->addresses->pdata[0], *b = v->addresses->pdata[1];
    const CfgVip *c = v->addresses->pdata[2], *d = v->excluded->pdata[0];
    const CfgVip *e = v->excluded->pdata[1], *s = f->model->static_addresses->pdata[0];

    assert_ip (&a->ip, "10.0.0.1");
    g_assert_cmpuint (a->prefix, ==, 32);
    g_assert_cmpstr (a->interface, ==, "eth0");
    g_assert_cmpuint (b->prefix, ==, 24);
    g_assert_cmpstr (b->interface, ==, "eth1");
    g_assert_cmpstr (b->scope, ==, "link");
    g_assert_cmpstr (b->label, ==, "eth1:x");
    assert_ip (&b->broadcast, "10.0.0.255");
    assert_ip (&c->peer, "10.9.9.9");
    g_assert_cmpuint (c->peer_prefix, ==, 30);
    g_assert_true (c->noprefixroute && c->no_track && c->broadcast_auto);
    g_assert_cmpuint (d->prefix, ==, 128);
    g_assert_true (e->nodad && e->home && e->mngtmpaddr && e->autojoin);
    g_assert_cmpint (e->preferred_lft_s, ==, 30);
    g_assert_cmpstr (s->interface, ==, "eth0");
    g_assert_cmpint (v->place.line, ==, 1);
    g_assert_cmpint (b->place.line, ==, 6);
    g_assert_cmpint (b->place.column, ==, 1);
}

static void
ipv6_instance_is_version_3 (void)
{
    g_autoptr (KaFixture) f = good ("vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\n"
                                    "virtual_ipaddress {\nfe80::1\n}\n}\n");

    g_assert_cmpint (first (f)->family, ==, CFG_FAMILY_IPV6);
    g_assert_cmpint (first (f)->version, ==, 3);
}

static void
more_addresses_than_an_advert_holds_are_excluded (void)
{
    g_autoptr (KaFixture) f = ka_fixture_new (
        "vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n"
        "~SEQ(n,1,200) 10.0.1.${n}\n~SEQ(n,1,100) 10.0.2.${n}\n}\n}\n",
        NULL);

    g_assert_cmpuint (first (f)->addresses->len, ==, 255);
    g_assert_cmpuint (first (f)->excluded->len, ==, 45);
    g_assert_true (ka_fixture_says (f, "k.conf:6:15: warning", "an advert holds 255"));
}

static void
routes_and_rules_are_read (void)
{
    g_autoptr (KaFixture) f = good (
        "vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n}\n"
        "virtual_routes {\n10.0.0.0/8 via 10.0.0.9 dev eth0 metric 5 table 100 onlink\n"
        "src 10.0.0.1 to default via 10.0.0.9\nblackhole 10.2.0.0/16 no_track\n}\n"
        "virtual_rules {\nfrom 10.3.0.0/16 table 7 priority 99 no_track\n"
        "to fd00::/8 fwmark 0x10 iif eth1 prohibit\n}\n}\n");
    const CfgVrrpInstance *v = first (f);
    const CfgRoute *a = v->routes->pdata[0], *b = v->routes->pdata[1], *c = v->routes->pdata[2];
    const CfgRule *r = v->rules->pdata[0], *s = v->rules->pdata[1];

    assert_ip (&a->to, "10.0.0.0");
    g_assert_cmpuint (a->prefix, ==, 8);
    assert_ip (&a->via, "10.0.0.9");
    g_assert_cmpstr (a->interface, ==, "eth0");
    g_assert_cmpint (a->metric, ==, 5);
    g_assert_cmpstr (a->table, ==, "100");
    g_assert_true (a->onlink);
    g_assert_cmpint (b->to.family, ==, CFG_FAMILY_NONE);
    assert_ip (&b->source, "10.0.0.1");
    g_assert_cmpint (b->family, ==, CFG_FAMILY_IPV4);
    g_assert_cmpint (c->type, ==, CFG_ROUTE_BLACKHOLE);
    g_assert_true (c->no_track);
    assert_ip (&r->from, "10.3.0.0");
    g_assert_cmpuint (r->from_prefix, ==, 16);
    g_assert_cmpint (r->priority, ==, 99);
    g_assert_cmpstr (r->table, ==, "7");
    g_assert_cmpint (s->fwmark, ==, 16);
    g_assert_cmpint (s->type, ==, CFG_ROUTE_PROHIBIT);
    g_assert_cmpint (s->family, ==, CFG_FAMILY_IPV6);
}

static void
trackers_take_their_own_weight (void)
{
    g_autoptr (KaFixture) f = ka_fixture_new (
        "global_defs {\nenable_script_security\n}\n"
        "vrrp_script s {\nscript \"/bin/true 'a b' c\"\ninterval 2.5\nweight -5 reverse\nrise 2\n"
        "fall 3\nuser daemon\ninit_fail\n}\n"
        "vrrp_script t {\nscript /bin/true\ntimeout 4\n}\n"
        "track_file f {\nfile /f\nweight 2\ninit_file 3 overwrite\n}\n"
        "vrrp_track_process p {\nprocess nginx -g x\nquorum 2\nquorum_max 4\ndelay 0.5\n"
        "param_match initial\nweight 9\nfull_command\n}\n" VI (
            "track_script {\ns\nt weight 7\n}\ntrack_file {\nf\n}\ntrack_process {\np weight 0\n}\n"
            "track_interface {\neth1 weight -3 reverse\n}\n"),
        NULL);
    const CfgVrrpInstance *v = first (f);
    const CfgTrackScript *s = cfg_track_script (f->model, "s"), *t = f->model->scripts->pdata[1];
    const CfgTrackProcess *p = f->model->processes->pdata[0];
    const CfgTrackFile *file = f->model->files->pdata[0];
    const CfgTrack *first_script = v->track_scripts->pdata[0], *second = v->track_scripts->pdata[1];
    const CfgTrack *interface = v->track_interfaces->pdata[0];

    g_assert_cmpuint (f->diags->warnings, ==, 0);
    g_assert_cmpstr (s->script.argv[1], ==, "a b");
    g_assert_cmpstr (s->script.argv[2], ==, "c");
    g_assert_cmpstr (s->script.line, ==, "/bin/true 'a b' c");
    g_assert_cmpstr (s->script.user, ==, "daemon");
    g_assert_cmpint (s->interval_us, ==, HBD_MS (2500));
    g_assert_cmpint (s->timeout_us, ==, HBD_MS (2500));
    g_assert_cmpint (s->rise * 10 + s->fall, ==, 23);
    g_assert_true (s->init_fail && s->is_reversed);
    g_assert_cmpint (t->timeout_us, ==, HBD_S (4));
    g_assert_cmpint (first_script->weight, ==, -5);
    g_assert_true (first_script->is_reversed);
    g_assert_cmpint (second->weight, ==, 7);
    g_assert_cmpint (((CfgTrack *) v->track_files->pdata[0])->weight, ==, 2);
    g_assert_cmpint (((CfgTrack *) v->track_processes->pdata[0])->weight, ==, 0);
    g_assert_cmpint (interface->weight, ==, -3);
    g_assert_true (interface->is_reversed);
    g_assert_cmpstr (p->command[2], ==, "x");
    g_assert_cmpint (p->quorum * 10 + p->quorum_max, ==, 24);
    g_assert_cmpint (p->fork_delay_us, ==, HBD_MS (500));
    g_assert_cmpint (p->param_match, ==, 1);
    g_assert_true (p->full_command && file->has_init && file->overwrite);
    g_assert_cmpint (file->init_value, ==, 3);
}

static void
sync_group_keeps_its_members (void)
{
    g_autoptr (KaFixture) f = ka_fixture_new (
        "vrrp_sync_group G {\ngroup {\nV\nW\n}\nnotify \"/bin/true x\" root\nsmtp_alert "
        "off\n}\n" VI ("") "vrrp_instance W {\ninterface eth1\nvirtual_router_id 51\n"
                           "virtual_ipaddress {\n10.1.0.9\n}\n}\n",
        NULL);
    const CfgSyncGroup *group = f->model->sync_groups->pdata[0];

    g_assert_cmpuint (group->members->len, ==, 2);
    g_assert_cmpstr (((CfgName *) group->members->pdata[1])->name, ==, "W");
    g_assert_cmpstr (group->notify.any.argv[1], ==, "x");
    g_assert_cmpstr (group->notify.any.user, ==, "root");
    g_assert_cmpint (group->notify.smtp_alert, ==, 0);
}

static void
unicast_peers_are_read (void)
{
    g_autoptr (KaFixture) f =
        good (VI ("unicast_src_ip 10.0.0.2\nunicast_peer {\n10.0.0.3\n10.0.0.4 min_ttl 250 "
                  "max_ttl 255\n}\nunicast_ttl 64\nold_unicast_checksum never\n"));
    const CfgVrrpInstance *v = first (f);
    const CfgUnicastPeer *peer = v->peers->pdata[1];

    g_assert_cmpuint (v->peers->len, ==, 2);
    g_assert_cmpint (peer->min_ttl, ==, 250);
    /* A TTL range forces the check of the source. */
    g_assert_cmpint (v->check_unicast_src, ==, 1);
    g_assert_cmpint (v->unicast_ttl, ==, 64);
    g_assert_cmpint (v->old_unicast_checksum, ==, 2);
    assert_ip (&v->unicast_src, "10.0.0.2");
}

/* Two unicast instances with different peers may share a VRID. */
static void
same_vrid_is_fine_towards_different_peers (void)
{
    g_autoptr (KaFixture) f =
        good (VI ("unicast_peer {\n10.0.0.3\n}\n") "vrrp_instance W {\ninterface eth0\n"
                                                   "virtual_router_id 51\nunicast_peer {\n10.0.0.4"
                                                   "\n}\nvirtual_ipaddress {\n10.0.0.8\n}\n}\n");

    g_assert_cmpuint (f->model->instances->len, ==, 2);
}

static void
servers_inherit_downwards (void)
{
    g_autoptr (KaFixture) f = good (
        VS ("delay_loop 7\nretry 4\nconnect_timeout 2.5\nweight 3\nalpha\ninhibit_on_failure\n"
            "virtualhost www\nquorum 2\nhysteresis 1\npersistence_timeout\n"
            "persistence_granularity 255.255.255.0\nsorry_server 127.0.0.1 8080\n"
            "real_server 10.0.0.1 {\nTCP_CHECK {\n}\n}\n"
            "real_server 10.0.0.2 81 {\nweight 9\nlvs_method TUN type gue port 6080 csum\n"
            "retry 1\nalpha off\nHTTP_GET {\nconnect_port 99\nurl {\npath /x\nstatus_code 200 "
            "300-302\ndigest d41d8cd98f00b204e9800998ecf8427e\n}\n}\n}\n"));
    const CfgVirtualServer *s = f->model->virtual_servers->pdata[0];
    const CfgRealServer *a = s->real_servers->pdata[0], *b = s->real_servers->pdata[1];
    const CfgChecker *tcp = a->checkers->pdata[0], *http = b->checkers->pdata[0];
    const CfgUrl *url = http->urls->pdata[0];

    g_assert_cmpstr (cfg_schedulers[s->scheduler], ==, "rr");
    g_assert_cmpint (s->protocol, ==, CFG_TCP);
    g_assert_cmpint (s->forward.method, ==, CFG_LVS_DR);
    g_assert_cmpint (s->persistence_timeout_us, ==, HBD_S (360));
    g_assert_cmpuint (s->persistence_prefix, ==, 24);
    g_assert_true (s->has_sorry);
    g_assert_cmpuint (s->sorry_port, ==, 8080);
    g_assert_cmpint (s->quorum * 10 + s->hysteresis, ==, 21);
    g_assert_cmpint (a->weight, ==, 3);
    g_assert_cmpint (a->port, ==, 80);
    g_assert_cmpint (a->alpha + a->inhibit_on_failure, ==, 2);
    g_assert_cmpint (a->forward.method, ==, CFG_LVS_DR);
    g_assert_cmpint (tcp->times.retry, ==, 4);
    g_assert_cmpint (tcp->times.delay_loop_us, ==, HBD_S (7));
    g_assert_cmpint (tcp->times.connect_timeout_us, ==, HBD_MS (2500));
    g_assert_cmpint (tcp->times.delay_before_retry_us, ==, HBD_S (1));
    g_assert_cmpint (tcp->times.warmup_us, ==, HBD_S (7));
    g_assert_cmpstr (tcp->virtualhost, ==, "www");
    g_assert_cmpint (b->weight, ==, 9);
    g_assert_cmpint (b->alpha, ==, 0);
    g_assert_cmpint (b->forward.tun_type, ==, CFG_TUN_GUE);
    g_assert_cmpint (b->forward.tun_port, ==, 6080);
    g_assert_cmpint (b->forward.tun_checksum, ==, CFG_TUN_CSUM);
    g_assert_cmpint (http->times.retry, ==, 1);
    g_assert_cmpint (http->times.delay_before_retry_us, ==, HBD_S (3));
    g_assert_cmpint (http->connect_port, ==, 99);
    g_assert_cmpstr (url->path, ==, "/x");
    g_assert_cmpint (url->status[12], ==, 1 << 4);
    g_assert_cmpint (url->status[25], ==, 1 << 0 | 1 << 1 | 1 << 2 | 0 << 3 | 0);
}

static void
every_checker_is_read (void)
{
    g_autoptr (KaFixture) f = ka_fixture_new (
        "global_defs {\nenable_script_security\n}\ntrack_file f {\nfile /f\nweight 3\n}\n" VS (
            "real_server 10.0.0.1 80 {\n"
            "SSL_GET {\nenable_sni\nsni_name n\nhttp_protocol 1.1\nurl {\nregex a.b\n}\n}\n"
            "SMTP_CHECK {\nhelo_name h\n}\nDNS_CHECK {\ntype MX\nname e.org\n}\n"
            "MISC_CHECK {\nmisc_path \"/bin/true a\"\nmisc_timeout 3\nmisc_dynamic\nuser "
            "daemon\n}\n"
            "PING_CHECK {\n}\nUDP_CHECK {\npayload 00ff\nrequire_reply 0x\nmin_reply_length 2\n}\n"
            "FILE_CHECK {\ntrack_file f\n}\n}\n"),
        NULL);
    const CfgVirtualServer *s = f->model->virtual_servers->pdata[0];
    const CfgRealServer *real = s->real_servers->pdata[0];
    const CfgChecker *c[7];
    g_autofree char *said = ka_fixture_text (f);

    g_assert_cmpstr (said, ==, "");
    g_assert_cmpuint (real->checkers->len, ==, 7);
    memcpy (c, real->checkers->pdata, sizeof c);
    g_assert_cmpint (c[0]->kind, ==, CFG_CHECK_SSL);
    g_assert_cmpint (c[0]->http_protocol, ==, 2);
    g_assert_cmpstr (c[0]->sni_name, ==, "n");
    g_assert_cmpstr (c[1]->helo_name, ==, "h");
    g_assert_cmpint (c[2]->dns_type, ==, 4);
    g_assert_cmpint (c[2]->times.retry, ==, 3);
    g_assert_cmpint (c[2]->times.delay_before_retry_us, ==, HBD_S (60));
    g_assert_cmpstr (c[3]->script.argv[1], ==, "a");
    g_assert_cmpstr (c[3]->script.user, ==, "daemon");
    g_assert_cmpint (c[3]->times.retry, ==, 0);
    g_assert_cmpint (c[3]->misc_timeout_us, ==, HBD_S (3));
    g_assert_cmpint (c[4]->kind, ==, CFG_CHECK_PING);
    g_assert_cmpstr (c[5]->payload, ==, "00ff");
    g_assert_true (c[5]->require_reply);
    g_assert_cmpstr (c[5]->reply, ==, "0x");
    g_assert_cmpint (c[6]->weight, ==, 3);
}

static void
marks_and_groups_are_servers (void)
{
    g_autoptr (KaFixture) f = ka_fixture_new (
        "virtual_server_group g {\n10.0.0.1 80\n10.0.0.5-8 80\n10.0.0.10-10.0.0.12\nfd00::/64 1\n"
        "10.1.0.0/30 5\nfwmark 9 inet6\n}\n"
        "virtual_server group g {\nlb_algo wrr\nlb_kind NAT\nprotocol SCTP\nreal_server 10.0.0.1 "
        "80 {\n}\n}\nvirtual_server fwmark 3 {\nlb_algo sh\nsh-port\nlb_kind TUN\nreal_server "
        "fd00::1 {\n}\n}\n",
        NULL);
    const CfgServerGroup *g = f->model->server_groups->pdata[0];
    const CfgVirtualServer *a = f->model->virtual_servers->pdata[0];
    const CfgVirtualServer *b = f->model->virtual_servers->pdata[1];
    const guint counts[] = { 1, 4, 3, 1, 4, 0 };

    g_assert_cmpuint (g->entries->len, ==, G_N_ELEMENTS (counts));
    for (guint i = 0; i < g->entries->len; i++)
        g_assert_cmpuint (((CfgGroupEntry *) g->entries->pdata[i])->count, ==, counts[i]);
    g_assert_cmpuint (((CfgGroupEntry *) g->entries->pdata[5])->fwmark, ==, 9);
    g_assert_cmpstr (a->group, ==, "g");
    g_assert_cmpint (a->protocol, ==, CFG_SCTP);
    g_assert_cmpuint (b->fwmark, ==, 3);
    g_assert_true (b->flag_2);
    g_assert_cmpint (b->family, ==, CFG_FAMILY_IPV6);
    g_assert_cmpuint (f->diags->warnings, ==, 0);
}

/* With a shell allowed the command runs as it was meant, and nothing is to be said. */
static void
shell_commands_are_fine_where_a_shell_is_allowed (void)
{
    static const char text[] = "global_defs {\nenable_script_security\n}\n"
                               "vrrp_script s {\nscript \"[[ -f /x ]] && exit 1\"\n}\n";
    g_autoptr (KaFixture) without = ka_fixture_new (text, NULL);
    g_autoptr (KaFixture) with = ka_fixture_new (text, "scripts {\nshell on\n}\n");
    const CfgTrackScript *a = without->model->scripts->pdata[0];
    const CfgTrackScript *b = with->model->scripts->pdata[0];

    g_assert_cmpstr (a->script.shell_word, ==, "[[");
    g_assert_nonnull (a->script.trouble);
    g_assert_cmpstr (b->script.shell_word, ==, "[[");
    g_assert_cmpstr (b->script.line, ==, "[[ -f /x ]] && exit 1");
    g_assert_null (b->script.trouble);
    g_assert_cmpuint (with->diags->warnings, ==, 0);
}

static void
insecure_scripts_are_disabled_for_root_only (void)
{
    static const char secure[] = "global_defs {\nenable_script_security\n}\n";
    static const char script[] = "vrrp_script s {\nscript /tmp/x.sh\n";
    static const struct {
        const char *first, *more;
        bool is_disabled;
    } cases[] = {
        { secure, "}\n", true },
        { secure, "user root\n}\n", true },
        { secure, "user daemon\n}\n", false },
        { "", "}\n", false },
        { "global_defs {\nenable_script_security\nscript_user daemon\n}\n", "}\n", false },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *text = g_strconcat (cases[i].first, script, cases[i].more, NULL);
        g_autoptr (KaFixture) f = ka_fixture_new (text, NULL);
        const CfgTrackScript *s = f->model->scripts->pdata[0];

        g_assert_cmpint (s->script.trouble != NULL, ==, cases[i].is_disabled);
        g_assert_cmpint (ka_fixture_says (f, "k.conf:", "it is disabled"), ==,
                         cases[i].is_disabled);
    }
}

static void
both_sides_stand_in_one_model (void)
{
    g_autoptr (KaFixture) f = ka_fixture_new (VI (""), "lease {\nmode off\n}\n");
    g_autoptr (KaFixture) none = ka_fixture_new ("", NULL);

    g_assert_false (f->cluster->has_heartbeat);
    g_assert_cmpint (f->cluster->lease_mode, ==, CFG_LEASE_OFF);
    g_assert_nonnull (cfg_vrrp_instance (f->model, "V"));
    g_assert_null (cfg_vrrp_instance (f->model, "W"));
    g_assert_null (cfg_track_script (f->model, "V"));
    g_assert_cmpuint (none->model->instances->len, ==, 0);
}

#define ADD(name, function) g_test_add_func ("/keepalived/model/" name, function)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("instance-has-defaults", instance_has_defaults);
    ADD ("instance-takes-what-it-says", instance_takes_what_it_says);
    ADD ("instance-inherits-from-global-defs", instance_inherits_from_global_defs);
    ADD ("priority-and-state-depend-on-each-other", priority_and_state_depend_on_each_other);
    ADD ("intervals-are-rounded", intervals_are_rounded_to_what_the_wire_can_say);
    ADD ("authentication-is-eight-octets", authentication_is_eight_octets);
    ADD ("hmac-keys-are-read", hmac_keys_are_read);
    ADD ("addresses-have-all-options", addresses_have_all_options);
    ADD ("ipv6-instance-is-version-3", ipv6_instance_is_version_3);
    ADD ("too-many-addresses-are-excluded", more_addresses_than_an_advert_holds_are_excluded);
    ADD ("routes-and-rules-are-read", routes_and_rules_are_read);
    ADD ("trackers-take-their-own-weight", trackers_take_their_own_weight);
    ADD ("sync-group-keeps-its-members", sync_group_keeps_its_members);
    ADD ("unicast-peers-are-read", unicast_peers_are_read);
    ADD ("same-vrid-towards-different-peers", same_vrid_is_fine_towards_different_peers);
    ADD ("servers-inherit-downwards", servers_inherit_downwards);
    ADD ("every-checker-is-read", every_checker_is_read);
    ADD ("marks-and-groups-are-servers", marks_and_groups_are_servers);
    ADD ("shell-commands-where-a-shell-is-allowed",
         shell_commands_are_fine_where_a_shell_is_allowed);
    ADD ("insecure-scripts-are-disabled-for-root-only",
         insecure_scripts_are_disabled_for_root_only);
    ADD ("both-sides-stand-in-one-model", both_sides_stand_in_one_model);
    return g_test_run ();
}
