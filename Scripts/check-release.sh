#!/bin/sh
# Checks a release: it runs, is small, and needs only libraries that every Debian and Ubuntu server has.
set -eu

binary=${1:?usage: check-release.sh BINARY}
size=$(stat -c %s "$binary")
echo "$binary: $size bytes, $("$binary" --version)"
if [ "$size" -ge $((25 * 1024 * 1024)) ]; then
    echo "check-release: 25 MB or more; does something import Foundation instead of FoundationEssentials?" >&2
    exit 1
fi
if ldd "$binary" | grep -E 'libswift|libFoundation|libssh2|libyaml|not found'; then
    echo "check-release: these should be linked in" >&2
    exit 1
fi
