"""``restore`` and ``migrate``: bring items back, or over to another mailbox."""

from collections.abc import Collection, Sequence
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tenants.views import Place
from saasbackup_desktop.app.views import Plan, RestoreRequest, StreamCard
from saasbackup_desktop.app.words.items import CONFLICTS
from saasbackup_desktop.app.words.states import FOLDER_NAMES, PLAN_WARNINGS, label
from saasbackup_desktop.app.words.tenants import SERVICES
from saasbackup_desktop.cli import resolve, secret_input
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import count, listed, printable, size, things
from saasbackup_desktop.cli.moments import LATEST
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.picking import points_of, selection_of, since_of, until_of
from saasbackup_desktop.cli.records import plan_record
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Cancelled, Misconfigured
from saasbackup_desktop.core.model import Conflict, Service, service_of

_EVERY_PLACE: Final = 10_000_000
OfService = Annotated[list[Service] | None, typer.Option("--service", help="Only of this kind; may be repeated.")]
Since = Annotated[str | None, typer.Option(metavar="TIME", help="Only items from this time on.")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Only items until then; a bare date is included.")]
ToSource = Annotated[str | None, typer.Option(metavar="NAME", help="The source or tenant to write to.")]
ToAccount = Annotated[str | None, typer.Option(metavar="ACCOUNT", help="The account to write to, by its address.")]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "restore", example="saasbackup restore anna@example.org INBOX --at 2026-03-31 --mode skip --dry-run")(
        restore
    )
    command(app, "migrate", example="saasbackup migrate anna@example.org --to-source new-server --since 2026-01-01")(
        migrate
    )


async def restore(
    shell: Shell,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose items.")],
    what: Annotated[
        list[str] | None, typer.Argument(metavar="PATH|ITEM", help="Folders or items; default: everything.")
    ] = None,
    at: Annotated[str, typer.Option(metavar="TIME", help="The point in time to bring back.")] = LATEST,
    to_account: ToAccount = None,
    to_source: ToSource = None,
    folder: Annotated[
        str | None, typer.Option(metavar="original|new:NAME|existing:NAME", help="Which folder takes it.")
    ] = None,
    mode: Annotated[
        Conflict, typer.Option(help="What to do with items that are there already.")
    ] = Conflict.NON_DESTRUCTIVE,
    since: Since = None,
    until: Until = None,
    service: OfService = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the plan.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing.")] = False,
) -> ExitCode | None:
    """Copy items of a point in time into a mailbox; the plan is shown first, the result is read back and compared.

    Of an account of a tenant, without --service, the whole mailbox: each service as it was then. non-destructive puts
    everything into a folder of its own; skip adds what is missing; replace also sets back what was changed. Nothing is
    ever deleted.
    """
    desk = await shell.unlocked()
    cards = _copied(resolve.services(resolve.of_service(await desk.cards(), service or ()), account), account)
    if what and len(cards) > 1:
        raise Misconfigured(what="--service must say which of the account’s services the folders or items are of")
    place = await _place(desk, cards[0], to_source, to_account)
    requests = []
    for card, snapshot in await points_of(shell, desk, _fitting(shell, cards, place), at):
        request = RestoreRequest(
            stream=card.stream,
            snapshot=snapshot.id,
            selection=await selection_of(desk, card, snapshot.id, what or [], since, until),
            connection=place.connection,
            conflict=mode.value,
            folder=_folder(folder),
        )
        there = await desk.target_folders(place.connection, card.service) if folder else ()
        _require_as_told(folder, there, place.account.address)
        requests.append(request)
    for request in requests:
        plan = await desk.plan_restore(request)
        _show(shell, plan, mode, service_of(request.stream), is_result=dry_run)
    if dry_run:
        return None
    address = place.account.address
    if (
        mode is Conflict.REPLACE
        and not yes
        and not secret_input.confirm(f"Type {address} to set back what was changed in that mailbox", address)
    ):
        raise (
            Cancelled("not confirmed")
            if shell.out.messages.is_terminal
            else Misconfigured(what="--mode replace needs --yes where there is no terminal to ask at")
        )
    return await see_through(shell, [await desk.restore(request) for request in requests])


