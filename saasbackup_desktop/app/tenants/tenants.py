"""The door for Microsoft 365: tenants, their accounts, and what is done about them."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from saasbackup_desktop.app.tenants import (
    checking,
    places,
)
from saasbackup_desktop.app.tenants.keeping import Keeping
from saasbackup_desktop.app.tenants.people import People
from saasbackup_desktop.app.tenants.views import (
    MailboxRestore,
    Place,
    Proof,
)
from saasbackup_desktop.app.views import RestoreRequest
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, JobId
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.providers.microsoft import role_state

HOUR: Final = 3600
DAY: Final = 20 * 3600
"""Seconds after which something that is done daily is due: a little less, so that it does not wander."""


class Tenants(Keeping, People):
    """Everything about tenants that a person can do. Belongs to the desk's loop. Every method may raise Fault."""

    async def daily(self) -> Sequence[JobId]:
        """Do in every tenant what is due once a day: look at the directory, check what it is connected by, and renew a
        certificate that runs out soon. Returns the jobs that let go of what a rule deletes.
        """
        jobs: list[JobId] = []
        for name in self._store.readable():
            with suppress(Fault):  # a tenant that cannot be asked at all keeps no other from its turn; its jobs say why
                await self._look_daily(name, jobs)
        return jobs

    async def _look_daily(self, name: ConnectionName, jobs: list[JobId]) -> None:
        now, book = self._clock.now(), self._store.book(name)
        if book.discovered is None or not 0 <= now - book.discovered < DAY:
            try:
                jobs += (await self.discover(name)).jobs
            except Fault:
                await self.check(name)  # it says what is wrong, and keeps it
                return
        is_due = role_state.due(book.role, now, runs_alone=False) is role_state.Due.LOOK
        if is_due or book.report is None or not 0 <= now - book.report.checked < DAY:
            report = await self.check(name)
            if any(line.outcome == checking.EXPIRES_SOON for line in report.lines):
                await self._renew_alone(name)

    async def tend(self) -> None:
        """Do what is due once a day, and look whether it is no more than once an hour."""
        now = self._clock.now()
        if not 0 <= now - self._tended < HOUR:
            self._tended = now
            await self.daily()

    async def places(self, service: Service | None = None, words: str = "", limit: int = 50) -> Sequence[Place]:
        """Accounts that something can be restored to: mail servers' and tenants'."""
        return places.places(self._workspace, service, words, limit)

    async def restore_mailbox(self, request: MailboxRestore) -> Sequence[JobId]:
        """Restore services of an account, each from its newest point in time up to a moment. Raises Misconfigured."""
        jobs = []
        for service in request.services:
            stream = stream_id(request.account, service)
            points = await self._workspace.bench.offload.on_reading(self._workspace.catalog.snapshots, stream)
            fitting = [one for one in points if request.until is None or one.finished <= request.until]
            if fitting:
                asked = RestoreRequest(
                    stream=stream,
                    snapshot=fitting[0].id,
                    selection=Selection(),
                    connection=request.connection,
                    conflict=request.conflict,
                )
                jobs.append(await self._restore(asked))
        if not jobs:
            raise Misconfigured("nothing is saved of this account", what="nothing-saved", name=request.account)
        return jobs

    async def _renew_alone(self, name: ConnectionName) -> None:
        """Renew a certificate without anybody; where that cannot be, the check list goes on asking for it."""
        if self._store.entry(name).settings.proof is Proof.CERTIFICATE:
            with suppress(Fault):
                await self.renew_certificate(name, "", lambda _steps: None)
