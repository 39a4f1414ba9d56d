# SPDX-License-Identifier: Apache-2.0
# For the tests of this folder: two namespaces joined by a cable, and claims that are counted.
# Sourced; the caller ends with `finish`.

set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${HBD_BUILD:-$top/build}
tool=$build/tests/ra/address_tool
ns_here=hbdra$$a ns_there=hbdra$$b
work=
failed=0 claims=0

skip () { echo "$*"; exit 77; }

need ()
{
    local word
    [ "$(id -u)" = 0 ] || skip "needs root"
    for word in "$@"; do
        command -v "$word" >/dev/null || [ -x "$word" ] || skip "needs $word"
    done
}

# Commands in the first and in the second namespace, never for long.
here () { timeout -k 2 60 ip netns exec "$ns_here" "$@"; }
there () { timeout -k 2 60 ip netns exec "$ns_there" "$@"; }

cleanup ()
{
    local ns pid
    for ns in "$ns_here" "$ns_there"; do
        for pid in $(ip netns pids "$ns" 2>/dev/null); do
            kill -KILL "$pid" 2>/dev/null
        done
        ip netns del "$ns" 2>/dev/null
    done
    [ -z "$work" ] || rm -rf "$work"
}

# setup: d0 (10.9.0.1/24, 2001:db8::1/64) here, p0 (10.9.0.2/24, 2001:db8::2/64) there.
setup ()
{
    trap cleanup EXIT
    work=$(mktemp -d)
    chmod 755 "$work"
    ip netns add "$ns_here" && ip netns add "$ns_there" || skip "cannot make network namespaces"
    ip link add d0 netns "$ns_here" type veth peer name p0 netns "$ns_there" || skip "no veth here"
    here ip link set lo up
    here ip link set d0 up
    there ip link set lo up
    there ip link set p0 up
    here ip addr add 10.9.0.1/24 dev d0
    there ip addr add 10.9.0.2/24 dev p0
    here ip -6 addr add 2001:db8::1/64 dev d0 nodad
    there ip -6 addr add 2001:db8::2/64 dev p0 nodad
}

# claim TEXT COMMAND... - the command must succeed.
claim ()
{
    local text=$1
    shift
    claims=$((claims + 1))
    if "$@" >"$work/claim.log" 2>&1; then
        echo "ok   $text"
    else
        failed=$((failed + 1))
        echo "FAIL $text"
        sed 's/^/     /' "$work/claim.log"
    fi
}

# is GOT WANTED
is () { [ "$1" = "$2" ] || { echo "got '$1', wanted '$2'"; return 1; }; }
# between GOT LOW HIGH
between () { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ] || { echo "got '$1', wanted $2 to $3"; return 1; }; }

# code COMMAND... - its exit status, as text; what it says goes to $work/code.log
code () { local rc=0; "$@" >"$work/code.log" 2>&1 || rc=$?; echo $rc; }

now_ms () { echo $(($(date +%s%N) / 1000000)); }

finish ()
{
    echo "$claims claims, $failed failed"
    [ "$failed" = 0 ] && [ "$claims" -gt 0 ]
    exit $?
}
