#!/usr/bin/env bash
# Number of dependencies and cold release build of each client crate alone: with default features,
# and the generated ones with rustls as well, which is the TLS of ours.
# With `--count` only the numbers. Needs the crates' sources to be downloaded, or the network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# How many crates are needed beside the package itself and the one that is asked about.
count() {
    cargo tree -e "$2" --prefix none --no-dedupe | sed 's/ (.*//' | sort -u |
        grep -cv "^only \|^$1 "
}

echo "| crate | dependencies | with those of build scripts | build, seconds | processor seconds |"
echo "|---|---|---|---|---|"
for crate in keto-client ory-keto-client ory-keto-client:rustls \
    kratos-client ory-kratos-client ory-kratos-client:rustls; do
    name=${crate%:rustls}
    case $crate in
        *:rustls) source='version = "=26.2.0", default-features = false, features = ["rustls-tls"]' ;;
        ory-*) source='version = "=26.2.0"' ;;
        *) source="path = \"$here/../../$crate\"" ;;
    esac
    mkdir -p "$work/$crate/src"
    cd "$work/$crate"
    # The same versions for all.
    cp "$here/Cargo.lock" .
    : > src/lib.rs
    printf '[package]\nname = "only"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n%s = { %s }\n' \
        "$name" "$source" > Cargo.toml
    cargo fetch --quiet
    counts="$(count "$name" normal) | $(count "$name" normal,build)"
    if [ "${1:-}" = --count ]; then
        echo "| ${crate/:/, } | $counts | | |"
        continue
    fi
    TIMEFORMAT='%R | %U'
    times=$({ time CARGO_TARGET_DIR="$work/target" cargo build --release --quiet -p "$name"; } 2>&1)
    rm -rf "$work/target"
    echo "| ${crate/:/, } | $counts | $times |"
done
