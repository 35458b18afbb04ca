#!/bin/bash
# Runs a `swift test`; when tests fail, what failed is said once more at the very end.
set -euo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if KUMKI_REQUIRE_SERVER=1 "$@" 2>&1 | tee "$log"; then exit 0; fi

echo
echo 'What failed:'
awk '/^✘/ { failed = 1 } /^(◇|✔|✓)/ { failed = 0 } failed' "$log"
exit 1
