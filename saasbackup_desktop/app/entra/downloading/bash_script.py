"""The script for bash: with curl and jq, and nothing that is younger than bash 3.2."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.entra.downloading.acts import Act, Bring, numbered, verb
from saasbackup_desktop.app.entra.downloading.quoting import Password, bash, body_parts, parts, plain
from saasbackup_desktop.app.words.entra.download import SCRIPT_TITLE
from saasbackup_desktop.core.directory.plan import Write

_BEGIN: Final = r"""
set -u
umask 077
graph=${GRAPH:-https://graph.microsoft.com}
given=${GRAPH_TOKEN:-}
unset GRAPH_TOKEN
applies=''
case "${1-}" in
  --apply) applies=1 ;;
  '') ;;
  *) echo "Usage: bash apply.sh [--apply]" >&2; exit 2 ;;
esac
for tool in curl jq; do
  command -v "$tool" >/dev/null || { echo "This script needs $tool." >&2; exit 2; }
done
here=$(cd "$(dirname "$0")" && pwd) || exit 1
made=$here/apply.ids
secrets=$here/apply.passwords
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
done=0 same=0 failed=0 number='' title='' is_there='' is_new='' password='' token=''

sign_in() {
  if [ -n "$given" ]; then token=$given; else
    token=$(az account get-access-token --resource "$graph" --query accessToken --output tsv) || token=''
  fi
  case $token in
    '' | *[!A-Za-z0-9._~+/=-]*) echo "No token: set GRAPH_TOKEN, or sign in with az login." >&2; exit 1 ;;
  esac
}

