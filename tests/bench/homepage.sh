#!/usr/bin/env bash
# The homepage by the demo app and by Flask: builds the one, installs the other in a folder of its
# own, and runs the benchmark that it is told, `homepage` or `added`.
set -euo pipefail
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-$PWD/../../target}
cargo build --release --locked --manifest-path ../../Cargo.toml -p demo-app
if [ ! -x flask/venv/bin/gunicorn ]; then
    python3 -m venv flask/venv
    flask/venv/bin/pip install --quiet -r flask/requirements.txt
fi
export DEMO_APP=$target/release/demo-app GUNICORN=$PWD/flask/venv/bin/gunicorn
cargo run --release --locked -- "${1:-homepage}"
