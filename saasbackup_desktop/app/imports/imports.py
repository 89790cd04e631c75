"""The door for imports: look into archives, bring them into the vault, and say what was imported before."""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.imports.surveying import possible, survey
from saasbackup_desktop.app.imports.views import ImportRequest, Survey
from saasbackup_desktop.app.submitting import SubmitMany
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.core.errors import ArchiveFault, ArchiveMissing, Fault, Misconfigured
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import CatalogChanged, Import
from saasbackup_desktop.core.model import Account, Provider, Service, account_id, stream_id
from saasbackup_desktop.engine.scratch import Scratch

log = logging.getLogger(__name__)

_LONGEST_NAME: Final = 100
_FAULTS: Final = {fault.code: fault for fault in ArchiveFault.__subclasses__()}
_LOOK: Final = 5.0
"""Seconds in which it is looked for what services there are, when nobody says."""
_GLANCE: Final = 20.0
"""Seconds in which it is looked which files there are, if that was not enough to look at all that is in them."""

T = TypeVar("T")


class Imports:
    """Everything about imports that a person can do. Belongs to the desk's loop. Every method may raise Fault."""

    def __init__(self, workspace: Workspace, submit_many: SubmitMany) -> None:
        self._workspace = workspace
        self._bench = workspace.bench
        self._submit_many = submit_many
        self._keeping = asyncio.Lock()
        """A password is kept and its jobs are asked for before anybody looks which are needed."""

    async def survey(self, paths: Sequence[str], password: str | None = None, seconds: float = 10.0) -> Survey:
        """Say what archives hold; nothing is kept. ``seconds``: how long that may take. Raises Misconfigured."""
        return await self._survey(_required(paths), password, seconds)

    @noted("import-asked", item="request.name", jobs="#result")
    async def start(self, request: ImportRequest, password: str | None = None) -> Sequence[JobId]:
        """Add archives to an account of this name, or make one; a job for each service.

        Raises Misconfigured if there is nothing to import or the name cannot be, ArchiveMissing.
        """
        paths = _required(request.paths)
        name = request.name.strip()
        fault = await self.name_fault(name)
        if fault:
            raise Misconfigured("the name cannot be", what=fault, name=name)
        missing = await self._bench.offload.on_disk(lambda: [path for path in paths if not path.exists()])
        if missing:
            raise ArchiveMissing(str(missing[0]), name=str(missing[0]))
        services = request.services or await self._services(paths, password)
        if not services:
            raise Misconfigured("nothing to import", what="nothing-to-import", name=str(paths[0]))
        account = account_named(name)
        account = next((one for one in await self.accounts() if one.id == account.id), account)
        offload = self._bench.offload
        for service in services:
            await offload.on_catalog(self._workspace.catalog.put_account, account, service)
        self._workspace.engine.tell(CatalogChanged(None))
        async with self._keeping:
            locked = await offload.on_disk(self._workspace.import_passwords.keep, password) if password else ""
            return await self._submit_many(
                [
                    Import(
                        stream=stream_id(account.id, service),
                        paths=tuple(map(str, paths)),
                        locked=locked,
                        services=tuple(services),
                    )
                    for service in services
                ]
            )

    async def accounts(self) -> Sequence[Account]:
        """What was imported before, by name."""
        found = await self._bench.offload.on_reading(self._bench.catalog.accounts)
        own = {account.id: account for _, account, _ in found if account.provider is Provider.FILE}
        return sorted(own.values(), key=lambda account: account.address.casefold())

    async def name_fault(self, name: str) -> str:
        """Say why an account of archives cannot be called so (as the fact ``what`` of Misconfigured), or nothing."""
        name = name.strip()
        if not name:
            return "no-import-name"
        if ":" in name or "/" in name or len(name) > _LONGEST_NAME or not name.isprintable():
            return "bad-import-name"
        taken = {one.account.address.casefold() for one in self._workspace.connections.all()}
        taken |= {str(one).casefold() for one in self._workspace.connections.names()}
        taken |= {member.account.address.casefold() for member in self._workspace.reach.everybody()}
        known = await self._bench.offload.on_reading(self._bench.catalog.accounts)
        taken |= {one.address.casefold() for _, one, _ in known if one.provider is not Provider.FILE}
        return "import-name-taken" if name.casefold() in taken else ""

    async def tend(self) -> None:
        """Forget the passwords of imports that are over."""
        async with self._keeping:
            jobs = await self._workspace.engine.unfinished()
            needed = {job.spec.locked for job in jobs if isinstance(job.spec, Import) and job.spec.locked}
            await self._bench.offload.on_disk(self._workspace.import_passwords.forget_all_but, needed)

    async def close(self) -> None:
        """Leave no password behind that nothing needs any more: not every process is tended."""
        if not self._workspace.home.is_kept:  # whoever is at work there sees to it
            return
        try:
            await self.tend()
        except Fault as fault:
            log.warning("passwords of imports were not looked after: %s", fault.code)

    async def _services(self, paths: Sequence[Path], password: str | None) -> Sequence[Service]:
        """Which services may lie in archives. Raises ArchiveFault if there is nothing but what cannot be read."""
        found = await self._survey(paths, password, _LOOK)
        services: Sequence[Service] = [one.service for one in found.services]
        if not found.is_whole:
            services = await self._look(lambda scratch, stop: possible(paths, scratch, password, _GLANCE, stop))
        if not services:
            for one in found.unreadable:
                if one.code in _FAULTS:
                    raise _FAULTS[one.code](one.path, **one.facts)
        return services

    async def _survey(self, paths: Sequence[Path], password: str | None, seconds: float) -> Survey:
        return await self._look(lambda scratch, stop: survey(paths, scratch, password, seconds, stop))

    async def _look(self, into: Callable[[Path, threading.Event], T]) -> T:
        """Look into archives, to an end of its own: whoever does not wait for it any more stops it."""
        stop = threading.Event()

        def look() -> T:
            with Scratch(self._bench.scratch, f"survey-{secrets.token_hex(4)}") as scratch:
                return into(scratch.folder, stop)

        looking = asyncio.ensure_future(self._bench.offload.on_disk(look))
        try:
            return await asyncio.shield(looking)
        finally:
            stop.set()
            await asyncio.wait([looking])


def account_named(name: str) -> Account:
    """The account that archives are imported as under this name."""
    return Account(id=account_id(Provider.FILE, "", name), provider=Provider.FILE, address=name)


def _required(paths: Sequence[str]) -> Sequence[Path]:
    if not paths:
        raise Misconfigured("no file", what="nothing-to-import")
    return [Path(path).expanduser().absolute() for path in paths]
