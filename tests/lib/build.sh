# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Configure and build out of tree. Sourced by tests/run, tests/demo and tests/bench; expects the
# variable top (the source tree).

# The paths of a Debian package: tests and demo run from the build tree, inside namespaces with /run,
# /etc and /var of their own.
DEBIAN_PATHS="--prefix=/usr --sysconfdir=/etc --localstatedir=/var --runstatedir=/run"

# build_tree DIR LOG CONFIGURE-OPTION... - make DIR current; the log's end is shown on failure.
build_tree ()
{
    local dir=$1 log=$2 status=0
    shift 2
    mkdir -p "$dir" "$(dirname "$log")"
    (
        set -e
        cd "$top"
        if [ ! -x configure ] || [ configure.ac -nt configure ]; then
            ./autogen.sh
        fi
        cd "$dir"
        if [ ! -f Makefile ] || [ "$top/configure" -nt config.status ]; then
            "$top/configure" "$@"
        fi
        make -j"$(nproc)"
    ) >"$log" 2>&1 || status=$?
    if [ "$status" != 0 ]; then
        echo "build in $dir failed; the end of $log:" >&2
        tail -n 25 "$log" >&2
    fi
    return "$status"
}
