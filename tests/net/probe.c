/* SPDX-License-Identifier: Apache-2.0 */
/* Keep asking an address and say who answers and when nobody does.
 *
 *   probe icmp ADDRESS INTERFACE    ICMP echo through the kernel's neighbour table, as a client
 *   probe arp  ADDRESS INTERFACE    broadcast "who has": shows every machine that claims it
 *   probe http ADDRESS PORT         one connection per question; who = the answer's body
 *   options: -i MICROSECONDS between questions (2000), -t SECONDS to run (until TERM or INT),
 *            -g MILLISECONDS: shortest silence that is a gap (20), -l: a live line for people
 *
 * Output, times in ms of CLOCK_MONOTONIC (the same in every namespace):
 *   who FIRST_MS NAME               NAME (a MAC, or the body) answered, and another did before
 *   gap FROM_MS TO_MS LENGTH_MS     no good answer in between
 *   slept FROM_MS TO_MS             the probe itself got no processor and asked nothing
 *   also AT_MS NAME OTHER           arp: NAME answers, and did so less than 50 ms ago, with OTHER
 *                                   in between: both have the address
 *   end sent=N answers=N longest_gap_ms=X open_gap_ms=X
 *   seen NAME FIRST_MS LAST_MS COUNT
 * Single-threaded: one epoll set with the sockets, a timer and the signals. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netpacket/packet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_NAMES        16
#define NAME_LEN         64
#define MAX_FLIGHTS      400
#define HTTP_PATIENCE_MS 500
#define DUPLICATE_MS     50

enum { ICMP, ARP, HTTP };

typedef struct {
    char name[NAME_LEN];
    double first_ms, last_ms;
    unsigned long count;
} Seen;

/* One HTTP question on its way. */
typedef struct {
    int fd; /* -1: free */
    bool is_sent;
    double since_ms;
    char answer[512];
    size_t len;
} Flight;

typedef struct {
    int mode;
    const char *address, *where; /* interface or port */
    double interval_us, run_s, min_gap_ms;
    bool is_live;

    int epoll, timer, signals;
    int tx, rx; /* icmp, arp */
    unsigned char mac[ETH_ALEN];
    uint32_t own_ip;
    int ifindex;
    bool is_v6;
    struct sockaddr_storage target;
    socklen_t target_len;

    unsigned long sent, answers;
    double start_ms, last_good_ms, longest_ms;
    Seen seen[MAX_NAMES];
    int seen_count, current;
    Flight flights[MAX_FLIGHTS];
    bool is_done;
} Probe;

static double
now_ms (void)
{
    struct timespec ts;

    clock_gettime (CLOCK_MONOTONIC, &ts);
    return (double) ts.tv_sec * 1000 + (double) ts.tv_nsec / 1e6;
}

static void
die (const char *what)
{
    fprintf (stderr, "probe: %s: %s\n", what, strerror (errno));
    exit (1);
}

