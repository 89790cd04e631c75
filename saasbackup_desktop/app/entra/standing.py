"""How the backup of a tenant's directory stands: the word on its row, and what has to be renewed."""

from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.entra.views import Badge, EntraTenant, RestoreAccess
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.checking import EXPIRES_SOON, SOON, is_of_directory
from saasbackup_desktop.app.tenants.states import Past, service_state
from saasbackup_desktop.app.tenants.store import Entry, Restorer
from saasbackup_desktop.app.tenants.views import Standing, State
from saasbackup_desktop.core.ids import AccountId, JobId, StreamId
from saasbackup_desktop.core.model import Account, Service, stream_id

_BADGES: Final[Mapping[State, Badge]] = {
    State.SCHEDULED: Badge.WAITING,
    State.RUNNING: Badge.RUNNING,
    State.RETRYING: Badge.RUNNING,
    State.SUCCESS: Badge.SUCCESS,
    State.PARTIAL: Badge.PARTIAL,
    State.AUTHENTICATION_ERROR: Badge.REAUTHORISE,
}
"""Of what is not here: FAILED."""
_EXPIRED: Final = frozenset({"certificate-expired", "secret-expired"})


def stands(
    entry: Entry, book: Book, account: Account | None, past: Past, at_work: Mapping[StreamId, JobId],
    tasks: Sequence[TaskView], now: int,
) -> EntraTenant:  # fmt: skip
    """Say how a tenant's directory is doing. ``account``: None before anybody has signed in."""
    name, settings = entry.settings.name, entry.settings
    if account is None:
        empty = StreamId("")
        return EntraTenant(
            tenant=name, directory="", name=name, account=AccountId(""), stream=empty, is_active=False,
            badge=Badge.NOT_ACTIVE, restore=_access(entry.restorer),
        )  # fmt: skip
    stream = stream_id(account.id, Service.DIRECTORY)
    known = service_state(stream, Service.DIRECTORY, past)
    covering = [one for one in tasks if name in one.connections and _has(one)]
    missing = missing_of(book)
    reasons = reasons_of(entry, book, known.problem if known.state is State.AUTHENTICATION_ERROR else "", now)
    badge = Badge.NOT_ACTIVE
    if settings.keeps_directory:
        badge = _BADGES.get(known.state, Badge.FAILED)
        if badge is not Badge.RUNNING and reasons:
            badge = Badge.REAUTHORISE
        elif badge is not Badge.RUNNING and covering and all(one.task.is_paused for one in covering):
            badge = Badge.PAUSED
    runs = [one.next_run for one in covering if one.next_run is not None and not one.task.is_paused]
    return EntraTenant(
        tenant=name,
        directory=entry.directory,
        name=account.name,
        domain=book.domain,
        account=account.id,
        stream=stream,
        is_active=settings.keeps_directory,
        badge=badge,
        reasons=tuple(reasons) if settings.keeps_directory else (),
        missing=missing if settings.keeps_directory else (),
        restore=_access(entry.restorer),
        restore_client=entry.restorer.client if entry.restorer is not None else "",
        objects=known.items,
        last=known.last,
        finished=known.finished,
        job=at_work.get(stream),
        next_backup=min(runs, default=None) if settings.keeps_directory else None,
    )


def missing_of(book: Book) -> tuple[str, ...]:
    """Permissions that a backup of the directory needs, and that the last check did not find."""
    lines = book.report.lines if book.report is not None else ()
    wanted = [one for one in lines if one.area == "permission" and is_of_directory(one) and not one.is_optional]
    return tuple(dict.fromkeys(one.name for one in wanted if one.standing is Standing.MISSING))


def reasons_of(entry: Entry, book: Book, problem: str, now: int) -> list[str]:
    """Codes of what an administrator has to renew. ``problem``: what the last backup met, if it was not let in."""
    found = ["permission-missing"] if missing_of(book) else []
    lines = book.report.lines if book.report is not None else ()
    signing_in = [one.outcome for one in lines if one.area == "sign-in" and one.standing is Standing.MISSING]
    lasting = [one.outcome for one in lines if one.area == "credential"]
    refused = {*signing_in, *([problem] if problem else ())}
    if refused & _EXPIRED or any(one in _EXPIRED for one in lasting):
        found.append("expired")
    elif EXPIRES_SOON in lasting:
        found.append("expires")
    if refused - _EXPIRED and not found:
        found.append("denied")
    restorer = entry.restorer
    if restorer is not None and restorer.client:
        if restorer.missing:
            found.append("restore-permission-missing")
        if restorer.problem:
            found.append("restore-denied")
        elif restorer.certificate is not None and restorer.certificate.expires - now < SOON:
            found.append("restore-expires")
    return found


def _has(view: TaskView) -> bool:
    return not view.task.services or Service.DIRECTORY in view.task.services


def _access(restorer: Restorer | None) -> RestoreAccess:
    return RestoreAccess(restorer.access) if restorer is not None else RestoreAccess.NONE
