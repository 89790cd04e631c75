#!/bin/sh
# Open the window; with no display, show the demonstration in the terminal.
set -eu
cd "$(dirname "$0")/.."
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" = Darwin ]; then
    exec .venv/bin/python main.py "$@"
fi
printf '%s\n' "No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): showing the demonstration in the terminal." >&2
exec .venv/bin/saasbackup demo "$@"