static void
watch (Probe *p, int fd, uint32_t events, uint64_t tag)
{
    struct epoll_event event = { .events = events, .data.u64 = tag };

    if (epoll_ctl (p->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        die ("epoll_ctl");
}

/* Tags of what the epoll set watches; flights are TAG_FLIGHT + index. */
enum { TAG_TIMER, TAG_SIGNAL, TAG_RX, TAG_FLIGHT };

static int
name_index (Probe *p, const char *name, double now)
{
    for (int i = 0; i < p->seen_count; i++) {
        if (strcmp (p->seen[i].name, name) == 0)
            return i;
    }
    if (p->seen_count == MAX_NAMES)
        return MAX_NAMES - 1;
    snprintf (p->seen[p->seen_count].name, NAME_LEN, "%s", name);
    p->seen[p->seen_count].first_ms = now;
    return p->seen_count++;
}

static void
live_line (const Probe *p, const char *text)
{
    if (p->is_live)
        printf ("%8.3f s  %s\n", (now_ms () - p->start_ms) / 1000, text);
}

static void
close_gap (Probe *p, double now)
{
    double length = now - p->last_good_ms;
    char text[80];

    if (length > p->longest_ms)
        p->longest_ms = length;
    if (length < p->min_gap_ms)
        return;
    if (!p->is_live)
        printf ("gap %.1f %.1f %.1f\n", p->last_good_ms, now, length);
    snprintf (text, sizeof text, "answers again after %.0f ms of silence", length);
    live_line (p, text);
}

/* A good answer came from @name. */
static void
good_answer (Probe *p, const char *name)
{
    double now = now_ms ();
    int index = name_index (p, name, now);
    Seen *seen = &p->seen[index];
    char text[NAME_LEN + 40];

    close_gap (p, now);
    p->last_good_ms = now;
    p->answers++;
    /* A hand-over is one change; who answers, stops and answers again at once has company. */
    if (p->mode == ARP && index != p->current && seen->count > 0
        && now - seen->last_ms < DUPLICATE_MS)
        printf ("also %.1f %s %s\n", now, seen->name, p->seen[p->current].name);
    seen->last_ms = now;
    seen->count++;
    if (index != p->current) {
        p->current = index;
        if (!p->is_live)
            printf ("who %.1f %s\n", now, seen->name);
        snprintf (text, sizeof text, "served by %s", seen->name);
        live_line (p, text);
    }
    fflush (stdout);
}

static void
name_of_mac (const unsigned char *mac, char name[NAME_LEN])
{
    snprintf (name, NAME_LEN, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
              mac[4], mac[5]);
}

/* ---- icmp ---- */

static uint16_t
icmp_sum (const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t) bytes[i] << 8 | bytes[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return htons ((uint16_t) ~sum);
}

static void
ask_icmp (Probe *p)
{
    struct icmphdr echo = { .type = p->is_v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO };

    echo.un.echo.id = htons ((uint16_t) getpid ());
    echo.un.echo.sequence = htons ((uint16_t) p->sent);
    if (!p->is_v6) /* the kernel sums ICMPv6 */
        echo.checksum = icmp_sum (&echo, sizeof echo);
    sendto (p->tx, &echo, sizeof echo, MSG_DONTWAIT, (struct sockaddr *) &p->target, p->target_len);
}

/* Replies are taken from the packet socket, because only there the sender's MAC is seen. */
static void
read_icmp (Probe *p)
{
    uint8_t packet[256];
    struct sockaddr_ll from;
    socklen_t from_len = sizeof from;
    ssize_t len =
        recvfrom (p->rx, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *) &from, &from_len);
    size_t head = p->is_v6 ? 40 : 20;
    uint8_t reply = p->is_v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
    const void *wanted = p->is_v6 ? (const void *) &((struct sockaddr_in6 *) &p->target)->sin6_addr
                                  : (const void *) &((struct sockaddr_in *) &p->target)->sin_addr;
    uint16_t id = htons ((uint16_t) getpid ());
    char name[NAME_LEN];

    if (len < (ssize_t) (head + 8) || from.sll_pkttype == PACKET_OUTGOING)
        return;
    if (p->is_v6 ? packet[6] != IPPROTO_ICMPV6 : packet[9] != IPPROTO_ICMP)
        return;
    if (memcmp (packet + (p->is_v6 ? 8 : 12), wanted, p->is_v6 ? 16 : 4) != 0)
        return;
    if (packet[head] != reply || memcmp (packet + head + 4, &id, 2) != 0)
        return;
    name_of_mac (from.sll_addr, name);
    good_answer (p, name);
}

/* ---- arp ---- */

static void
ask_arp (Probe *p)
{
    struct ether_arp arp = { 0 };
    struct sockaddr_ll to = { .sll_family = AF_PACKET,
                              .sll_protocol = htons (ETH_P_ARP),
                              .sll_ifindex = p->ifindex,
                              .sll_halen = ETH_ALEN,
                              .sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

    arp.ea_hdr.ar_hrd = htons (ARPHRD_ETHER);
    arp.ea_hdr.ar_pro = htons (ETH_P_IP);
    arp.ea_hdr.ar_hln = ETH_ALEN;
    arp.ea_hdr.ar_pln = 4;
    arp.ea_hdr.ar_op = htons (ARPOP_REQUEST);
    memcpy (arp.arp_sha, p->mac, ETH_ALEN);
    memcpy (arp.arp_spa, &p->own_ip, 4);
    memcpy (arp.arp_tpa, &((struct sockaddr_in *) &p->target)->sin_addr, 4);
    sendto (p->rx, &arp, sizeof arp, MSG_DONTWAIT, (struct sockaddr *) &to, sizeof to);
}

/* Only answers to our question count: a gratuitous ARP is no proof that a machine answers. */
static void
read_arp (Probe *p)
{
    struct ether_arp arp;
    char name[NAME_LEN];

    if (recv (p->rx, &arp, sizeof arp, MSG_DONTWAIT) < (ssize_t) sizeof arp
        || ntohs (arp.ea_hdr.ar_op) != ARPOP_REPLY
        || memcmp (arp.arp_spa, &((struct sockaddr_in *) &p->target)->sin_addr, 4) != 0
        || memcmp (arp.arp_tha, p->mac, ETH_ALEN) != 0)
        return;
    name_of_mac (arp.arp_sha, name);
    good_answer (p, name);
}

/* ---- http ---- */

static void
drop_flight (Flight *flight)
{
    close (flight->fd);
    flight->fd = -1;
}

static void
ask_http (Probe *p)
{
    Flight *free_one = NULL;
    double now = now_ms ();
    int fd;

    for (int i = 0; i < MAX_FLIGHTS; i++) {
        Flight *flight = &p->flights[i];

        if (flight->fd >= 0 && now - flight->since_ms > HTTP_PATIENCE_MS)
            drop_flight (flight);
        if (flight->fd < 0 && free_one == NULL)
            free_one = flight;
    }
    if (free_one == NULL)
        return;
    fd = socket (p->target.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    /* A reset at the end keeps this side's ports from piling up in TIME_WAIT. */
    setsockopt (fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof (struct linger));
    if (connect (fd, (struct sockaddr *) &p->target, p->target_len) != 0 && errno != EINPROGRESS) {
        close (fd);
        return;
    }
    *free_one = (Flight){ .fd = fd, .since_ms = now };
    watch (p, fd, EPOLLIN | EPOLLOUT | EPOLLET, TAG_FLIGHT + (uint64_t) (free_one - p->flights));
}

/* Status 200: the first line of the body is who answered. */
static void
judge_answer (Probe *p, Flight *flight)
{
    char *body = NULL;

    flight->answer[flight->len] = '\0';
    if (strncmp (flight->answer, "HTTP/1.", 7) != 0 || strncmp (flight->answer + 8, " 200", 4) != 0)
        return;
    body = strstr (flight->answer, "\r\n\r\n");
    if (body == NULL || body[4] == '\0')
        return;
    body += 4;
    body[strcspn (body, "\r\n")] = '\0';
    good_answer (p, body);
}

static void
read_http (Probe *p, Flight *flight, uint32_t events)
{
    char request[128];
    ssize_t got = 0;

    if (flight->fd < 0)
        return;
    if (!flight->is_sent && (events & EPOLLOUT)) {
        int len =
            snprintf (request, sizeof request, "GET / HTTP/1.0\r\nHost: %s\r\n\r\n", p->address);

        flight->is_sent = send (flight->fd, request, (size_t) len, MSG_NOSIGNAL) == len;
    }
    while (flight->len < sizeof flight->answer - 1) {
        got = recv (flight->fd, flight->answer + flight->len,
                    sizeof flight->answer - 1 - flight->len, 0);
        if (got <= 0)
            break;
        flight->len += (size_t) got;
    }
    if (got < 0 && errno == EAGAIN)
        return;
    judge_answer (p, flight);
    drop_flight (flight);
}

/* ---- set-up and loop ---- */

static void
resolve_target (Probe *p)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *) &p->target;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) &p->target;
    uint16_t port = p->mode == HTTP ? htons ((uint16_t) atoi (p->where)) : 0;

    if (inet_pton (AF_INET, p->address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = port;
        p->target_len = sizeof *v4;
    } else if (inet_pton (AF_INET6, p->address, &v6->sin6_addr) == 1 && p->mode != ARP) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = port;
        p->target_len = sizeof *v6;
        p->is_v6 = true;
    } else {
        fprintf (stderr, "probe: '%s' is no address\n", p->address);
        exit (2);
    }
}

