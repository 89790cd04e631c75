"""``saasbackup export run`` of several accounts, or of a whole tenant: what they have, and what becomes of each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.exports.views import AccountShare, ExportEstimate, ExportResult, Several, ShareStatus
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.exports import SHORT_FORMATS
from saasbackup_desktop.app.words.tenants import SERVICES
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.figures import count, counted, listed, local, printable, size
from saasbackup_desktop.cli.moments import LATEST, moment
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.picking import since_of, until_of
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.activation import Status
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.model import Service

ACCOUNTS: Final = (
    field("Account", "account"),
    field("Name", "name"),
    number("Items", "items", count),
    number("Size", "size", size),
    Column("", lambda record: "" if record["there"] else "nothing saved by then"),
)
SHARES: Final = (
    field("Account", "account"),
    field("Folder", "folder"),
    field("State", "state"),
    number("Items", "items", lambda items: "" if items is None else count(items)),
    number("Not in it", "failed", count),
    number("Not with everything", "lost", count),
)
_NAMED: Final = 20
"""More than these help nobody."""


async def several_of(
    shell: Shell,
    desk: Desk,
    accounts: Sequence[str],
    tenants: Sequence[str],
    forms: Sequence[Format],
    at: str,
    services: Sequence[Service],
    since: str | None,
    until: str | None,
) -> Several:
    """Find out what is meant; who has nothing by then is named. Raises Misconfigured."""
    ids = await _ids(desk, await desk.cards(), accounts, tenants)
    as_of = None if at == LATEST else moment(at, end_of_day=True)
    reach = await desk.exports.reach(ids, as_of)
    if reach.without:
        names = [one.address for one in reach.without]
        more = [f"{count(len(names) - _NAMED)} more"] if len(names) > _NAMED else []
        by_then = f" by {local(as_of)}" if as_of is not None else ""
        who = listed([*names[:_NAMED], *more])
        shell.out.note(printable(f"Nothing had been saved{by_then} of {who}; that is left out, and listed."))
    found: list[tuple[Service, Format]] = []
    left: list[Service] = []
    for one in reach.services:
        if services and one.service not in services:
            continue
        becomes = next((form for form in forms or one.formats if form in one.formats), None)
        if becomes is None:
            left.append(one.service)
        else:
            found.append((one.service, becomes))
    words = listed(SERVICES[one].lower() for one in left)
    asked = listed(SHORT_FORMATS[one] for one in forms)
    if not found and left:
        raise Misconfigured(what=f"{words} cannot become {asked}")
    if not found:
        raise Misconfigured(what="nothing had been saved of these accounts by then")
    if left:
        shell.out.note(f"{words} cannot become {asked}; that is left out.")
    return Several(accounts=ids, forms=tuple(found), as_of=as_of, since=since_of(since), until=until_of(until))


async def _ids(
    desk: Desk, cards: Sequence[StreamCard], accounts: Sequence[str], tenants: Sequence[str]
) -> tuple[AccountId, ...]:
    found = [resolve.services(cards, text)[0].account.id for text in accounts]
    known = await desk.tenants.all() if tenants else ()
    for text in tenants:
        name = resolve.tenant(known, text).settings.name
        own = [
            one.account.id
            for one in await desk.tenants.accounts(name)
            if one.services or one.status in (Status.ACTIVE, Status.PAUSED)
        ]
        if not own:
            raise Misconfigured(text, what=f"nothing is saved of any account of {name}")
        found += own
    return tuple(dict.fromkeys(found))


def several_record(estimate: ExportEstimate) -> Mapping[str, Any]:
    """What of an estimate is about several accounts."""
    return {
        "accounts": [
            {
                "account": one.account.address,
                "name": one.account.name,
                "items": one.items,
                "size": one.size,
                "there": one.is_there,
            }
            for one in estimate.accounts
        ]
    }


async def tell_shares(shell: Shell, desk: Desk, result: ExportResult) -> None:
    """Say of each account how its part ended; to people only where something is missing."""
    shares = await desk.exports.shares(result.job)
    told = shares if shell.out.as_json else [one for one in shares if one.lost or one.status not in _WHOLE]
    for one in told if shell.out.as_json else told[:_NAMED]:
        shell.out.record(share_record(result, one), printable(f"  {share_words(one)}"))
    if len(told) > _NAMED and not shell.out.as_json:
        more = counted(len(told) - _NAMED, "more account")
        shell.out.note(f"  and {more}: “saasbackup export show {result.job}”")


_WHOLE: Final = (ShareStatus.COMPLETED, ShareStatus.WAITING, ShareStatus.RUNNING)


def share_words(one: AccountShare) -> str:
    """Put what became of an account's part into a line."""
    if one.status is ShareStatus.WITHOUT:
        return f"{one.account.address}: nothing saved by then"
    if one.status in _WHOLE and not one.lost:
        return f"{one.account.address}: {one.status.value}"
    missing = [f"{counted(one.failed, 'item')} not in it"] if one.failed else []
    missing += [f"{counted(one.lost, 'item')} not with everything"] if one.lost else []
    return f"{one.account.address}: {', '.join(missing)} (of {counted(one.items or 0, 'item')})"


def share_record(result: ExportResult, one: AccountShare) -> dict[str, Any]:
    """How one account's part stands."""
    return {
        "type": "export-account",
        "job": result.job,
        "account": one.account.address,
        "folder": one.folder,
        "state": one.status.value,
        "items": one.items,
        "failed": one.failed,
        "lost": one.lost,
    }
