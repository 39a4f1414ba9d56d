# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Install Debian packages that are missing, without starting a daemon. Sourced by tests/run and
# tests/demo; does nothing without root or apt-get, and never fails: what is missing afterwards
# is said by whoever needs it.

PACKAGES_BUILD="gcc make autoconf automake pkg-config git ca-certificates libglib2.0-dev
  libnl-3-dev libnl-route-3-dev libjson-glib-dev"
PACKAGES_NET="python3 iproute2 iputils-ping procps util-linux kmod nginx-light apache2 resource-agents
  curl"
PACKAGES_TEST="$PACKAGES_NET heartbeat nftables tcpdump iputils-arping systemd
  libxml2-utils clang llvm"

POLICY_FILE=/usr/sbin/policy-rc.d

# packages_missing NAME... - those not installed, one per line.
packages_missing ()
{
    local name
    for name in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed \
            || echo "$name"
    done
}

# packages_install NAME... - install what is missing. A policy-rc.d that forbids starting daemons
# stands while apt runs; one that was there before is left alone.
packages_install ()
{
    local missing had_policy=yes
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "packages: missing, and not root on Debian: $(echo $missing)" >&2
        return 0
    fi
    echo "packages: installing $(echo $missing)" >&2
    if [ ! -e "$POLICY_FILE" ]; then
        had_policy=no
        printf '#!/bin/sh\nexit 101\n' >"$POLICY_FILE"
        chmod 755 "$POLICY_FILE"
    fi
    (
        export DEBIAN_FRONTEND=noninteractive
        apt-get -qq update
        # One package that is not to be had must not keep the others away.
        apt-get -qq -y --no-install-recommends install $missing >/dev/null \
            || for name in $missing; do
                apt-get -qq -y --no-install-recommends install "$name" >/dev/null || true
            done
    ) </dev/null >&2 || true
    [ "$had_policy" = yes ] || rm -f "$POLICY_FILE"
    missing=$(packages_missing "$@")
    [ -z "$missing" ] || echo "packages: could not install $(echo $missing)" >&2
}
