#!/bin/sh
# Installs on Debian or Ubuntu what kumki's own commands need, only what is missing, and says so.
#
#   Scripts/bootstrap.sh build   to compile: headers and the Swift toolchain
#   Scripts/bootstrap.sh lab     build, and containers that stand in for hosts
#   Scripts/bootstrap.sh test    lab, and what the tests compare kumki with
set -eu

say() { printf '==> %s\n' "$*"; }
fail() {
    printf 'bootstrap: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

installed() {
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

known() { apt-cache show "$1" >/dev/null 2>&1; }

# Another apt may hold the lists; it fails at once then, where installing can wait by itself.
update_lists() {
    [ -z "${updated:-}" ] || return 0
    say "apt-get update"
    tries=0
    until as_root apt-get update -qq; do
        tries=$((tries + 1))
        [ "$tries" -lt 30 ] || fail "apt-get update does not succeed: see its words above"
        say "trying again in 5 seconds ($tries)"
        sleep 5
    done
    updated=yes
}

# Installs those of the named packages that are missing.
need() {
    missing=
    for package in "$@"; do
        installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    update_lists
    say "apt-get install$missing"
    # shellcheck disable=SC2086 # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install \
        -qq -y --no-install-recommends $missing
}

# Like need, for packages that some releases do not have.
need_where_known() {
    for package in "$@"; do
        installed "$package" && continue
        update_lists
        if known "$package"; then need "$package"; else say "no package $package in this release: left out"; fi
    done
}

# swift 6.2 or later, by the way that swift.org names for Linux.
need_swift() {
    for folder in "${SWIFTLY_BIN_DIR:-}" "$HOME/.local/share/swiftly/bin"; do
        [ -x "$folder/swift" ] && PATH="$folder:$PATH"
    done
    if command -v swift >/dev/null; then
        version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
        # shellcheck disable=SC2086 # two numbers
        set -- ${version:-0 0}
        if [ "$1" -gt 6 ] || { [ "$1" = 6 ] && [ "$2" -ge 2 ]; }; then return 0; fi
        say "Swift $1.$2 is too old for kumki"
    fi
    wanted=$(cat .swift-version)
    say "installing Swift $wanted with swiftly, from https://www.swift.org/install/linux/"
    need ca-certificates curl gnupg tar
    folder=$(mktemp -d)
    curl --fail --silent --show-error --location --output "$folder/swiftly.tar.gz" \
        "https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz" ||
        fail "swiftly can't be downloaded: install Swift $wanted yourself (https://www.swift.org/install/linux/) and run this again"
    tar -xzf "$folder/swiftly.tar.gz" -C "$folder"
    "$folder/swiftly" init --skip-install --assume-yes --quiet-shell-followup
    PATH="$HOME/.local/share/swiftly/bin:$PATH"
    swiftly install "$wanted" --use --assume-yes --post-install-file "$folder/post-install.sh"
    if [ -s "$folder/post-install.sh" ]; then
        say "installing the packages that swiftly names"
        update_lists
        as_root sh "$folder/post-install.sh"
    fi
    rm -rf "$folder"
}

# PostgreSQL's server programs, for tests that compare parsers; no cluster and no service comes of it.
need_server_programs() {
    if ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then return 0; fi
    need postgresql-common
    configuration=/etc/postgresql-common/createcluster.conf
    as_root sed -i.kumki 's/^#*create_main_cluster *=.*/create_main_cluster = false/' "$configuration"
    if known postgresql-15; then need postgresql-15; else need postgresql; fi
    as_root mv "$configuration.kumki" "$configuration"
}

# sshd's program, for tests that start one of their own; the service of a machine that had none stays off.
need_sshd() {
    [ ! -x /usr/sbin/sshd ] || return 0
    say "masking ssh.service and ssh.socket (systemctl unmask them to have a server)"
    as_root mkdir -p /etc/systemd/system
    as_root ln -sf /dev/null /etc/systemd/system/ssh.service
    as_root ln -sf /dev/null /etc/systemd/system/ssh.socket
    need openssh-server
}

[ $# = 1 ] || fail "usage: bootstrap.sh build|lab|test"
command -v apt-get >/dev/null || fail "only Debian and Ubuntu are known here; CONTRIBUTING.md lists what is needed"
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    fail "run this as root, or install sudo"
fi
cd "$(dirname "$0")/.."

need git pkg-config libyaml-dev libssh2-1-dev libssl-dev
need_swift
case $1 in
build) ;;
lab | test)
    # A Docker that answers is engine enough; its packages and Debian's runc exclude each other.
    if ! docker info >/dev/null 2>&1; then need podman runc; fi
    need iproute2 procps iptables nftables openssh-client debootstrap debian-archive-keyring
    need_where_known netavark aardvark-dns
    ;;
*) fail "usage: bootstrap.sh build|lab|test" ;;
esac
if [ "$1" = test ]; then
    need shellcheck python3-jsonschema python3-yaml
    need_sshd
    need_server_programs
fi
