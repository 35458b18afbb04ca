#!/bin/sh
# Builds every fuzzer under Fuzz/ and runs each for a number of seconds; the example inventories are where it starts.
set -eu
cd "$(dirname "$0")/.."

seconds=${1:?usage: fuzz.sh SECONDS}
swift=$(command -v swift || echo "$HOME/.local/share/swiftly/bin/swift")
scratch=.build-fuzz

for folder in Fuzz/*/; do
    name=$(basename "$folder")
    echo "==> $name for $seconds s"
    KUMKI_FUZZ=1 "$swift" build --product "$name" --sanitize fuzzer --sanitize address -Xswiftc -use-ld=lld \
        --scratch-path "$scratch"
    corpus=$scratch/corpus/$name
    mkdir -p "$corpus"
    "$scratch/debug/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 \
        -artifact_prefix="$scratch/$name-" "$corpus" inventories
done
