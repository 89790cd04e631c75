"""Real samples that nobody here wrote. They live beside the repository, are never part of it, and may be absent."""

import fcntl
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

_VARIABLE = "SAASBACKUP_CORPORA"
_BESIDE = Path(__file__).resolve().parents[1].parent / "shared" / "corpora" / "dev.tar.zst"


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of the corpora: where it lies and what is said of it."""

    path: Path
    name: str
    tags: frozenset[str]

    def read(self) -> bytes:
        """Read the bytes."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Corpora:
    """The unpacked samples."""

    folder: Path

    def samples(self, kind: str) -> Iterator[Sample]:
        """Samples of one set, for example ``mime``, in the order of their list."""
        with (self.folder / "files.jsonl").open() as lines:
            for line in lines:
                said = json.loads(line)
                if said["path"].startswith(f"{kind}/"):
                    yield Sample(self.folder / said["path"], said["path"], frozenset(said.get("tags", ())))

    def messages(self) -> Iterator[Sample]:
        """Single mail messages: files that hold many (mbox) are left out, and so are empty ones."""
        for sample in self.samples("mime"):
            if "mbox" not in sample.tags and sample.path.is_file() and sample.path.stat().st_size:
                yield sample


def find() -> Path | None:
    """Find the archive, or the folder that it was unpacked to: None if there is neither."""
    place = Path(os.environ[_VARIABLE]) if os.environ.get(_VARIABLE) else _BESIDE
    return place if place.exists() else None


def unpack(archive: Path) -> Corpora:
    """Unpack an archive into the cache once, whoever asks first; a folder is used as it is."""
    if archive.is_dir():
        return Corpora(archive)
    state = archive.stat()
    name = hashlib.sha256(f"{archive.resolve()}:{state.st_size}:{state.st_mtime_ns}".encode()).hexdigest()[:16]
    cache = Path(tempfile.gettempdir()) / f"saasbackup-corpora-{os.getuid()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    place = cache / name
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            _extract(archive, place)
    return Corpora(next(file.parent for file in sorted(place.glob("*/files.jsonl"))))


def _extract(archive: Path, place: Path) -> None:
    half = place.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    with (
        archive.open("rb") as packed,
        zstandard.ZstdDecompressor().stream_reader(packed) as plain,
        tarfile.open(fileobj=plain, mode="r|") as tar,
    ):
        _extract_plain(tar, half)
    half.rename(place)


def _extract_plain(tar: tarfile.TarFile, folder: Path) -> None:
    """Python 3.11 knows the filter only from 3.11.4 on: before that, names are looked at here."""
    if hasattr(tarfile, "data_filter"):
        tar.extractall(folder, filter="data")
        return
    for member in tar:
        if (member.isfile() or member.isdir()) and folder in (folder / member.name).resolve().parents:
            tar.extract(member, folder)


@pytest.fixture(scope="session")
def corpora() -> Corpora:
    """The unpacked samples; the test is skipped where they are not at hand."""
    archive = find()
    if archive is None:
        pytest.skip(
            f"SAMPLES MISSING: real mail samples are not at {_BESIDE.name} beside the repository "
            f"and {_VARIABLE} does not name them; nothing was proven here"
        )
    return unpack(archive)
