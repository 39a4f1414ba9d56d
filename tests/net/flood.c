/* SPDX-License-Identifier: Apache-2.0 */
/* Send datagrams that nobody asked for, at an even pace.
 *
 *   flood RATE SECONDS INTERFACE FILE
 *
 * Each line of FILE is one datagram: ADDRESS PORT HOW HEX. They are sent in turn, over and over, at
 * RATE a second, in one burst a millisecond. HOW says what is done to the bytes each time:
 *   whole   nothing
 *   cut     shortened: to 0 bytes, next time to 1, ... up to its length less one
 *   flip    one random bit is changed
 *   sign    the hexadecimal digits at its end, a signature's, are replaced by random ones
 *   noise   all bytes are random
 * Prints "sent=N failed=N seconds=S" at the end. */
#include "config.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAMES_MAX 4096
#define BURST_MAX  256
#define LINE_BYTES (2 * 65536 + 64)
#define TICK_NS    1000000

typedef struct {
    struct sockaddr_in to;
    char how; /* first letter of HOW */
    size_t len, next_len;
    uint8_t *data, *work; /* as read; as sent */
} Frame;

typedef struct {
    Frame frame[FRAMES_MAX];
    size_t n, at;
    uint32_t random;
    int fd;
    unsigned long sent, failed;
} Flood;

static uint32_t
next_random (Flood *f)
{
    f->random ^= f->random << 13;
    f->random ^= f->random >> 17;
    f->random ^= f->random << 5;
    return f->random;
}

static bool
read_frame (char *line, Frame *frame)
{
    char *save, *address = strtok_r (line, " \n", &save), *port = strtok_r (NULL, " \n", &save);
    char *how = strtok_r (NULL, " \n", &save), *hex = strtok_r (NULL, " \n", &save);

    *frame = (Frame){ .to.sin_family = AF_INET };
    if (hex == NULL || strchr ("wcfsn", *how) == NULL
        || inet_pton (AF_INET, address, &frame->to.sin_addr) != 1)
        return false;
    frame->to.sin_port = htons ((uint16_t) atoi (port));
    frame->how = *how;
    frame->len = strlen (hex) / 2;
    frame->data = malloc (frame->len + 1);
    frame->work = malloc (frame->len + 1);
    for (size_t i = 0; i < frame->len; i++)
        if (sscanf (hex + 2 * i, "%2hhx", &frame->data[i]) != 1)
            return false;
    return true;
}

static bool
read_frames (Flood *f, const char *path)
{
    FILE *file = fopen (path, "r");
    char *line = malloc (LINE_BYTES);
    bool is_good = file != NULL;

    while (is_good && f->n < FRAMES_MAX && fgets (line, LINE_BYTES, file) != NULL)
        is_good = read_frame (line, &f->frame[f->n++]);
    free (line);
    if (file != NULL)
        fclose (file);
    return is_good && f->n > 0;
}

/* The bytes of this time in frame->work; their number. */
static size_t
disguise (Flood *f, Frame *frame)
{
    size_t len = frame->len;

    memcpy (frame->work, frame->data, len);
    switch (frame->how) {
    case 'c':
        len = frame->next_len;
        frame->next_len = (frame->next_len + 1) % frame->len;
        break;
    case 'f':
        frame->work[next_random (f) % len] ^= (uint8_t) (1u << next_random (f) % 8);
        break;
    case 's':
        /* the comma that ends a netstring stays */
        for (size_t i = len - 1; i > 0 && isxdigit (frame->work[i - 1]); i--)
            frame->work[i - 1] = (uint8_t) "0123456789abcdef"[next_random (f) % 16];
        break;
    case 'n':
        for (size_t i = 0; i < len; i++)
            frame->work[i] = (uint8_t) next_random (f);
        break;
    default:
        break;
    }
    return len;
}

static void
send_burst (Flood *f, unsigned count)
{
    struct mmsghdr messages[BURST_MAX] = { 0 };
    struct iovec parts[BURST_MAX];

    /* A frame's bytes are used once in a burst: no more than there are frames. */
    count = count > f->n ? (unsigned) f->n : count;
    for (unsigned i = 0; i < count; i++) {
        Frame *frame = &f->frame[f->at];

        f->at = (f->at + 1) % f->n;
        parts[i] = (struct iovec){ frame->work, disguise (f, frame) };
        messages[i].msg_hdr = (struct msghdr){ .msg_name = &frame->to,
                                               .msg_namelen = sizeof frame->to,
                                               .msg_iov = &parts[i],
                                               .msg_iovlen = 1 };
    }
    for (unsigned done = 0; done < count;) {
        int n = sendmmsg (f->fd, messages + done, count - done, 0);

        if (n > 0) {
            done += (unsigned) n;
            f->sent += (unsigned long) n;
        } else if (errno != EINTR) { /* an ICMP error, for one: the next one */
            done++;
            f->failed++;
        }
    }
}

static double
seconds_since (const struct timespec *start)
{
    struct timespec now;

    clock_gettime (CLOCK_MONOTONIC, &now);
    return (double) (now.tv_sec - start->tv_sec) + (double) (now.tv_nsec - start->tv_nsec) / 1e9;
}

/* What is due by now, in bursts; a tick that came late is made up for. */
static void
pour (Flood *f, double rate, double seconds)
{
    struct timespec start;
    const struct timespec tick = { .tv_nsec = TICK_NS };
    double passed;

    clock_gettime (CLOCK_MONOTONIC, &start);
    while ((passed = seconds_since (&start)) < seconds) {
        unsigned long due = (unsigned long) (passed * rate);
        unsigned long total = f->sent + f->failed;

        if (due > total)
            send_burst (f, (unsigned) (due - total > BURST_MAX ? BURST_MAX : due - total));
        else
            nanosleep (&tick, NULL);
    }
    printf ("sent=%lu failed=%lu seconds=%.2f\n", f->sent, f->failed, passed);
}

int
main (int argc, char **argv)
{
    Flood *f = calloc (1, sizeof *f);
    const int yes = 1, size = 4 * 1024 * 1024;
    struct ip_mreqn group = { 0 };

    f->random = 2463534242u;
    if (argc != 5 || !read_frames (f, argv[4])) {
        fprintf (stderr, "usage: flood RATE SECONDS INTERFACE FILE\n");
        return 2;
    }
    f->fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    group.imr_ifindex = (int) if_nametoindex (argv[3]);
    if (f->fd < 0 || setsockopt (f->fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes) != 0
        || setsockopt (f->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) != 0
        || setsockopt (f->fd, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof group) != 0) {
        perror ("flood");
        return 1;
    }
    pour (f, atof (argv[1]), atof (argv[2]));
    return 0;
}
