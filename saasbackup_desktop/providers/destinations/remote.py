"""Sending files to a storage service: piece by piece, gone on with after an interruption, compared in the end."""

import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from saasbackup_desktop.core.errors import (
    DestinationMissing,
    DestinationTaken,
    DestinationUnlike,
    Fault,
    ProtocolBroken,
    Unreachable,
)
from saasbackup_desktop.core.export.ports import Plain, Storage, Trial
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.core.traffic import Traffic, unlimited

_TRIAL = b"This file was made to see whether exports can be kept here. It can be removed.\n"


class Remote:
    """``core.export.ports.Destination`` over a storage service."""

    def __init__(self, storage: Storage, traffic: Traffic | None = None) -> None:
        self._storage = storage
        self._traffic = traffic or unlimited()

    @property
    def location(self) -> str:
        """What a person calls it."""
        return self._storage.location

    def send(self, file: Path, name: str, since: Plain | None, told: Callable[[Plain, int], None]) -> str:
        """Put a file there, unless an equal one is there; gives where a person finds it. Raises Fault, OSError."""
        storage, size = self._storage, file.stat().st_size
        digest = storage.digest(file)
        there = storage.find(name)
        if there is None:
            if size <= storage.piece:
                if since:  # pieces of a larger file that was made before
                    self.drop(name, since)
                data = file.read_bytes()
                self._wait(data)
                storage.put(name, data, digest)
            else:
                self._send_pieces(file, name, digest, since, told)
            there = storage.find(name)
            if there is None or there.size != size or (there.digest and there.digest != digest):
                raise DestinationUnlike("not what was sent", location=self.location, name=name)
        elif there.size != size or there.digest != digest:
            raise DestinationTaken("another file is there", location=self.location, name=name)
        elif since:  # made of the pieces by a request whose answer was lost, or by somebody else
            self.drop(name, since)
        told({}, size)
        return f"{self.location}/{name}"

    def drop(self, name: str, since: Plain) -> None:
        """Let go of what has arrived of a file that nobody will finish. Raises Fault."""
        if since and self._storage.arrived(name, since) is not None:  # else it is a file by now, or gone
            self._storage.drop(name, since)

    def has(self, name: str) -> bool:
        """Is there a file of this name, or something else that is in its way? Raises Fault."""
        try:
            return self._storage.find(name) is not None
        except DestinationTaken:  # a folder
            return True

    def read(self, name: str, most: int) -> bytes | None:
        """A file of at most so many bytes; None: there is none, or a larger one. Raises Fault."""
        there = self._storage.find(name)
        return None if there is None or there.size > most else self._storage.read(name)

    def remove(self, name: str, made: Made | None = None) -> None:
        """Remove a file, or only if it is still the one that was sent; a missing one is no error. Raises Fault."""
        if made is not None:
            there = self._storage.find(name)
            if there is None or there.size != made.size:
                return
            if self._storage.keeps_sha256 and there.digest != made.sha256:
                return
        self._storage.remove(name)

    def try_out(self) -> Sequence[Trial]:
        """Write, read and remove a small file; stops at the first failure."""
        name = f"saasbackup-{secrets.token_hex(4)}.txt"
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("reach", lambda: self._storage.find(name)),
            ("write", lambda: self._write_trial(name)),
            ("read", lambda: self._read_trial(name)),
            ("remove", lambda: self._storage.remove(name)),
        )
        found: list[Trial] = []
        for check, step in steps:
            try:
                step()
            except Fault as fault:
                return [*found, Trial(check, fault.code, dict(fault.facts))]
            found.append(Trial(check))
        return found

    def close(self) -> None:
        """Let go of connections."""
        self._storage.close()

    def _send_pieces(
        self, file: Path, name: str, digest: str, since: Plain | None, told: Callable[[Plain, int], None]
    ) -> None:
        storage, size = self._storage, file.stat().st_size
        state, done = self._begun(name, size, digest, since)
        piece = int(str(state.get("piece", storage.piece)))
        told(state, done)
        with file.open("rb") as source:
            source.seek(done)
            while done < size:
                data = source.read(min(piece, size - done))
                if not data:
                    raise OSError("the file became shorter while it was sent")
                self._wait(data)
                with self._known(name, state, done):
                    state = {**storage.send(name, state, done, data, size), "digest": digest}
                done += len(data)
                told(state, done)
        with self._known(name, state, (size - 1) // piece * piece):
            storage.finish(name, state, size, digest)

    @contextmanager
    def _known(self, name: str, state: Plain, done: int) -> Iterator[None]:
        """Say of an upload of which less is there than was sent that it may pass: the next attempt begins another."""
        try:
            yield
        except (DestinationMissing, ProtocolBroken) as fault:
            arrived = self._storage.arrived(name, state)
            if arrived is not None and arrived >= done:
                raise
            raise Unreachable("pieces are gone", what="store", location=self.location) from fault

    def _begun(self, name: str, size: int, digest: str, since: Plain | None) -> tuple[Plain, int]:
        """What was begun before and is known there still, or a new beginning; and how many bytes have arrived."""
        if since and since.get("digest") == digest:
            arrived = self._storage.arrived(name, since)
            if arrived is not None:
                return since, arrived
        elif since:  # of a file that is not the same any more
            self.drop(name, since)
        return {**self._storage.begin(name, size, digest), "digest": digest}, 0

    def _wait(self, data: bytes) -> None:
        for step in self._traffic.pieces(data):
            self._traffic.take(len(step))

    def _write_trial(self, name: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "trial")
            file.write_bytes(_TRIAL)
            self._storage.put(name, _TRIAL, self._storage.digest(file))

    def _read_trial(self, name: str) -> None:
        if self._storage.read(name) != _TRIAL:
            raise DestinationUnlike("not what was sent", location=self.location, name=name)
