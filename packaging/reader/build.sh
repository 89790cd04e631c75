#!/bin/sh
# Make vault-reader one executable file, with Python and its two libraries inside: build/reader/vault-reader
#
# Built in an environment of its own, exactly as uv.lock says. Does nothing if the file is there and newer than what it is
# made of. Exit code 75: PyInstaller could not be had (no network, most often), or something that it needs.
set -eu
cd "$(dirname "$0")/../.."
target=$PWD/build/reader
made=$target/vault-reader

if [ -x "$made" ] && [ -z "$(find packaging/reader uv.lock -newer "$made" -type f)" ]; then
    printf '%s\n' "$made"
    exit 0
fi

uv=.tools/bin/uv
[ -x $uv ] || uv=$(command -v uv || true)
[ -n "$uv" ] || {
    packaging/setup.sh run
    uv=.tools/bin/uv
}
python=${PYTHON:-.venv/bin/python}
[ -x "$python" ] || python=python3

mkdir -p "$target"
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH
export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 UV_PROJECT_ENVIRONMENT="$target/env"
"$uv" sync --quiet --locked --only-group reader --python "$python" >&2 || {
    printf '%s\n' "PyInstaller and the reader's libraries could not be installed (uv's own message is above)." >&2
    exit 75
}
ready() { # what PyInstaller itself needs of the system
    [ "$(uname)" != Linux ] || { command -v objdump && command -v objcopy && "$target/env/bin/python" -c '
import sys
from PyInstaller.depend.bindepend import get_python_library_path
sys.exit(get_python_library_path() is None)'; } >/dev/null 2>&1
}
ready || {
    printf '%s\n' "PyInstaller needs objdump and Python's shared library: on Debian, apt-get install binutils libpython3-dev" >&2
    exit 75
}
"$target/env/bin/python" -m PyInstaller --onefile --name vault-reader --noconfirm --log-level WARN \
    --exclude-module tkinter --exclude-module sqlite3 --exclude-module ssl --exclude-module unittest \
    --distpath "$target/dist" --workpath "$target/work" --specpath "$target/work" \
    packaging/reader/vault_reader.py >&2
mv -f "$target/dist/vault-reader" "$made"
printf '%s\n' "$made"