static void
open_packets (Probe *p)
{
    uint16_t protocol = p->mode == ARP ? ETH_P_ARP : p->is_v6 ? ETH_P_IPV6 : ETH_P_IP;
    struct sockaddr_ll local = { .sll_family = AF_PACKET, .sll_protocol = htons (protocol) };
    socklen_t len = sizeof local;

    p->ifindex = (int) if_nametoindex (p->where);
    local.sll_ifindex = p->ifindex;
    if (p->ifindex == 0)
        die (p->where);
    p->rx = socket (AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons (protocol));
    if (p->rx < 0 || bind (p->rx, (struct sockaddr *) &local, sizeof local) != 0
        || getsockname (p->rx, (struct sockaddr *) &local, &len) != 0)
        die ("packet socket");
    memcpy (p->mac, local.sll_addr, ETH_ALEN);
    watch (p, p->rx, EPOLLIN, TAG_RX);
    if (p->mode == ICMP) {
        p->tx = socket (p->is_v6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC,
                        p->is_v6 ? (int) IPPROTO_ICMPV6 : (int) IPPROTO_ICMP);
        if (p->tx < 0)
            die ("raw socket");
        /* Replies come by the packet socket; do not let them pile up here. */
        setsockopt (p->tx, SOL_SOCKET, SO_RCVBUF, &(int){ 1 }, sizeof (int));
    }
}

