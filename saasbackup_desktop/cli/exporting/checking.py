"""``saasbackup export check``: prove that files which came out of a vault are whole."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.exports.file_checks import DATA_FILE, FileCheck
from saasbackup_desktop.app.words.file_checks import finding_words
from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.exporting.records import check_record, finding_record
from saasbackup_desktop.cli.figures import count, counted, listed, printable, size
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell

_TELL_EVERY: Final = 5.0
_COUNTED: Final = ("folders", "messages", "attachments")


def register_check(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "check", example="saasbackup export check Mail.pst", vault=False, alone=True)(check)


async def check(
    shell: Shell,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE|FOLDER", help="Outlook data files, or what exports made.")
    ],
    password_file: Annotated[
        Path | None,
        typer.Option(
            envvar="SAASBACKUP_EXPORT_PASSWORD_FILE",
            metavar="FILE",
            help="File whose first line is the archives' password; - is standard input.",
            show_default=False,
        ),
    ] = None,
    notes: Annotated[bool, typer.Option("--notes", help="Also list what is harmless.")] = False,
) -> ExitCode:
    """Read files from scratch: an Outlook data file by its format, an export's folder or ZIP archive by its sums.

    No vault is needed. Ends with 7 if anything is wrong, and names it; with 13 if nothing is, but a file is of
    Outlook 2002 or older, or has pages of 4 KiB, as offline copies have: such are not checked.
    """
    password = secret_input.from_file(password_file) if password_file is not None else None
    seen: list[FileCheck] = []
    for file in files:
        progress = Progress(shell.out, file)
        found = await shell.desk.check_file(str(file.absolute()), password=password, told=progress.told)
        _say(shell.out, found, notes)
        seen.append(replace(found, findings=()))
    return check_exit(seen)


def check_exit(seen: Sequence[FileCheck]) -> ExitCode:
    """Exit code for files that were checked."""
    if any(not one.is_sound and not one.is_unchecked for one in seen):
        return ExitCode.DAMAGED
    return ExitCode.UNCHECKED if any(one.is_unchecked for one in seen) else ExitCode.DONE


class Progress:
    """Tells how far a check has come, every few seconds."""

    def __init__(self, out: Output, file: Path) -> None:
        self._out = out
        self._file = file
        self._last = time.monotonic()

    async def told(self, done: int, total: int) -> None:
        """Take note of the steps done, and of all of them."""
        now = time.monotonic()
        if now - self._last < _TELL_EVERY or not total:
            return
        self._last = now
        if self._out.as_json:
            self._out.progress({"type": "progress", "path": str(self._file), "done": done, "total": total})
        else:
            self._out.note(printable(f"{self._file.name}: {done * 100 // total} %"))


def _say(out: Output, found: FileCheck, notes: bool) -> None:
    faults = [one for one in found.findings if one.is_fault]
    shown = found.findings if notes else faults
    out.record(check_record(found), printable(f"{found.path}: {verdict(found, len(faults))}"))
    told: dict[str, int] = {}
    for one in shown:
        told[one.code] = told.get(one.code, 0) + 1
        text = f"  {finding_words(one)} {one.code}, {one.place}{_facts(one.facts)}"
        out.record(
            finding_record(found, one), printable(f"  {one.place}: {finding_words(one)}" if _named(one.code) else text)
        )
    for code, number in told.items():
        if found.times.get(code, 0) > number and not out.as_json:
            out.record({}, f"  and {count(found.times[code] - number)} more of {code}")


def _named(code: str) -> bool:
    return code.startswith("file-") and code in ("file-missing", "file-altered")


def verdict(found: FileCheck, faults: int) -> str:
    """Say in one line what a check came to."""
    if found.is_unchecked:
        return "not checked."
    if found.kind == DATA_FILE:
        held = listed(f"{count(found.counts.get(one, 0))} {one}" for one in _COUNTED)
    else:
        held = f"{counted(found.counts.get('files', 0), 'file')} as written, {size(found.counts.get('bytes', 0))} read"
    return f"whole. {held}." if found.is_sound else f"not as it should be: {counted(faults, 'finding')}. {held}."


def _facts(facts: Mapping[str, int | str]) -> str:
    return f" ({', '.join(f'{name} {value}' for name, value in facts.items())})" if facts else ""
