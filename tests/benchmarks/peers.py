"""The vault beside restic and borg: the same files, the same work, in turns, so that noise meets all alike."""

import filecmp
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Protocol

from tests.benchmarks import corpora
from tests.benchmarks.figures import Run, program, title

_PASSPHRASE = "a passphrase for the benchmark"
_MAIL, _FILES = 100_000, 2_000_000_000
_SMALL = 0.2
_AGAIN = 3
_MEMORY = 300_000_000
_WORKS = ("first backup", "no change", "1 % changed", "restore all", "check", "read all")


class Peer(Protocol):
    """A backup program, used as its manual says."""

    name: str
    repository: Path
    environment: Mapping[str, str]

    def create(self) -> Sequence[str | Path]:
        """The command that makes an empty repository."""

    def backup(self, folder: Path) -> Sequence[str | Path]:
        """The command that backs up a folder; it runs in that folder."""

    def restore(self, folder: Path) -> Sequence[str | Path]:
        """The command that restores the newest state; it runs in the folder that is to hold it."""

    def check(self) -> Sequence[str | Path]:
        """The command that checks without reading all data."""

    def read(self) -> Sequence[str | Path]:
        """The command that checks and reads all data."""


class Restic:
    """Version 2 repositories; ``auto`` and ``max`` are its two settings that compress."""

    def __init__(self, place: Path, compression: str) -> None:
        self.name = f"restic {compression}"
        self.repository = place / f"restic-{compression}"
        self.environment = {
            "RESTIC_PASSWORD": _PASSPHRASE,
            "RESTIC_REPOSITORY": str(self.repository),
            "RESTIC_CACHE_DIR": str(place / f"restic-{compression}-cache"),
            "RESTIC_COMPRESSION": compression,
        }
        self._compression = compression

    def create(self) -> Sequence[str | Path]:
        """``--repository-version 2`` is the one that compresses."""
        return "restic", "init", "--repository-version", "2"

    def backup(self, folder: Path) -> Sequence[str | Path]:
        """Compare with the parent snapshot, as it does by itself."""
        return "restic", "backup", "--quiet", "--compression", self._compression, "."

    def restore(self, folder: Path) -> Sequence[str | Path]:
        """The latest snapshot."""
        return "restic", "restore", "--quiet", "latest", "--target", folder

    def check(self) -> Sequence[str | Path]:
        """Structure alone."""
        return "restic", "check", "--quiet"

    def read(self) -> Sequence[str | Path]:
        """Every pack."""
        return "restic", "check", "--quiet", "--read-data"


class Borg:
    """``repokey-blake2`` and zstd 3: its fastest safe cipher here, and our own level."""

    name = "borg"

    def __init__(self, place: Path) -> None:
        self.repository = place / "borg"
        self.environment = {
            "BORG_PASSPHRASE": _PASSPHRASE,
            "BORG_REPO": str(self.repository),
            "BORG_BASE_DIR": str(place / "borg-base"),
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
        }
        self._number = 0

    def create(self) -> Sequence[str | Path]:
        """Keys in the repository, like everybody else here."""
        return "borg", "init", "--encryption", "repokey-blake2"

    def backup(self, folder: Path) -> Sequence[str | Path]:
        """A new archive; its files cache knows what did not change."""
        self._number += 1
        return "borg", "create", "--compression", "zstd,3", f"::a{self._number}", "."

    def restore(self, folder: Path) -> Sequence[str | Path]:
        """The newest archive."""
        return "borg", "extract", f"::a{self._number}"

    def check(self) -> Sequence[str | Path]:
        """Its plain check reads every segment and compares a checksum."""
        return "borg", "check"

    def read(self) -> Sequence[str | Path]:
        """Decrypts and decompresses everything as well."""
        return "borg", "check", "--verify-data"


class Ours:
    """The vault, driven by ``tests.benchmarks.driver``; Python's start and the slow key are part of each figure."""

    name = "ours"

    def __init__(self, place: Path) -> None:
        self.repository = place / "vault"
        self.environment = {
            "PASSPHRASE": _PASSPHRASE,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            # Its own modules are compiled once, by ``create``, as those of an installed program are.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(place / "bytecode"),
        }
        self._driver = (sys.executable, "-m", "tests.benchmarks.driver")

    def create(self) -> Sequence[str | Path]:
        """A vault with its default cost of the passphrase."""
        return *self._driver, "create", self.repository

    def backup(self, folder: Path) -> Sequence[str | Path]:
        """What changed since the last point in time."""
        return *self._driver, "backup", self.repository, folder

    def restore(self, folder: Path) -> Sequence[str | Path]:
        """The newest point in time."""
        return *self._driver, "restore", self.repository, folder

    def check(self) -> Sequence[str | Path]:
        """Heads, trees, index and packs."""
        return *self._driver, "check", self.repository

    def read(self) -> Sequence[str | Path]:
        """Every pack."""
        return *self._driver, "read", self.repository


@dataclass(slots=True)
class _Measured:
    """What one program took, by work."""

    runs: dict[str, list[Run]] = field(default_factory=dict)
    size: int = 0

    def median(self, work: str, figure: Callable[[Run], float]) -> float:
        return statistics.median(map(figure, self.runs[work]))

    @property
    def peak(self) -> int:
        return max(run.peak for runs in self.runs.values() for run in runs)


