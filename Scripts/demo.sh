#!/bin/sh
# Shows a whole cluster come to be: containers, plan, apply, status, verify, and a plan that has nothing left to do.
#
# kumki's exit codes are part of the show: 2 from `plan` means that there are changes.
set -eu
cd "$(dirname "$0")/.."

kumki=${KUMKI:-.build/debug/kumki}
inventory=${1:-inventories/demo.yaml}
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

say "a lab of an earlier demo goes first"
expect 0 lab down "$inventory"
say "containers stand in for the hosts of $inventory"
expect 0 lab up "$inventory"
say "what would be done on bare hosts (2: there are changes)"
expect 2 plan "$inventory"
say "doing it"
expect 0 apply "$inventory" --yes
say "the cluster as it is"
expect 0 status "$inventory"
say "proof that it replicates"
expect 0 verify "$inventory"
say "nothing is left to do"
expect 0 plan "$inventory"
say "done; the cluster keeps running until: $kumki lab down $inventory"
