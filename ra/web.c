/* SPDX-License-Identifier: Apache-2.0 */
/* Shared part of the web server agents; see web.h. */
#include "config.h"

#include "ra/web.h"

#include "hbd/base/clock.h"
#include "ra/lib/process.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define KILL_WAIT_MS  5000
#define CONNECT_SHARE 2 /* at most 1/2 of a check for the connection */

void
ra_web_clear (RaWeb *web)
{
    g_free (web->binary);
    g_free (web->config);
    g_free (web->pid_file);
    g_clear_pointer (&web->listens, g_array_unref);
    memset (web, 0, sizeof *web);
}

char *
ra_web_find_program (const char *name)
{
    static const char *const places[] = { "/usr/sbin", "/usr/local/sbin", "/sbin",
                                          "/usr/local/bin" };
    if (g_path_is_absolute (name))
        return g_file_test (name, G_FILE_TEST_IS_EXECUTABLE) ? g_strdup (name) : NULL;
    char *found = g_find_program_in_path (name);
    for (guint i = 0; found == NULL && i < G_N_ELEMENTS (places); i++) {
        g_autofree char *path = g_build_filename (places[i], name, NULL);
        if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
            found = g_steal_pointer (&path);
    }
    return found;
}

pid_t
ra_web_pid (const RaWeb *web)
{
    pid_t pid = ra_pid_file_read (web->pid_file);
    if (pid == 0 || ra_process_state (pid) == RA_PROCESS_GONE)
        return 0;
    return ra_process_is_program (pid, web->binary) ? pid : 0;
}

guint
ra_web_check_ms (const RaOcf *ocf)
{
    guint own = ra_ocf_param_uint (ocf, "check_timeout", 600000);
    guint given = ra_ocf_timeout_ms (ocf, 20000);
    return MAX (MIN (own, given / 5 * 4), 10);
}

/* Which socket to ask first: one that talks plain HTTP, near before far. */
static int
rank (const RaListen *l)
{
    bool is_near = strcmp (l->ip, "127.0.0.1") == 0 || strcmp (l->ip, "::1") == 0;
    return (l->is_proxy_protocol ? 4 : 0) + (l->is_tls ? 2 : 0) + (is_near ? 0 : 1);
}

const RaListen *
ra_web_first_listen (const RaWeb *web)
{
    const RaListen *best = NULL;
    for (guint i = 0; i < web->listens->len; i++) {
        const RaListen *l = &g_array_index (web->listens, RaListen, i);
        if (best == NULL || rank (l) < rank (best))
            best = l;
    }
    return best;
}

static void
ask (const RaListen *to, const char *method, const RaUrl *url, guint limit_ms, RaHttpAnswer *answer)
{
    RaHttpQuestion q = { .ip = to->ip,
                         .port = to->port,
                         .method = method,
                         .path = url->path,
                         .host = *url->host != '\0' && !url->is_host_ip ? url->host : NULL,
                         .connect_ms = MAX (limit_ms / CONNECT_SHARE, 1),
                         .total_ms = limit_ms };
    ra_http_ask (&q, answer);
}

static bool
is_reaction (const RaHttpAnswer *answer)
{
    return answer->result == RA_HTTP_ANSWERED || answer->result == RA_HTTP_CLOSED
           || answer->result == RA_HTTP_GARBAGE; /* another protocol, but somebody is at home */
}

static RaListen
listen_for_port (const RaWeb *web)
{
    RaListen l = { .port = (guint16) web->port };
    g_strlcpy (l.ip, web->use_ipv6 ? "::1" : "127.0.0.1", sizeof l.ip);
    return l;
}

static int
check_reaction (const RaWeb *web, guint limit_ms)
{
    RaListen by_port = listen_for_port (web);
    const RaListen *to = web->port != 0 ? &by_port : ra_web_first_listen (web);
    if (to == NULL)
        return RA_OCF_SUCCESS; /* only on local sockets: the process is all that can be seen */
    RaUrl root = { .host = (char *) "", .path = (char *) "/" };
    g_auto (RaHttpAnswer) answer = { 0 };
    ask (to, "HEAD", &root, limit_ms, &answer);
    if (is_reaction (&answer))
        return RA_OCF_SUCCESS;
    return ra_ocf_fail (web->ocf, RA_OCF_ERR_GENERIC, "%s does not react: %s", web->title,
                        answer.reason);
}

int
ra_web_check_alive (const RaWeb *web, guint limit_ms)
{
    pid_t pid = ra_web_pid (web);
    if (pid == 0)
        return RA_OCF_NOT_RUNNING;
    if (ra_process_state (pid) == RA_PROCESS_STOPPED)
        return ra_ocf_fail (web->ocf, RA_OCF_ERR_GENERIC, "%s (pid %d) is stopped by a signal",
                            web->title, (int) pid);
    return check_reaction (web, limit_ms);
}

