"""``saasbackup export destinations``: places outside that exports are sent to."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.destinations.views import (
    ENTRIES,
    DestinationKind,
    DestinationSettings,
    DestinationTrial,
    DestinationView,
)
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.destinations import CHECKS, ENTRY_WORDS, KINDS
from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.agreement import Yes, require_agreement
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode, fault_exit
from saasbackup_desktop.cli.figures import printable
from saasbackup_desktop.cli.output import Column, field
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured

group = typer.Typer(name="destinations", help="Places outside that exports are sent to.", no_args_is_help=True)

_WHOLE: Final = "service-key"
"""A secret that is a whole file, not its first line."""
_TOKEN: Final = "refresh-token"

Name = Annotated[str, typer.Argument(metavar="NAME", help="What you call it.")]
Values = Annotated[
    list[str] | None, typer.Option("--set", metavar="WHAT=VALUE", help="What it needs, such as bucket=archive.")
]
SecretFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--secret-file", metavar="WHAT=FILE", help="A secret's file; - is standard input. Else it is asked for."
    ),
]
Untried = Annotated[bool, typer.Option("--untried", help="Keep it without trying it out.")]


@command(group, "list", example="saasbackup export destinations list")
async def list_destinations(shell: Shell) -> None:
    """List the places that are set up here."""
    desk = await shell.unlocked()
    shell.out.table(
        [_record(one) for one in await desk.destinations.all()],
        [
            field("Name", "name"),
            Column("Service", lambda record: KINDS[DestinationKind(record["kind"])]),
            field("Where", "location"),
        ],
    )


@command(
    group,
    "add",
    example="saasbackup export destinations add archive --kind s3 --set bucket=mail --set access-key=AKIA… "
    "--secret-file secret-key=key.txt",
)
async def add(
    shell: Shell,
    name: Name,
    kind: Annotated[DestinationKind, typer.Option(help="Whose service it is.")],
    values: Values = None,
    secret_files: SecretFiles = None,
    untried: Untried = False,
) -> ExitCode:
    """Set up a place: it is tried out first, by a small file that is written, read and removed.

    One of this name is changed; secrets that are not given stay as they are. “destinations kinds” says what each needs.
    """
    desk = await shell.unlocked()
    settings = DestinationSettings(name=name, kind=kind, values=_pairs(values or (), "--set"))
    known = next((one for one in await desk.destinations.all() if one.settings.name == name), None)
    has = known.secrets if known is not None and known.settings.kind is kind else ()
    secrets = await _secrets(shell, desk, settings, secret_files or (), has)
    if not untried:
        code = _say(shell, name, await desk.destinations.try_out(settings, secrets))
        if code is not ExitCode.DONE:
            return code
    kept = await desk.destinations.put(settings, secrets)
    shell.out.record(
        _record(kept), printable(f"{kept.settings.name}: {kept.location}. Export to it with --out {kept.to}.")
    )
    return ExitCode.DONE


@command(group, "test", example="saasbackup export destinations test archive")
async def test(shell: Shell, name: Name) -> ExitCode:
    """Try a place out: write a small file, read it back, and remove it."""
    desk = await shell.unlocked()
    known = await desk.destinations.find(name)
    return _say(shell, name, await desk.destinations.try_out(known.settings, {}))


@command(group, "remove", example="saasbackup export destinations remove archive --yes")
async def remove(shell: Shell, name: Name, yes: Yes = False) -> None:
    """Forget a place and its secrets; what was sent there stays there."""
    desk = await shell.unlocked()
    known = await desk.destinations.find(name)
    require_agreement(shell, yes, name, "to forget this place")
    await desk.destinations.remove(known.settings.name)
    shell.out.record({"type": "destination-removed", "name": name}, printable(f"{name}: forgotten."))


@command(group, "kinds", example="saasbackup export destinations kinds", vault=False, alone=True)
async def kinds(shell: Shell) -> None:
    """Say what each kind of place needs."""
    for kind, entries in ENTRIES.items():
        records = [
            {
                "type": "destination-entry",
                "kind": kind.value,
                "name": entry.name,
                "needed": entry.is_needed,
                "secret": entry.is_secret,
                "label": ENTRY_WORDS[kind][entry.name].label,
                "hint": ENTRY_WORDS[kind][entry.name].hint,
            }
            for entry in entries
        ]
        if not shell.out.as_json:
            shell.out.record({}, f"{kind.value}: {KINDS[kind]}")
        shell.out.table(
            records,
            [
                Column("", lambda _: " "),
                Column("Name", lambda record: record["name"], is_whole=True),
                Column("Given by", lambda record: "--secret-file" if record["secret"] else "--set", is_whole=True),
                Column("Needed", lambda record: "yes" if record["needed"] else ""),
                Column("What it is", lambda record: ". ".join(filter(None, (record["label"], record["hint"])))),
            ],
            titles=False,
        )


async def _secrets(
    shell: Shell, desk: Desk, settings: DestinationSettings, files: Sequence[str], has: Sequence[str]
) -> Mapping[str, str]:
    """Secrets from files, and what is needed else from whoever sits there. Raises Misconfigured."""
    found = {what: _read(what, Path(file)) for what, file in _pairs(files, "--secret-file").items()}
    for entry in ENTRIES[settings.kind]:
        is_asked = entry.is_secret and entry.is_needed and entry.name not in found and entry.name not in has
        if not is_asked or not sys.stdin.isatty():
            continue
        label = ENTRY_WORDS[settings.kind][entry.name].label
        if entry.name == _TOKEN:
            said = await _dropbox_token(shell, desk, settings)
        else:
            said = secret_input.ask(label)
        if said:
            found[entry.name] = said
    return found


async def _dropbox_token(shell: Shell, desk: Desk, settings: DestinationSettings) -> str | None:
    """Have a person let the app in, and take the code that they are shown."""
    app_key = settings.values.get("app-key", "")
    if not app_key:
        raise Misconfigured(what="--set app-key=… must name the Dropbox app")
    shell.out.note(
        f"Open this page, allow access, and copy the code: {await desk.destinations.dropbox_address(app_key)}"
    )
    code = secret_input.ask("Code")
    return await desk.destinations.dropbox_token(app_key, code) if code else None


def _read(what: str, file: Path) -> str:
    if what != _WHOLE:
        return secret_input.from_file(file)
    try:
        return sys.stdin.read() if file == secret_input.STANDARD_INPUT else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(str(error), what=f"the file {file} cannot be read") from error


def _pairs(given: Sequence[str], option: str) -> dict[str, str]:
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise Misconfigured(option, what=f"{option} takes WHAT=VALUE; “destinations kinds” lists what there is")
        found[name.strip()] = value.strip()
    return found


def _say(shell: Shell, name: str, trials: Sequence[DestinationTrial]) -> ExitCode:
    """Say what trying out has found; the exit code of what failed."""
    out = shell.out
    for one in trials:
        words = words_for(one.code, one.facts) if one.code else None
        text = f"{CHECKS.get(one.check, one.check)}: {f'{words.what} {words.remedy}' if words else 'works'}"
        record: dict[str, Any] = {
            "type": "destination-trial",
            "name": name,
            "check": one.check,
            "code": one.code or None,
            "what": words.what if words else None,
            "remedy": words.remedy if words else None,
        }
        out.record(record, printable(text))
    failed = next((one for one in trials if one.code), None)
    return fault_exit(failed.code) if failed is not None else ExitCode.DONE


def _record(one: DestinationView) -> dict[str, Any]:
    return {
        "type": "destination",
        "name": one.settings.name,
        "kind": one.settings.kind.value,
        "location": one.location,
        "to": one.to,
        "settings": dict(one.settings.values),
        "secrets": list(one.secrets),
    }
