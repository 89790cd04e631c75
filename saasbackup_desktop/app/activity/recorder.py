"""Who writes the record: one entry after the other, each chained to the one before."""

import getpass
import logging
import os
import socket
from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.app.activity import attempts, chain
from saasbackup_desktop.app.activity.kinds import CANCELLED, OPEN_FAILED, OPENED, PUT_DOWN, ROOM
from saasbackup_desktop.app.activity.views import ChainReport
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.catalog.catalog import Catalog, Record
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import CatalogFault, HomeFault
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.engine.offload import Offload

log = logging.getLogger(__name__)

_MAGIC: Final = b"saasbackup activity 1\n"
_AGAIN: Final = 900
"""Seconds within which the vault's opening by itself once more, for the same person, is not told again."""
_BY_ITSELF: Final = "remembered"
"""Nobody gave a secret."""


def here() -> str:
    """The operating system's user and this host."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = str(os.getuid()) if hasattr(os, "getuid") else ""
    return f"{user}@{socket.gethostname()}"


class Recorder:
    """Appends entries; what cannot be written stops nobody from what was done already."""

    def __init__(self, home: Home, catalog: Catalog, offload: Offload, clock: Clock, key: bytes) -> None:
        self._home, self._catalog, self._offload, self._clock = home, catalog, offload, clock
        self._key = key
        self._mark = SealedFile(home.folder / "activity.sealed", key, _MAGIC)
        self.who = here()

    async def note(self, code: str, *, item: str = "", stream: str = "", **facts: str | int) -> None:
        """Write down what somebody did."""
        await self._write({"time": self._clock.now(), "code": code, "item": item, "stream": stream, "facts": facts})

    async def opened(self, way: str) -> None:
        """Write down that the vault was opened, and what happened before that while it was not.

        Each opening with a secret is told; those without anybody are told once in a while.
        """
        try:
            await self._offload.on_catalog(self._opened, way)
        except (CatalogFault, HomeFault) as fault:
            log.warning("the record of activity could not be written: %s", fault.code)

    async def asked_by(self, job: str) -> str:
        """Who asked for a job; empty if that was not written down."""
        return await self._offload.on_reading(self._asked_by, job)

    async def prove(self) -> ChainReport:
        """Find where the record is not as it was written."""
        return await self._offload.on_reading(self._prove)

    async def _write(self, plain: Mapping[str, Any]) -> None:
        try:
            await self._offload.on_catalog(self._append, plain)
        except (CatalogFault, HomeFault) as fault:
            log.warning("the record of activity could not be written: %s", fault.code)

    def _opened(self, way: str) -> None:
        now = self._clock.now()
        for one in attempts.take_over(self._home.folder):
            code, reason = str(one.get("code", OPEN_FAILED)), str(one.get("reason", ""))
            self._append(
                {
                    "time": one["time"],
                    "code": code if code in PUT_DOWN else OPEN_FAILED,
                    "item": "",
                    "stream": "",
                    "who": str(one.get("who", "")),
                    "facts": {"reason": reason} if reason else {},
                }
            )
        for before in self._catalog.records(ROOM, since=now - _AGAIN) if way == _BY_ITSELF else ():
            plain = before.plain
            if plain.get("code") == OPENED and (plain.get("who"), plain["facts"].get("way")) == (self.who, way):
                return
        self._append({"time": now, "code": OPENED, "item": "", "stream": "", "facts": {"way": way}})

    def _asked_by(self, job: str) -> str:
        found = (one.plain for one in self._catalog.records(ROOM) if one.plain.get("code") != CANCELLED)
        return next((str(plain["who"]) for plain in found if plain.get("facts", {}).get("job") == job), "")

    def _append(self, plain: Mapping[str, Any]) -> None:
        is_lost = False

        def follow(last: Record | None) -> Record:
            nonlocal is_lost
            before = chain.mark_of(last.plain) if last is not None else chain.START
            known = self._remembered()
            is_lost = last is not None and not self._mark.file.exists()
            if known is not None and known.number > before.number:  # entries are gone: that stays to be seen
                before = known
            linked = chain.link({"who": self.who, **plain}, before, self._key)
            return Record(f"{linked['number']:012d}", linked["time"], linked)

        mark = chain.mark_of(self._catalog.append_record(ROOM, follow).plain)
        if not is_lost:  # a new one would hide that the old one is gone
            self._mark.write(codec.dumps([mark.number, mark.digest]).encode())

    def _prove(self) -> ChainReport:
        mark = self._remembered()  # before the record: what is written meanwhile comes after it
        found = sorted(self._catalog.records(ROOM), key=lambda record: record.key)
        return chain.prove((record.plain for record in found), mark, self._key)

    def _remembered(self) -> chain.Mark | None:
        try:
            plain = self._mark.read()
        except (NotOpened, OSError):
            return None
        return chain.Mark(*codec.loads(plain)) if plain is not None else None