static int
judge_answer (const RaWeb *web, const char *url, const char *regex, const RaHttpAnswer *answer)
{
    g_autofree char *reason = NULL;
    if (answer->result != RA_HTTP_ANSWERED)
        return ra_ocf_fail (web->ocf, RA_OCF_ERR_GENERIC, "%s: %s", url, answer->reason);
    if (answer->status >= 400)
        return ra_ocf_fail (web->ocf, RA_OCF_ERR_GENERIC, "%s: answer %d", url, answer->status);
    int is_match = regex != NULL ? ra_http_matches (regex, answer->body, &reason) : 1;
    if (is_match < 0)
        return ra_ocf_fail (web->ocf, RA_OCF_ERR_CONFIGURED, "%s", reason);
    if (is_match == 0)
        return ra_ocf_fail (web->ocf, RA_OCF_ERR_GENERIC,
                            "%s: nothing in the answer (%d, %u bytes) matches '%s'", url,
                            answer->status, (guint) answer->body->len, regex);
    return RA_OCF_SUCCESS;
}

int
ra_web_check_url (const RaWeb *web, const char *url_text, const char *regex,
                  const RaListen *path_listen, guint limit_ms)
{
    g_auto (RaUrl) url = { 0 };
    g_auto (RaHttpAnswer) answer = { 0 };
    g_autofree char *reason = NULL;
    if (!ra_url_parse (url_text, &url, &reason))
        return ra_ocf_fail (web->ocf, RA_OCF_ERR_CONFIGURED, "%s", reason);
    RaListen by_port = listen_for_port (web);
    const RaListen *best = path_listen != NULL ? path_listen
                           : web->port != 0    ? &by_port
                                               : ra_web_first_listen (web);
    RaListen to = best != NULL ? *best : (RaListen){ .ip = "127.0.0.1", .port = 80 };
    if (url.port != 0)
        to.port = url.port;
    else if (*url.host != '\0')
        to.port = 80;
    if (url.is_host_ip)
        g_strlcpy (to.ip, url.host, sizeof to.ip);
    else if (g_ascii_strcasecmp (url.host, "localhost") == 0)
        g_strlcpy (to.ip, web->use_ipv6 ? "::1" : "127.0.0.1", sizeof to.ip);
    ask (&to, "GET", &url, limit_ms, &answer);
    return judge_answer (web, url_text, regex, &answer);
}

int
ra_web_wait_up (const RaWeb *web, guint limit_ms)
{
    HbdTime limit = hbd_clock_now () + HBD_MS (limit_ms);
    int pause_ms = 5;
    for (;;) {
        pid_t pid = ra_web_pid (web);
        HbdTime left = limit - hbd_clock_now ();
        if (pid != 0 && left > 0)
            return check_reaction (web, (guint) (left / 1000) + 1);
        if (left <= 0)
            return ra_ocf_fail (web->ocf, RA_OCF_ERR_GENERIC,
                                "%s was started, but wrote no pid of its own into %s within %u ms",
                                web->title, web->pid_file, limit_ms);
        poll (NULL, 0, pause_ms);
        pause_ms = MIN (pause_ms * 2, 50);
    }
}

static bool
end_gracefully (RaProcessTree *tree, const RaWebEnd *end)
{
    ra_process_tree_signal (tree, RA_TREE_ROOT, end->graceful_signal);
    ra_process_tree_signal (tree, RA_TREE_ALL, SIGCONT); /* who is stopped cannot finish */
    if (!end->ends_when_idle)
        return ra_process_tree_wait (tree, RA_TREE_ROOT, end->graceful_ms);
    ra_process_tree_wait (tree, RA_TREE_CHILDREN, end->graceful_ms);
    return ra_process_tree_wait (tree, RA_TREE_ROOT, 0);
}

int
ra_web_stop (const RaWeb *web, const RaWebEnd *end)
{
    pid_t pid = ra_web_pid (web);
    g_autoptr (RaProcessTree) tree = pid != 0 ? ra_process_tree_open (pid) : NULL;
    if (tree == NULL)
        return RA_OCF_SUCCESS;
    bool is_ended = end->graceful_ms > 0 && end_gracefully (tree, end);
    if (!is_ended) {
        ra_process_tree_signal (tree, RA_TREE_ROOT, end->fast_signal);
        ra_process_tree_wait (tree, RA_TREE_ROOT, end->fast_ms);
    }
    if (ra_process_tree_wait (tree, RA_TREE_ALL, 50))
        is_ended = true;
    else {
        ra_process_tree_signal (tree, RA_TREE_ALL, SIGKILL);
        is_ended = ra_process_tree_wait (tree, RA_TREE_ALL, KILL_WAIT_MS);
        ra_ocf_log (web->ocf, "WARNING", "%s (pid %d) had to be killed", web->title, (int) pid);
    }
    if (!is_ended)
        return ra_ocf_fail (web->ocf, RA_OCF_ERR_GENERIC, "%s (pid %d) cannot be killed",
                            web->title, (int) pid);
    if (ra_pid_file_read (web->pid_file) == pid)
        unlink (web->pid_file); /* who was killed could not */
    return RA_OCF_SUCCESS;
}