async def migrate(
    shell: Shell,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose items.")],
    to_source: ToSource = None,
    to_account: ToAccount = None,
    since: Since = None,
    until: Until = None,
    service: OfService = None,
) -> ExitCode:
    """Back an account up, then copy what it holds now to another mailbox; what is there already is skipped.

    Run again, it copies only what is new.
    """
    desk = await shell.unlocked()
    cards = _copied(resolve.services(resolve.of_service(await desk.cards(), service or ()), account), account)
    if to_source is None and to_account is None:
        raise Misconfigured(what="--to-source or --to-account must say where to")
    place = await _place(desk, cards[0], to_source, to_account)
    if place.account.id == cards[0].account.id:
        raise Misconfigured(what=f"{place.account.address} cannot be migrated to itself")
    jobs = [
        await desk.migrate(card.stream, place.connection, since_of(since), until_of(until))
        for card in _fitting(shell, cards, place)
    ]
    return await see_through(shell, jobs)


def _copied(cards: list[StreamCard], account: str) -> list[StreamCard]:
    """Refuse a directory: its objects are not copied. Raises Misconfigured."""
    if any(card.service is Service.DIRECTORY for card in cards):
        raise Misconfigured(
            account, what=f"{account} is a directory; “saasbackup entra plan” shows how its objects are brought back"
        )
    return cards


async def _place(desk: Desk, card: StreamCard, name: str | None, address: str | None) -> Place:
    """Where to write: what is named, else the account itself. Raises Misconfigured."""
    places, tenants = await desk.tenants.places(limit=_EVERY_PLACE), await desk.tenants.all()
    found = resolve.place(places, tenants, name, address, card.account.id)
    if found is None:
        lacks = "has no source here" if card.connection is None else "cannot be written to as it is set up"
        raise Misconfigured(what=f"{card.account.address} {lacks}; say where to with --to-source or --to-account")
    return found


def _fitting(shell: Shell, cards: Sequence[StreamCard], place: Place) -> Sequence[StreamCard]:
    """Those services that a place takes; all if it takes none, so that it is said why."""
    fitting = [card for card in cards if card.service in place.services]
    left = [SERVICES[card.service].lower() for card in cards if card not in fitting]
    if fitting and left:
        shell.out.note(f"{place.connection} takes no {listed(left)}; that is left out.")
    return fitting or cards


def _folder(text: str | None) -> str | None:
    if text is None or text == "original":
        return None
    kind, colon, name = text.partition(":")
    name = "/".join(part.strip() for part in name.split("/")).strip("/")
    if kind not in ("new", "existing") or not colon or not name:
        raise Misconfigured(text, what="--folder takes original, new:NAME or existing:NAME")
    return name


def _require_as_told(folder: str | None, there: Collection[str], address: str) -> None:
    """Make sure that a new folder is new, and an existing one there. Raises Misconfigured."""
    name = _folder(folder)
    if folder is None or name is None:
        return
    if folder.startswith("new:") and name in there:
        raise Misconfigured(name, what=f"there is a folder “{name}” already; say existing:{name} to add to it")
    if folder.startswith("existing:") and name not in there:
        raise Misconfigured(name, what=f"there is no folder “{name}” in {address}; say new:{name} to make it")


def _show(shell: Shell, plan: Plan, mode: Conflict, service: Service, *, is_result: bool) -> None:
    """Show what will be written: as the result of a dry run, else as a note before it begins."""
    out = shell.out
    record = plan_record(plan, service)
    is_mail = service is Service.MAIL
    back = f"{things(plan.change, service)} to set {'flags back on' if is_mail else 'back'}"
    summary = (
        f"{'' if is_mail else SERVICES[service] + ': '}{things(plan.add, service)} to add ({size(plan.size)}), "
        f"{count(plan.skip)} there already, {back}; into {plan.target}."
    )
    if service is not Service.SETTINGS:  # they lie in no folders
        summary += f" {CONFLICTS[service][mode][1]}"
    if is_result and out.as_json:
        out.record(record, "")
    elif is_result:
        out.table(
            record["folders"],
            [
                field("Folder", "path"),
                Column("There", lambda folder: "yes" if folder["exists"] else "new"),
                number("Add", "add", count),
                number("Skip", "skip", count),
                number("Flags" if is_mail else "Set back", "change", count),
                number("Size", "size", size),
                Column("Problem", lambda folder: label(FOLDER_NAMES, folder["problem"]) if folder["problem"] else ""),
            ],
        )
        out.record(record, printable(summary))
    elif out.as_json:
        out.progress(record)
    else:
        out.note(printable(summary))
    if not out.as_json:
        for code in plan.warnings:
            out.note(f"Note: {label(PLAN_WARNINGS, code)}")
