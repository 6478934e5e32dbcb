#!/usr/bin/env bash
# Number of dependencies and cold release build of each client crate alone, default features.
# With `--count` only the number. Needs the crates' sources to be downloaded, or the network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "| crate | dependencies | build, seconds | processor seconds |"
echo "|---|---|---|---|"
for crate in keto-client ory-keto-client kratos-client ory-kratos-client; do
    case $crate in
        ory-*) source='version = "=26.2.0"' ;;
        *) source="path = \"$here/../../$crate\"" ;;
    esac
    mkdir -p "$work/$crate/src"
    cd "$work/$crate"
    # The same versions for all.
    cp "$here/Cargo.lock" .
    : > src/lib.rs
    printf '[package]\nname = "only"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n%s = { %s }\n' \
        "$crate" "$source" > Cargo.toml
    # But for the package itself and the crate that is asked about.
    count=$(($(cargo tree -e normal --prefix none --no-dedupe | sed 's/ (.*//' | sort -u | wc -l) - 2))
    if [ "${1:-}" = --count ]; then
        echo "| $crate | $count | | |"
        continue
    fi
    cargo fetch --quiet
    TIMEFORMAT='%R | %U'
    times=$({ time CARGO_TARGET_DIR="$work/target" cargo build --release --quiet -p "$crate"; } 2>&1)
    rm -rf "$work/target"
    echo "| $crate | $count | $times |"
done