static void
open_all (Probe *p)
{
    struct itimerspec every = { 0 };
    sigset_t set;

    p->epoll = epoll_create1 (EPOLL_CLOEXEC);
    p->timer = timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    sigemptyset (&set);
    sigaddset (&set, SIGTERM);
    sigaddset (&set, SIGINT);
    sigprocmask (SIG_BLOCK, &set, NULL);
    p->signals = signalfd (-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (p->epoll < 0 || p->timer < 0 || p->signals < 0)
        die ("setting up");
    every.it_interval.tv_sec = (time_t) (p->interval_us / 1e6);
    every.it_interval.tv_nsec = (long) (p->interval_us * 1000) % 1000000000;
    every.it_value.tv_nsec = 1;
    timerfd_settime (p->timer, 0, &every, NULL);
    watch (p, p->timer, EPOLLIN, TAG_TIMER);
    watch (p, p->signals, EPOLLIN, TAG_SIGNAL);
    resolve_target (p);
    for (int i = 0; i < MAX_FLIGHTS; i++)
        p->flights[i].fd = -1;
    if (p->mode != HTTP)
        open_packets (p);
}

static void
on_timer (Probe *p)
{
    uint64_t expired = 0;
    double missed_ms;

    if (read (p->timer, &expired, sizeof expired) < 0)
        return;
    missed_ms = (double) (expired - 1) * p->interval_us / 1000;
    if (missed_ms >= p->min_gap_ms / 2 && !p->is_live) {
        printf ("slept %.1f %.1f\n", now_ms () - missed_ms, now_ms ());
        fflush (stdout);
    }
    if (p->run_s > 0 && now_ms () - p->start_ms > p->run_s * 1000) {
        p->is_done = true;
        return;
    }
    if (p->mode == ICMP)
        ask_icmp (p);
    else if (p->mode == ARP)
        ask_arp (p);
    else
        ask_http (p);
    p->sent++;
}

static void
run (Probe *p)
{
    struct epoll_event events[64];

    p->start_ms = p->last_good_ms = now_ms ();
    p->current = -1;
    while (!p->is_done) {
        int count = epoll_wait (p->epoll, events, 64, -1);

        for (int i = 0; i < count; i++) {
            uint64_t tag = events[i].data.u64;

            if (tag == TAG_TIMER)
                on_timer (p);
            else if (tag == TAG_SIGNAL)
                p->is_done = true;
            else if (tag == TAG_RX && p->mode == ICMP)
                read_icmp (p);
            else if (tag == TAG_RX)
                read_arp (p);
            else
                read_http (p, &p->flights[tag - TAG_FLIGHT], events[i].events);
        }
    }
}

static void
report (const Probe *p)
{
    if (p->is_live)
        return;
    printf ("end sent=%lu answers=%lu longest_gap_ms=%.1f open_gap_ms=%.1f\n", p->sent, p->answers,
            p->longest_ms, now_ms () - p->last_good_ms);
    for (int i = 0; i < p->seen_count; i++)
        printf ("seen %s %.1f %.1f %lu\n", p->seen[i].name, p->seen[i].first_ms, p->seen[i].last_ms,
                p->seen[i].count);
}

static int
usage (void)
{
    fputs ("usage: probe [-i US] [-t S] [-g MS] [-l] icmp|arp|http ADDRESS INTERFACE|PORT\n",
           stderr);
    return 2;
}

int
main (int argc, char **argv)
{
    static const char *const modes[] = { "icmp", "arp", "http" };
    Probe p = { .mode = -1, .interval_us = 2000, .min_gap_ms = 20 };
    int option;

    while ((option = getopt (argc, argv, "i:t:g:l")) != -1) {
        if (option == 'i')
            p.interval_us = atof (optarg);
        else if (option == 't')
            p.run_s = atof (optarg);
        else if (option == 'g')
            p.min_gap_ms = atof (optarg);
        else if (option == 'l')
            p.is_live = true;
        else
            return usage ();
    }
    if (argc - optind != 3 || p.interval_us < 100)
        return usage ();
    for (int i = 0; i < 3; i++) {
        if (strcmp (argv[optind], modes[i]) == 0)
            p.mode = i;
    }
    if (p.mode < 0)
        return usage ();
    p.address = argv[optind + 1];
    p.where = argv[optind + 2];
    open_all (&p);
    run (&p);
    report (&p);
    return 0;
}
