"""``saasbackup export run``: take items of a point in time out of the vault."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.exports.naming import is_plain
from saasbackup_desktop.app.exports.views import ExportEstimate, ExportRequest, ExportResult, ExportStatus
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.exports import LEFT_OUT, SHORT_FORMATS, WARNINGS, export_status
from saasbackup_desktop.app.words.states import label
from saasbackup_desktop.app.words.tenants import SERVICES
from saasbackup_desktop.cli import resolve, secret_input
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.exporting.checking import Progress
from saasbackup_desktop.cli.exporting.figures import size_of
from saasbackup_desktop.cli.exporting.records import (
    PICKS,
    estimate_record,
    result_record,
)
from saasbackup_desktop.cli.exporting.several import ACCOUNTS, several_of, several_record, tell_shares
from saasbackup_desktop.cli.figures import counted, listed, local, printable, size
from saasbackup_desktop.cli.moments import LATEST
from saasbackup_desktop.cli.picking import points_of, selection_of
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import account_names, see_through
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.values import DESTINATION, USUAL_PART, Format, Packing, Pick
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.model import Service

_PASSWORD: Final = "Password of the archives"
_THERE: Final = (ExportStatus.COMPLETED, ExportStatus.PARTIAL)


def register_run(group: typer.Typer) -> None:
    """Add the command."""
    command(
        group, "run", example="saasbackup export run anna@example.org INBOX --format pst --out /media/usb --dry-run"
    )(run)


async def run(
    shell: Shell,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose items.", show_default=False)] = "",
    what: Annotated[
        list[str] | None, typer.Argument(metavar="PATH|ITEM", help="Folders or items; default: everything.")
    ] = None,
    out: Annotated[
        str, typer.Option("--out", metavar="FOLDER|destination:NAME", help="Where the files go.", show_default=False)
    ] = "",
    form: Annotated[
        list[Format] | None,
        typer.Option("--format", help="What items become; several: each service takes the first that fits it."),
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option("--account", metavar="ACCOUNT", help="Several accounts, each in a folder of its own."),
    ] = None,
    tenant: Annotated[
        list[str] | None, typer.Option("--tenant", metavar="NAME", help="All accounts of a tenant that are saved.")
    ] = None,
    at: Annotated[
        str, typer.Option(metavar="TIME", help="The point in time to take; of several accounts, the last by then.")
    ] = LATEST,
    service: Annotated[list[Service] | None, typer.Option(help="Only of this kind; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only items from this time on.")] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only items until then; a bare date is included.")
    ] = None,
    deleted: Annotated[
        bool, typer.Option("--deleted", help="Also what earlier points in time hold and this one does not.")
    ] = False,
    recoverable: Annotated[
        bool, typer.Option("--recoverable", help="Also Recoverable Items, and what is there for legal hold.")
    ] = False,
    name: Annotated[str, typer.Option(metavar="NAME", help="What the folder or the archives are called.")] = "",
    in_zip: Annotated[bool, typer.Option("--zip", help="Into ZIP archives instead of a folder.")] = False,
    split: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Archives and data files of at most so much: 5GB, 20GB, 500MB.")
    ] = None,
    encrypt: Annotated[
        bool,
        typer.Option(
            "--encrypt", help="Lock the archives with a password, asked for; 7-Zip, WinZip and Keka open them."
        ),
    ] = False,
    password_file: Annotated[
        Path | None,
        typer.Option(
            envvar="SAASBACKUP_EXPORT_PASSWORD_FILE",
            metavar="FILE",
            help="With --encrypt: file whose first line is the archives' password; - is standard input.",
            show_default=False,
        ),
    ] = None,
    keep_days: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Remove the files after so many days.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would amount to.")] = False,
) -> ExitCode | None:
    """Write items of a point in time into files; everything is read back and compared in the end.

    With --account (as often as you like) or --tenant, several accounts go into one export: each has a folder and
    data files of its own, called after its address.

    If no format is named, mail, calendars, contacts, tasks and notes go into one Outlook data file. What
    is not in the files, or not with everything, is listed in “Not exported in full.csv” beside them. Cut off, it goes
    on where it was: “saasbackup job resume”.
    """
    if not out:
        raise Misconfigured(what="--out must say where the files go: a folder, or destination:NAME")
    if encrypt and not in_zip:
        raise Misconfigured(what="--encrypt needs --zip: only archives have passwords")
    if not (account or of or tenant):
        raise Misconfigured(what="name an account, or several with --account, or a tenant with --tenant")
    if what and (of or tenant):
        raise Misconfigured(what="folders and items can be named of one account only, without --account and --tenant")
    if not is_plain(name):
        raise Misconfigured(name, what="export-name", name=name)
    desk = await shell.unlocked()
    request = ExportRequest(
        to=_place(out),
        name=name,
        packing=Packing.ZIP if in_zip else Packing.FOLDER,
        part_size=size_of(split) if split else USUAL_PART,
        deleted=deleted,
        recoverable=recoverable,
        keep_days=keep_days,
    )
    if of or tenant:
        accounts = [*([account] if account else []), *(of or ())]
        wanted = (form or (), at, service or (), since, until)
        request = replace(request, several=await several_of(shell, desk, accounts, tenant or (), *wanted))
    else:
        cards = resolve.services(resolve.of_service(await desk.cards(), service or ()), account)
        picks = await _picks(shell, desk, cards, what or (), form or (), at, since, until)
        request = replace(request, picks=picks)
    progress = Progress(shell.out, Path(out))
    estimate = await desk.exports.estimate(request, progress.told)
    _tell(shell, estimate, await account_names(desk), is_result=dry_run)
    if dry_run:
        return None
    if not estimate.items:
        raise Misconfigured(what="nothing fits what was chosen; nothing was written")
    password = secret_input.obtain(password_file, _PASSWORD, "--password-file", twice=True) if encrypt else None
    job = await desk.exports.start(request, password)
    ended = await see_through(shell, [job])
    await tell_export(shell, desk, job)
    return ended


async def tell_export(shell: Shell, desk: Desk, job: JobId) -> None:
    """Say where the files of an export are, and what is not wholly in them; of one that was removed nothing."""
    result = next((one for one in await desk.exports.results() if one.job == job), None)
    if result is None:
        return
    shell.out.record(result_record(result), printable(ended_words(result)))
    if result.is_several:
        await tell_shares(shell, desk, result)


async def _picks(
    shell: Shell,
    desk: Desk,
    cards: Sequence[StreamCard],
    what: Sequence[str],
    forms: Sequence[Format],
    at: str,
    since: str | None,
    until: str | None,
) -> tuple[Pick, ...]:
    """What is taken of one account. Raises Misconfigured."""
    if what and len(cards) > 1:
        raise Misconfigured(what="--service must say which of the account’s services the folders or items are of")
    fitting = await _fitting(shell, desk, cards, forms)
    formats = {card.stream: becomes for card, becomes in fitting}
    picks = [
        Pick(
            stream=card.stream,
            snapshot=snapshot.id,
            selection=await selection_of(desk, card, snapshot.id, what, since, until),
            format=formats[card.stream],
        )
        for card, snapshot in await points_of(shell, desk, [card for card, _ in fitting], at)
    ]
    return tuple(picks)


async def _fitting(
    shell: Shell, desk: Desk, cards: Sequence[StreamCard], wanted: Sequence[Format]
) -> Sequence[tuple[StreamCard, Format]]:
    """Services, and what each becomes; those that take none of the formats are left out. Raises Misconfigured."""
    found: list[tuple[StreamCard, Format]] = []
    left: list[StreamCard] = []
    for card in cards:
        takes = await desk.exports.formats(card.stream)
        becomes = next((one for one in wanted or takes if one in takes), None)
        if becomes is None:
            left.append(card)
        else:
            found.append((card, becomes))
    services = listed(SERVICES[card.service].lower() for card in left)
    asked = listed(SHORT_FORMATS[one] for one in wanted) or "any file"
    if not found:
        takes = await desk.exports.formats(cards[0].stream)
        known = f"; it becomes {listed(one.value for one in takes)}" if takes else ""
        raise Misconfigured(what=f"{services} cannot become {asked}{known}")
    if left:
        shell.out.note(f"{services} cannot become {asked}; that is left out.")
    return found


def _tell(shell: Shell, estimate: ExportEstimate, names: Mapping[StreamId, str], *, is_result: bool) -> None:
    """Say what it would amount to: as the result of a dry run, else as a note before it begins."""
    out, record = shell.out, estimate_record(estimate, names)
    if estimate.accounts:
        record |= several_record(estimate)
    if is_result and not out.as_json and estimate.accounts:
        out.table(record["accounts"], ACCOUNTS)
    elif is_result and not out.as_json:
        out.table(record["picks"], PICKS)
    if is_result:
        out.record(record, _amount(estimate))
    elif out.as_json:
        out.progress(record)
    else:
        out.note(_amount(estimate))
    if not out.as_json:
        for code in estimate.warnings:
            out.note(f"Note: {label(WARNINGS, code)}")


def _place(text: str) -> str:
    """A folder as a whole path: whoever works may stand elsewhere."""
    return text if text.startswith(DESTINATION) else str(Path(text).expanduser().absolute())


def _amount(estimate: ExportEstimate) -> str:
    parts = f" in {counted(estimate.parts, 'part')}" if estimate.parts else ""
    room = f"; {size(estimate.room)} are free there" if estimate.room is not None else ""
    return f"{counted(estimate.items, 'item')}, {size(estimate.size)}: about {size(estimate.needed)}{parts}{room}."


def ended_words(result: ExportResult) -> str:
    """Say where the files are, and how much is not in them or not with everything."""
    if result.status in _THERE:
        files = f"{counted(result.files, 'file')}, {size(result.size)}"
        until = f", kept until {local(result.expires)}" if result.expires else ""
        missing = [f"{counted(result.failed, 'item')} not in them"] if result.failed else []
        missing += [f"{counted(result.lost, 'item')} not with everything"] if result.lost else []
        listed_there = f"; {', '.join(missing)}: listed in “{LEFT_OUT}.csv”" if missing else ""
        return f"{result.where or result.to}: {files}{until}{listed_there}"
    return f"{result.name}: {export_status(result).label.lower()}."
