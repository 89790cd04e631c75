#!/bin/sh
# Make this clone ready: packaging/setup.sh run | test | bench
#
# Installs the system packages that are missing (Debian and its relatives), finds Python 3.11 or newer and makes
# .venv exactly as uv.lock says. Safe to call every time: where nothing is missing it does nothing.
set -eu

purpose=${1:-run}
cd "$(dirname "$0")/.."
here=$PWD
tools=$here/.tools

say() { printf '%s\n' "$@" >&2; }
stop() {
    say "" "Set-up stopped: $1" "What to do: $2"
    exit 1
}

case $purpose in
run) lists="run" wishes="" ;;
test) lists="run test" wishes="wanted" ;;
bench) lists="run test bench" wishes="wanted" ;;
*) stop "\"$purpose\" is not something to set up for." "say run, test or bench." ;;
esac

# --- system packages ---------------------------------------------------------------------------------------------

python_works() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if command -v "$candidate" >/dev/null 2>&1 && python_works "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

is_installed() { # some names have grown "t64" in newer releases
    for name in "$1" "${1}t64"; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true) in
        installed) return 0 ;;
        esac
    done
    return 1
}

missing_packages() {
    for list in "$@"; do
        sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "packaging/system-packages-$list.txt"
    done | while read -r package; do
        is_installed "$package" || printf ' %s' "$package"
    done
}

install_packages() {
    if [ "$(id -u)" = 0 ]; then
        as_root="env"
    elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root="sudo env"
    else
        stop "these system packages are missing, and installing them takes root or sudo:$1" \
            "let an administrator run: apt-get install --no-install-recommends$1"
    fi
    say "Installing system packages (this may take minutes):$1"
    apt="$as_root DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 -qq"
    had_dovecot=$(is_installed dovecot-core && echo yes || echo no)
    had_ceph=$(is_installed ceph-base && echo yes || echo no)
    # A server that is there for tests must not begin to serve this machine's network.
    guard=/usr/sbin/policy-rc.d
    if [ ! -e $guard ]; then
        $as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$guard && chmod 755 $guard"
        trap '$as_root rm -f $guard' EXIT
        trap 'exit 1' INT TERM HUP
    fi
    log=$(mktemp)
    $apt update >"$log" 2>&1 || say "apt-get update failed; trying with the package lists at hand."
    # shellcheck disable=SC2086 # words on purpose
    $apt install -y --no-install-recommends $1 >>"$log" 2>&1 || {
        cat "$log" >&2
        stop "apt-get could not install:$1 (its own message is above)." \
            "check the network and the package sources, then run this again."
    }
    rm -f "$log"
    if [ "$had_dovecot" = no ] && is_installed dovecot-core && [ -d /run/systemd/system ]; then
        $as_root systemctl disable --quiet dovecot.service dovecot.socket >/dev/null 2>&1 ||
            say "Note: dovecot stays enabled at start-up; \"systemctl disable dovecot\" turns it off."
    fi
    if [ "$had_ceph" = no ] && is_installed ceph-base && [ -d /run/systemd/system ]; then
        $as_root systemctl disable --quiet ceph.target ceph-crash.service >/dev/null 2>&1 ||
            say "Note: ceph stays enabled at start-up; \"systemctl disable ceph.target\" turns it off."
    fi
}

if command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # words on purpose
    missing=$(missing_packages $lists)
    find_python >/dev/null || missing="$missing python3 python3-venv"
    [ -z "$missing" ] || install_packages "$missing"
    # shellcheck disable=SC2086 # words on purpose
    wanted=$(missing_packages $wishes)
    [ -z "$wanted" ] || (install_packages "$wanted") ||
        say "Going on without:$wanted. Tests that need them are skipped, and say so."
    if [ -n "$wishes" ] && ! command -v npm >/dev/null 2>&1; then # some have it from elsewhere than Debian
        (install_packages " nodejs npm") || say "Going on without nodejs. Tests that need it are skipped, and say so."
    fi
elif ! find_python >/dev/null; then
    stop "Python 3.11 or newer with venv is not here, and there is no apt-get to install it with." \
        "install Python 3.11 or newer, then run this again. Other packages that may be needed are named in packaging/."
fi

python=$(find_python) || stop "no Python 3.11 or newer with venv was found, not even after installing Debian's." \
    "install one and name it: PYTHON=/path/to/python3 make $purpose"

# --- the environment ---------------------------------------------------------------------------------------------

stamp=.venv/.made-for-$purpose
wanted=$(cat uv.lock pyproject.toml packaging/uv.txt packaging/swift.txt packaging/node/package.json | cksum)
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

# Trust what the system trusts: behind a company's proxy nothing else works.
bundle=/etc/ssl/certs/ca-certificates.crt
if [ -r $bundle ]; then
    export PIP_CERT="${PIP_CERT:-$bundle}" SSL_CERT_FILE="${SSL_CERT_FILE:-$bundle}"
    export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$bundle}"
fi
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1

uv=$tools/bin/uv
release=$(sed -n 's/^uv==//p' packaging/uv.txt)
if [ "$("$uv" --version 2>/dev/null | cut -d' ' -f2)" != "$release" ]; then
    say "Fetching uv $release with $("$python" --version 2>&1)"
    rm -rf "$tools"
    "$python" -m venv "$tools" || stop "$python cannot make a virtual environment in $here." \
        "check that there is room and that the folder can be written; on Debian, install python3-venv."
    "$tools/bin/pip" install --quiet --requirement packaging/uv.txt >&2 || stop \
        "uv could not be fetched from the Python package index (pip's own message is above)." \
        "check the network; behind a proxy, set HTTPS_PROXY. Then run this again."
fi

say "Making the environment that uv.lock describes"
case $purpose in
run) what="--no-dev --inexact" ;;
*) what="--inexact" ;;
esac
# An environment that is there is kept, unless its Python has gone or is too old.
if [ -x .venv/bin/python ] && python_works .venv/bin/python; then
    python=$here/.venv/bin/python
else
    rm -rf .venv
fi
# shellcheck disable=SC2086 # words on purpose
"$uv" sync --quiet --locked $what --python "$python" >&2 || stop \
    "the Python packages of uv.lock could not all be installed (uv's own message is above)." \
    "check the network and the room on the disk, then run this again."
case $purpose in
run) ;;
*) # a server for tests, apart from all else because it is not ours to import
    { [ -x .tools/swift/bin/python ] || "$uv" venv --quiet --python "$python" .tools/swift; } &&
        "$uv" pip install --quiet --python .tools/swift/bin/python --requirement packaging/swift.txt >&2 ||
        say "Going on without Swift. Tests that need it are skipped, and say so."
    # Azure's own emulator, and one more reader of Outlook data files
    mkdir -p .tools/node && cp packaging/node/package.json .tools/node/ &&
        npm install --prefix .tools/node --no-audit --no-fund --no-package-lock --loglevel=error >&2 ||
        say "Going on without the programs of packaging/node. Tests that need them are skipped, and say so."
    ;;
esac
.venv/bin/python -c 'import PySide6.QtWidgets' || stop \
    "Qt does not load (its own message is above): a system library is missing or too old (glibc 2.34 is the least)." \
    "install what packaging/system-packages-run.txt names, by the names of this system."
printf '%s\n' "$wanted" >"$stamp"