send() {
  local path=$2 tries=0 pause
  case $path in /beta/*) ;; *) path=/v1.0$path ;; esac
  printf '%s' "${3-}" >"$work/body"
  while :; do
    : >"$work/answer"
    status=$(
      {
        printf 'header = "Authorization: Bearer %s"\n' "$token"
        case $1 in
          GET | DELETE) ;;
          *) printf 'header = "Content-Type: application/json"\ndata-binary = "@%s"\n' "$work/body" ;;
        esac
      } | curl --config - --silent --show-error --globoff --request "$1" \
        --dump-header "$work/headers" --output "$work/answer" --write-out '%{http_code}' "$graph$path"
    ) || status=000
    tries=$((tries + 1))
    case $status in
      401)
        if [ "$tries" -gt 1 ] || [ -n "$given" ]; then
          echo "The token is not accepted (any more)." >&2; exit 1
        fi
        sign_in ;;
      429)
        if [ "$tries" -gt 8 ]; then return; fi
        pause=$(tr -d '\r' <"$work/headers" | sed -n 's/^[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]: *\([0-9]*\)$/\1/p')
        sleep "${pause:-10}" ;;
      *) return ;;
    esac
  done
}

show() {
  printf '%s %s\n' "$1" "$2"
  if [ -n "${3-}" ]; then printf '%s\n' "$3"; fi
}

is_well() {
  case $status in 2??) return 0 ;; *) return 1 ;; esac
}

refused() {
  failed=$((failed + 1))
  printf 'FAILED %s: %s %s: %s %s\n' "$title" "$1" "$2" "$status" \
    "$(jq -r '.error.message? // empty' "$work/answer" 2>/dev/null | tr -d '[:cntrl:]')" >&2
}

object() {
  number=$1 title="$2 ($3)" is_there='' is_new='' password=''
  if [ -z "$applies" ]; then printf '\n%s\n' "$title"; fi
}

there() {
  if [ -z "$applies" ]; then show GET "$1"; return 1; fi
  send GET "$1"
  if is_well; then is_there=1; return 0; fi
  if [ "$status" = 404 ]; then return 1; fi
  refused GET "$1"
  return 0
}

revive() {
  if [ -z "$applies" ]; then show "$@"; return 1; fi
  send "$@"
  if is_well; then is_there=1 done=$((done + 1)); printf 'Revived %s\n' "$title"; return 0; fi
  if [ "$status" = 404 ]; then return 1; fi
  refused "$1" "$2"
  return 0
}

new_password() {
  if [ -z "$applies" ]; then password='(made up when it is sent)'; return; fi
  password=$(LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | dd bs=1 count=28 2>/dev/null)-Aa1
}

learn() {
  local new
  new=$(jq -r --arg name "$2" '.[$name]? // empty' "$work/answer" 2>/dev/null)
  case $new in
    '' | *[!A-Za-z0-9._~@-]*) ;;
    *) printf -v "id_$1" '%s' "$new"; printf '%s\t%s\n' "$1" "$new" >>"$made" ;;
  esac
}

make() {
  if [ -z "$applies" ]; then show "$@"; return; fi
  send "$@"
  if ! is_well; then refused "$1" "$2"; return; fi
  is_there=1 is_new=1 done=$((done + 1))
  printf 'Made %s\n' "$title"
  if [ -n "$password" ]; then printf '%s\t%s\n' "$title" "$password" >>"$secrets"; fi
  learn "$number" id
}

also() {
  if [ -n "$is_new" ]; then learn "$@"; fi
}

missing() {
  if [ -z "$applies" ]; then return; fi
  failed=$((failed + 1))
  printf 'FAILED %s: it is not there and cannot be made.\n' "$title" >&2
}

update() {
  if [ -z "$applies" ]; then show "$@"; return; fi
  if [ -z "$is_there" ] || [ -n "$is_new" ]; then return; fi
  send "$@"
  if is_well; then done=$((done + 1)); printf 'Set %s\n' "$title"; else refused "$1" "$2"; fi
}

write() {
  title=$1
  shift
  if [ -z "$applies" ]; then printf '\n%s\n' "$title"; show "$@"; return; fi
  send "$@"
  if is_well; then done=$((done + 1)); printf 'Done %s\n' "$title"; return; fi
  case $status in
    400 | 409)
      if grep -q -e 'already exist' -e 'conflicting object' "$work/answer"; then same=$((same + 1)); return; fi ;;
  esac
  refused "$1" "$2"
}
"""
_SIGN_IN: Final = r"""
if [ -n "$applies" ]; then
  sign_in
  if [ -f "$made" ]; then
    while IFS=$'\t' read -r number new; do
      case $number in '' | *[!0-9]*) continue ;; esac
      case $new in '' | *[!A-Za-z0-9._~@-]*) ;; *) printf -v "id_$number" '%s' "$new" ;; esac
    done <"$made"
  fi
fi
"""
_END: Final = r"""
if [ -z "$applies" ]; then
  printf '\nNothing was sent. To send it: bash apply.sh --apply\n' >&2
  exit 0
fi
printf '%s done, %s so already, %s failed.\n' "$done" "$same" "$failed" >&2
if [ -f "$secrets" ]; then printf 'New passwords are in %s: hand them over, then delete it.\n' "$secrets" >&2; fi
[ "$failed" -eq 0 ]
"""


def bash_script(acts: Sequence[Act]) -> Iterator[str]:
    """The script's lines, each with its end."""
    numbers = numbered(acts)
    yield f"#!/usr/bin/env bash\n# {SCRIPT_TITLE}\n"
    yield _BEGIN
    yield "\n"
    for id, number in numbers.items():
        yield f"id_{number}={bash([id])}\n"
    yield _SIGN_IN
    for act in acts:
        yield "\n"
        yield from _bring(act, numbers) if isinstance(act, Bring) else _write(act, numbers)
    yield _END


def _bring(act: Bring, numbers: Mapping[str, int]) -> Iterator[str]:
    yield f"object {numbers.get(act.id, 0)} {bash([plain(act.key)])} {bash([plain(act.name)])}\n"
    steps = []
    if act.look:
        steps.append(f"there {bash(parts(act.look, numbers))}")
    if act.revive is not None:
        steps.append(f"revive {_request(act.revive, numbers)}")
    if act.create is not None:
        request = _request(act.create, numbers)
        needs_password = Password() in body_parts(act.create, numbers)
        steps.append(f"{{ new_password; make {request}; }}" if needs_password else f"make {request}")
    elif act.look:
        steps.append("missing")
    if steps:
        yield " ||\n  ".join(steps) + "\n"
    if not act.look and act.create is None:
        yield "is_there=1\n"
    for name, old in act.create.also.items() if act.create is not None else ():
        yield f"also {numbers[old]} {bash([name])}\n"
    for one in act.updates:
        yield f"update {_request(one, numbers)}\n"


def _write(act: Write, numbers: Mapping[str, int]) -> Iterator[str]:
    to = f" > {act.path_of_link} > {act.target_name or act.target}" if act.path_of_link else ""
    title = plain(f"{act.kind}/{act.id} ({act.name}){to}")
    yield f"write {bash([title])} {_request(act, numbers)}\n"


def _request(write: Write, numbers: Mapping[str, int]) -> str:
    path = bash(parts(write.path, numbers))
    body = body_parts(write, numbers)
    return f"{verb(write)} {path}" + (f" {bash(body)}" if body else "")
