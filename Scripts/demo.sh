#!/bin/sh
# Shows a whole cluster come to be: containers, plan, apply, status, verify, and a plan that has nothing left to do. Then
# one under pgpool-II, whose primary is killed while a client writes.
#
# kumki's exit codes are part of the show: 2 from `plan` means that there are changes.
set -eu
cd "$(dirname "$0")/.."

kumki=${KUMKI:-.build/debug/kumki}
inventory=${1:-inventories/demo.yaml}
engine=${2:-inventories/pgpool-trio.yaml}
begin=$(date +%s)

say() { printf '\n# %s  (%d s)\n' "$*" "$(($(date +%s) - begin))"; }

# Runs kumki with the exit status that is expected of it.
expect() {
    wanted=$1
    shift
    printf '$ kumki %s\n' "$*"
    status=0
    "$kumki" "$@" || status=$?
    if [ "$status" != "$wanted" ]; then
        printf 'demo: kumki %s ended with %d, not %d\n' "$*" "$status" "$wanted" >&2
        exit 1
    fi
}

# Bare containers become the cluster of an inventory.
show() {
    say "a lab of an earlier demo goes first"
    expect 0 lab down "$1"
    say "containers stand in for the hosts of $1"
    expect 0 lab up "$1"
    say "what would be done on bare hosts (2: there are changes)"
    expect 2 plan "$1"
    say "doing it"
    expect 0 apply "$1" --yes
    say "the cluster as it is"
    expect 0 status "$1"
    say "proof that it replicates"
    expect 0 verify "$1"
    say "nothing is left to do"
    expect 0 plan "$1"
}

show "$inventory"
say "now a cluster that fails over by itself"
show "$engine"
say "its primary is killed while a client writes through the virtual address"
expect 0 drill "$engine" kill-primary --yes
say "another host is primary, and the old one is its standby"
expect 0 status "$engine"
say "done; the clusters keep running until: $kumki lab down $inventory; $kumki lab down $engine"
