"""What lies in every finished export: each file's size and SHA-256, for this program and for ``sha256sum -c``."""

import hashlib
import io
import itertools
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.export.ports import Plain
from saasbackup_desktop.core.export.values import Made

MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
VERSION: Final = 1


def manifest_lines(key: str, about: Plain, files: Iterable[Made], folders: Iterable[str] = ()) -> Iterable[bytes]:
    """Write the manifest piece by piece: whose export it is (``key``), who made it from what, and its files.

    ``folders``: those that hold nothing, for places that keep files only.
    """
    head = json.dumps({"manifest": VERSION, "export": key, "about": about}, ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}").encode()
    between = b',\n "folders": ['
    for name in folders:
        yield between + b"\n  " + json.dumps(name, ensure_ascii=False).encode()
        between = b","
    yield (b"\n ]" if between == b"," else b"") + b',\n "files": ['
    between = b"\n"
    for made in files:
        said = {"name": made.name, "size": made.size, "sha256": made.sha256}
        yield between + b"  " + json.dumps(said, ensure_ascii=False).encode()
        between = b",\n"
    yield b"\n ]\n}\n"


def sum_line(digest: str, name: str) -> bytes:
    """A line of ``SHA256SUMS``. Names hold no line's end and no backslash."""
    return f"{digest}  {name}\n".encode()


def key_in(folder: Path) -> str | None:
    """Whose export a finished folder is; None if nothing says so."""
    try:
        with (folder / MANIFEST).open("rb") as lines:
            return _key(lines)
    except (OSError, ValueError):
        return None


def read_manifest(data: bytes) -> tuple[str | None, Sequence[Made]]:
    """Read a manifest: whose export it is, None if it is no manifest, and its files."""
    lines, files = io.BytesIO(data), []
    try:
        key = _key(lines)
        if key is None:
            return None, ()
        for line in lines:
            if line.startswith(b'  {"name": '):
                said = json.loads(line.rstrip().rstrip(b","))
                files.append(Made(str(said["name"]), int(said["size"]), str(said["sha256"]), 0))
    except (ValueError, KeyError, TypeError):
        return None, ()
    return key, files


def _key(lines: Iterable[bytes]) -> str | None:
    for line in itertools.islice(lines, 4):
        if line.startswith(b' "export": '):
            return str(json.loads(line.partition(b":")[2].rstrip().rstrip(b",")))
    return None


def write_manifest(
    folder: Path, key: str, about: Plain, files: Callable[[], Iterable[Made]], folders: Iterable[str] = ()
) -> Sequence[Made]:
    """Write both files into a folder, to the disk; gives what they are."""
    manifest = _write(folder / MANIFEST, manifest_lines(key, about, files(), folders))
    sums = (sum_line(made.sha256, made.name) for made in files())
    return manifest, _write(folder / SUMS, itertools.chain(sums, (sum_line(manifest.sha256, MANIFEST),)))


def _write(file: Path, pieces: Iterable[bytes]) -> Made:
    digest = hashlib.sha256()
    with file.open("xb") as out:
        for piece in pieces:
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
        return Made(file.name, out.tell(), digest.hexdigest(), 0)