def run(messages: int | None, scale: float = _SMALL, again: int = _AGAIN) -> None:
    """Compare on ``scale`` of 100,000 mails and 2 GB of files; ``messages`` gives the mails by number."""
    mails = messages or int(_MAIL * scale)
    missing = [tool for tool in ("restic", "borg") if shutil.which(tool) is None]
    if missing:
        raise RuntimeError(f"not installed: {', '.join(missing)}")
    place = Path(tempfile.mkdtemp(prefix="bench-peers-"))
    try:
        size = corpora.write_mail(place / "corpus", mails)
        _compare(f"Mail: {mails:,} messages, {size / 1e6:,.0f} MB", place, corpora.change_mail, again)
        shutil.rmtree(place / "corpus")
        wanted = int(_FILES * scale)
        number = corpora.write_files(place / "corpus", wanted)
        _compare(f"Files: {number:,}, {wanted / 1e6:,.0f} MB", place, corpora.change_files, again)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _compare(what: str, place: Path, change: Callable[[Path, int], None], again: int) -> None:
    title(what)
    corpus = place / "corpus"
    work = place / "work"
    work.mkdir()
    peers = _peers(work)
    measured = {peer.name: _Measured() for peer in peers}
    _warm(corpus)

    turns = count()

    def each(label: str, command: Callable[[Peer], Sequence[str | Path]], cwd: Path) -> None:
        first = next(turns) % len(peers)
        for peer in (*peers[first:], *peers[:first]):
            ended = _ran(peer, command(peer), work, cwd)
            measured[peer.name].runs.setdefault(label, []).append(ended)

    for peer in peers:
        _ran(peer, peer.create(), work, work)
    each("first backup", lambda peer: peer.backup(corpus), corpus)
    for peer in peers:
        measured[peer.name].size = _size(peer.repository)
    for _ in range(again):
        each("no change", lambda peer: peer.backup(corpus), corpus)
    for turn in range(again):
        change(corpus, turn)
        each("1 % changed", lambda peer: peer.backup(corpus), corpus)
    for _ in range(again):
        each("check", lambda peer: peer.check(), work)
    for _ in range(min(again, 2)):
        each("read all", lambda peer: peer.read(), work)
    for peer in peers:  # nothing is deleted meanwhile: that slows down whoever comes next
        back = work / f"restored by {peer.name}"
        back.mkdir()
        measured[peer.name].runs["restore all"] = [_ran(peer, peer.restore(back), work, back)]
    for peer in peers:
        _require_same(corpus, work / f"restored by {peer.name}", peer.name)
    _tell(measured)
    shutil.rmtree(work)


def _peers(work: Path) -> list[Peer]:
    return [Restic(work, "auto"), Restic(work, "max"), Borg(work), Ours(work)]


def _warm(corpus: Path) -> None:
    """Bring everything into the system's memory, so that whoever comes first does not pay for the disk."""
    for path in corpus.rglob("*"):
        if path.is_file():
            path.read_bytes()
    os.sync()


def _ran(peer: Peer, command: Sequence[str | Path], work: Path, cwd: Path) -> Run:
    ended = program(command, environment=peer.environment, log=work / "log", cwd=cwd)
    if ended.code:
        raise RuntimeError(f"{peer.name} ended with {ended.code}:\n{ended.output[-3000:]}")
    return ended


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _require_same(source: Path, restored: Path, name: str) -> None:
    for path in source.rglob("*"):
        if path.is_file() and not filecmp.cmp(path, restored / path.relative_to(source), shallow=False):
            raise RuntimeError(f"{name} gave back something else: {path}")


def _tell(measured: Mapping[str, _Measured]) -> None:
    """Print a table for people and for documents alike."""
    names = list(measured)
    ours = measured["ours"]
    print(f"| | {' | '.join(names)} | ours / best restic | ours / borg |")
    print("|---|" + "---:|" * (len(names) + 2))
    rows: list[tuple[str, Callable[[_Measured], float], str]] = []
    for work in _WORKS:
        rows.append((f"{work}, processor s", lambda m, work=work: m.median(work, lambda run: run.cpu), ",.2f"))
        rows.append((f"{work}, elapsed s", lambda m, work=work: m.median(work, lambda run: run.seconds), ",.2f"))
    rows.append(("repository after the first backup, MB", lambda m: m.size / 1e6, ",.0f"))
    rows.append(("peak memory of all, MB", lambda m: m.peak / 1e6, ",.0f"))
    for label, figure, form in rows:
        figures = {name: figure(one) for name, one in measured.items()}
        restic = min(value for name, value in figures.items() if name.startswith("restic"))
        told = " | ".join(format(value, form) for value in figures.values())
        print(f"| {label} | {told} | {figures['ours'] / restic:.2f} | {figures['ours'] / figures['borg']:.2f} |")
    print(f"Peak memory of ours {ours.peak / 1e6:,.0f} MB; limit {_MEMORY / 1e6:,.0f} MB", flush=True)
