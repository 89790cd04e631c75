"""``saasbackup import``: bring archives of other programs into the vault."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from saasbackup_desktop.app.imports.views import ImportRequest, Survey
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.imports import KINDS
from saasbackup_desktop.app.words.tenants import SERVICES
from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode, fault_exit
from saasbackup_desktop.cli.figures import count, counted, iso, listed, local_iso, printable, size
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import ArchiveMissing, Misconfigured
from saasbackup_desktop.core.model import Service

_NAMES: Final = 10
"""Files that are passed over, by name; ``--json`` tells more of them."""


class Held(StrEnum):
    """Services that files of other programs can hold."""

    MAIL = Service.MAIL.value
    CALENDAR = Service.CALENDAR.value
    CONTACTS = Service.CONTACTS.value
    TASKS = Service.TASKS.value
    NOTES = Service.NOTES.value


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "import", example='saasbackup import old-mail.pst archive.mbox --name "Old mail"')(import_archives)


async def import_archives(
    shell: Shell,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE|FOLDER", help="PST, MSG, MBOX, EML, ICS, VCF, Maildir folders, or ZIPs of these."),
    ],
    name: Annotated[
        str,
        typer.Option(metavar="NAME", help="What the account is called; of an earlier import: what is new is added."),
    ] = "",
    service: Annotated[list[Held] | None, typer.Option(help="Only of this kind; may be repeated.")] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            envvar="SAASBACKUP_IMPORT_PASSWORD_FILE",
            metavar="FILE",
            help="File whose first line opens locked archives; - is standard input.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what lies in the files.")] = False,
) -> ExitCode | None:
    """Bring files of other programs into the vault as an account of its own: to be searched, browsed and restored.

    Nothing of the files is changed. The same files again add nothing; changed ones add what is new.
    """
    desk = await shell.unlocked()
    password = secret_input.from_file(password_file) if password_file is not None else None
    places = [str(path.expanduser().absolute()) for path in paths]
    survey = await desk.imports.survey(places, password)
    if survey.needs_password and password_file is None:
        password = secret_input.ask("Password of the archives")
        if password is not None:
            survey = await desk.imports.survey(places, password)
    _show(shell, survey, is_result=dry_run)
    if dry_run:
        return foreseen(survey)
    if survey.needs_password and password is None:
        raise Misconfigured(what="something in it is locked: --password-file must name a file with its password")
    request = ImportRequest(
        paths=tuple(places), name=name or survey.name, services=tuple(Service(one.value) for one in service or ())
    )
    jobs = await desk.imports.start(request, password)
    streams = [getattr((await desk.job(job)).spec, "stream", None) for job in jobs]
    return await see_through(shell, jobs, {stream: request.name for stream in streams if stream is not None})


def survey_record(survey: Survey) -> dict[str, Any]:
    """What lies in archives."""
    return {
        "type": "import-survey",
        "paths": list(survey.paths),
        "name": survey.name,
        "files": survey.files,
        "size": survey.size,
        "kinds": dict(survey.kinds),
        "services": [
            {
                "service": one.service.value,
                "folders": one.folders,
                "items": one.items,
                "size": one.size,
                "since": iso(one.since),
                "until": iso(one.until),
            }
            for one in survey.services
        ],
        "folders": [{"service": one.service.value, "path": one.path, "items": one.items} for one in survey.folders],
        "unreadable": [{"path": one.path, "code": one.code, "facts": dict(one.facts)} for one in survey.unreadable],
        "broken": survey.broken,
        "passed": survey.passed,
        "passed_over": list(survey.passed_over),
        "whole": survey.is_whole,
        "needs_password": survey.needs_password,
    }


def _show(shell: Shell, survey: Survey, *, is_result: bool) -> None:
    out, record = shell.out, survey_record(survey)
    if out.as_json:
        if is_result:
            out.record(record, "")
        else:
            out.progress(record)
        return
    if is_result:
        out.table(
            record["services"],
            [
                Column("Holds", lambda one: SERVICES[Service(one["service"])]),
                number("Folders", "folders", count),
                number("Items", "items", count),
                number("Size", "size", size),
                Column("From", lambda one: local_iso(one["since"])[:10]),
                Column("To", lambda one: local_iso(one["until"])[:10]),
            ],
        )
        out.table(record["folders"], [field("Folder", "path"), number("Items", "items", count)])
        out.record(record, printable(_summary(survey)))
    else:
        out.note(printable(_summary(survey)))
    for one in survey.unreadable:
        words = words_for(one.code, one.facts)
        out.note(printable(f"Note: {one.path}: {words.what}"))
    if survey.broken > len(survey.unreadable):
        out.note(f"Note: {count(survey.broken - len(survey.unreadable))} more cannot be read.")
    if survey.passed:
        named = ", ".join(survey.passed_over[:_NAMES]) + (", …" if survey.passed > _NAMES else "")
        out.note(printable(f"Note: {counted(survey.passed, 'file')} with nothing that is imported: {named}"))


def foreseen(survey: Survey) -> ExitCode:
    """How an import of it would end, as far as that can be seen."""
    codes = [one.code for one in survey.unreadable]
    if ArchiveMissing.code in codes:
        return fault_exit(ArchiveMissing.code)
    if survey.services:
        return ExitCode.PARTIAL if survey.broken else ExitCode.DONE
    return fault_exit(next(iter(codes), Misconfigured.code))


def _summary(survey: Survey) -> str:
    kinds = listed(f"{count(many)} {KINDS[kind][many != 1]}" for kind, many in survey.kinds.items() if many)
    held = listed(f"{counted(one.items, 'item')} of {SERVICES[one.service].lower()}" for one in survey.services)
    more = "" if survey.is_whole else "; there is more that was not looked at yet"
    return f"{kinds or 'nothing that can be imported'}, {size(survey.size)}: {held or 'no items'}{more}."
