"""The demonstration: an organisation that does not exist, backed up, lived in, and backed up again.

``Demonstration`` keeps its mail server running as long as it is open, so that the window can go on exploring it;
``tour`` then shows what a backup is good for.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from saasbackup_desktop.app.demo_directory import DirectoryShow
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import ImapSettings, StreamCard, Tls
from saasbackup_desktop.core.errors import Cancelled, Fault, NotFound
from saasbackup_desktop.core.ids import ConnectionName, JobId
from saasbackup_desktop.core.jobs import Job, State
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.sim.imap import Mailbox, serve_in_thread
from saasbackup_desktop.sim.organisation import organisation
from saasbackup_desktop.sim.people import DOMAIN
from saasbackup_desktop.sim.world import Happened, imap_mailbox, pass_time

PASSPHRASE: Final = "demonstration"
SUCCESSOR: Final = ConnectionName("successor")
"""An empty account to restore into."""
_SEED: Final = "demonstration"
_LOOK_EVERY: Final = 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """One step: begun, or with its counts and seconds once it is over."""

    code: str
    counts: Mapping[str, str | int] = field(default_factory=dict)
    seconds: float | None = None


Tell = Callable[[Step], None]


@contextmanager
def step(tell: Tell, code: str) -> Iterator[dict[str, str | int]]:
    """Tell that a step begins, and with the counts that were put in, that it is over."""
    tell(Step(code))
    begun = time.perf_counter()
    counts: dict[str, str | int] = {}
    yield counts
    tell(Step(code, counts, time.perf_counter() - begun))


class Demonstration:
    """A folder with a home and a vault, and the mail server that they come from. A context manager."""

    def __init__(self, folder: Path, *, messages: int = 3000, directory: bool = True) -> None:
        self.home = folder / "home"
        self.directory: DirectoryShow | None = None
        """A tenant, if there is to be one."""
        self._tenant_folder = folder / "tenant"
        self._has_directory = directory
        self.vault = folder / "vault"
        self.mailboxes: Sequence[Mailbox] = ()
        self.successor = Mailbox(f"{SUCCESSOR}@{DOMAIN}")
        self._messages = messages
        self._port = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    async def prepare(self, tell: Tell) -> None:
        """Make the organisation and the vault, and back everybody up twice with a day's life between.

        Leaves the home closed: open it with a desk and ``PASSPHRASE``. Raises Fault.
        """
        with step(tell, "organisation") as counts:
            made = organisation(_SEED, self._messages)
            self.mailboxes = [imap_mailbox(cabinet) for cabinet in made.mailboxes]
            self._port = self._open.enter_context(serve_in_thread([*self.mailboxes, self.successor])).port
            counts.update(_figures(self.mailboxes))
        desk = Desk(self.home)
        try:
            with step(tell, "vault"):
                await desk.create_vault(str(self.vault), PASSPHRASE)
                for mailbox in (*self.mailboxes, self.successor):
                    await desk.add_imap(self._settings(mailbox), mailbox.password)
            with step(tell, "first-backup") as counts:
                counts.update(backup_figures(await back_up(desk)))
            with step(tell, "changes") as counts:
                counts.update(_changes([pass_time(mailbox, _SEED) for mailbox in self.mailboxes]))
            with step(tell, "second-backup") as counts:
                counts.update(backup_figures(await back_up(desk)))
            if self._has_directory:
                await self._prepare_directory(desk, tell)
        finally:
            await desk.close()

    async def _prepare_directory(self, desk: Desk, tell: Tell) -> None:
        with step(tell, "directory") as counts:
            show = self.directory = DirectoryShow(self._tenant_folder, DOMAIN, self._open)
            await show.add(desk)
            counts["objects"] = (await finished(desk, await show.back_up(desk))).tally.added
        with step(tell, "attack") as counts:
            counts.update(show.pass_time())
            counts["changed"] = (await finished(desk, await show.back_up(desk))).tally.changed

    def mailbox(self, address: str) -> Mailbox:
        """The server's own truth about one person. Raises NotFound."""
        for mailbox in self.mailboxes:
            if mailbox.user == address:
                return mailbox
        raise NotFound(address)

    def _settings(self, mailbox: Mailbox) -> ImapSettings:
        # Loopback only, and nothing in it is anybody's: the connection needs no encryption.
        name = mailbox.user.split("@", 1)[0]
        return ImapSettings(name=name, host="127.0.0.1", port=self._port, user=mailbox.user, tls=Tls.NONE)


def _figures(mailboxes: Sequence[Mailbox]) -> dict[str, str | int]:
    folders = [folder for mailbox in mailboxes for folder in mailbox.folders.values()]
    return {
        "people": len(mailboxes),
        "folders": len(folders),
        "messages": sum(len(folder.messages) for folder in folders),
        "bytes": sum(folder.size for folder in folders),
    }


def _changes(weeks: Sequence[Happened]) -> dict[str, str | int]:
    return {
        "delivered": sum(week.delivered for week in weeks),
        "marked": sum(week.marked for week in weeks),
        "moved": sum(week.moved for week in weeks),
        "removed": sum(week.removed for week in weeks),
        "renamed": sum(len(week.renamed) for week in weeks),
    }


async def back_up(desk: Desk) -> list[Job]:
    """Back every person up, side by side. Raises Fault."""
    jobs = [await desk.backup(card.stream) for card in await staff(desk)]
    return [await finished(desk, job) for job in jobs]


async def staff(desk: Desk) -> list[StreamCard]:
    """The people of the organisation, without the empty account."""
    mail = [card for card in await desk.cards() if card.service is Service.MAIL]
    return [card for card in mail if card.connection not in (None, SUCCESSOR)]


def backup_figures(jobs: Sequence[Job]) -> dict[str, str | int]:
    """What backups came to, together."""
    return {
        "messages": sum(job.tally.items_done for job in jobs),
        "added": sum(job.tally.added for job in jobs),
        "changed": sum(job.tally.changed for job in jobs),
        "removed": sum(job.tally.removed for job in jobs),
        "bytes": sum(job.tally.bytes_done for job in jobs),
        "stored_bytes": sum(job.tally.bytes_stored for job in jobs),
    }


async def finished(desk: Desk, id: JobId) -> Job:
    """Wait for a job. Raises Fault unless it did everything."""
    job = await desk.job(id)
    while not job.state.is_over:
        await asyncio.sleep(_LOOK_EVERY)
        job = await desk.job(id)
    if job.state is State.STOPPED:
        raise Cancelled
    if job.state is not State.DONE:
        raise Fault(f"{job.state} {job.code} {job.detail}", **job.facts)
    return job
