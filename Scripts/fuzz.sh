#!/bin/sh
# Builds every fuzzer under Fuzz/ and runs each for a number of seconds; the example inventories are where it starts.
set -eu
cd "$(dirname "$0")/.."

seconds=${1:?usage: fuzz.sh SECONDS}
swift=$(command -v swift || echo "$HOME/.local/share/swiftly/bin/swift")
scratch=.build-fuzz

# SwiftPM's `--sanitize fuzzer` links libFuzzer and instruments nothing: coverage is asked for by itself.
for folder in Fuzz/fuzz-*/; do
    name=$(basename "$folder")
    echo "==> $name for $seconds s"
    KUMKI_FUZZ=1 "$swift" build --quiet --product "$name" --sanitize fuzzer --sanitize address --scratch-path "$scratch" \
        -Xswiftc -use-ld=lld -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp
    corpus=$scratch/corpus/$name
    mkdir -p "$corpus"
    set -- "$corpus" "Fuzz/corpus/${name#fuzz-}"
    # Only the reader of YAML has a C library behind it that could leak.
    leaks=0
    if [ "$name" = fuzz-yaml ]; then
        leaks=1
        set -- "$@" inventories
    fi
    SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=$leaks LSAN_OPTIONS=suppressions=Fuzz/leaks.supp \
        "$scratch/debug/$name" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -verbosity=0 -print_final_stats=1 \
        -artifact_prefix="$scratch/$name-" "$@"
done
