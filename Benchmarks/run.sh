#!/bin/sh
# Times kumki against OpenSSH alone, pyinfra and Ansible, and writes docs/benchmarks.md.
#
#   Benchmarks/run.sh                     everything: labs of 3, 12 and 40 hosts; about an hour on two cores
#   Benchmarks/run.sh --sizes 3           three hosts only (make bench-quick)
#   Benchmarks/run.sh --help              what else there is
set -eu
cd "$(dirname "$0")/.."

# The other tools live outside the checkout, in an environment of their own.
home=${XDG_CACHE_HOME:-$HOME/.cache}/kumki-bench
if [ ! -x "$home/bin/ansible-playbook" ] || [ ! -x "$home/bin/pyinfra" ]; then
    echo "==> installing pyinfra and ansible-core into $home"
    if ! python3 -m venv "$home"; then
        echo "run.sh: python3 can't make an environment; on Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
    "$home/bin/pip" install --quiet --upgrade "pyinfra>=3,<4" ansible-core
fi
exec "$home/bin/python3" Benchmarks/benchmark.py --tools "$home/bin" "$@"
