"""The archive: a file for each object, scripts, a description with digests, and a file that explains it all."""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from saasbackup_desktop.app.entra.downloading.acts import Act
from saasbackup_desktop.app.entra.downloading.bash_script import bash_script
from saasbackup_desktop.app.entra.downloading.powershell_script import powershell_script
from saasbackup_desktop.app.entra.downloading.quoting import plain
from saasbackup_desktop.app.words.entra.download import readme, scopes_of
from saasbackup_desktop.app.words.entra.plans import left_out_words, risk_words
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import LeftOut, Risk
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId

_FORBIDDEN: Final = re.compile(r"[^\w .@()+-]+")
_LONGEST_NAME: Final = 60
_LONGEST_ID: Final = 80
_BEFORE_1980: Final = (1980, 1, 1, 0, 0, 0)
_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Where the objects are from."""

    tenant: str
    """Name of the organisation, or its domain."""
    directory: str
    """The directory's address: its default domain."""
    snapshot: SnapshotId
    moment: int
    """When the point in time was taken: seconds since 1970 UTC."""


@dataclass(slots=True)
class Script:
    """What the scripts do, and what they leave out."""

    acts: Sequence[Act] = ()
    left_out: Sequence[LeftOut] = ()
    risks: Sequence[Risk] = ()


@dataclass(slots=True)
class _Archive:
    zip: zipfile.ZipFile
    moment: int
    files: list[dict[str, Any]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def add(self, file: str, pieces: Iterable[str], *, runs: bool = False, **facts: Any) -> None:
        digest, size = hashlib.sha256(), 0
        with self.zip.open(self._entry(file, runs), "w") as out:
            for data in _chunks(pieces):
                out.write(data)
                digest.update(data)
                size += len(data)
        self.files.append({"file": file, "size": size, "sha256": digest.hexdigest(), **facts})

    def name_for(self, one: DirectoryObject) -> str:
        """A name that no other object has, on any system: nothing in it leaves the folder."""
        name = _FORBIDDEN.sub("_", one.name)[:_LONGEST_NAME].strip(". ")
        id = _FORBIDDEN.sub("_", one.id)[:_LONGEST_ID].strip(". ")
        stem = f"objects/{_FORBIDDEN.sub('_', one.kind)}/{name or 'object'} - {id}"
        found, again = stem, 1
        while found.casefold() in self.taken:
            again += 1
            found = f"{stem} ({again})"
        self.taken.add(found.casefold())
        return f"{found}.json"

    def _entry(self, name: str, runs: bool) -> zipfile.ZipInfo:
        moment = datetime.fromtimestamp(self.moment, UTC).timetuple()[:6]
        entry = zipfile.ZipInfo(name, max(_BEFORE_1980, tuple(moment)))  # type: ignore[arg-type]
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # what may be done with it is told as Unix does
        entry.external_attr = (0o100700 if runs else 0o100600) << 16
        return entry


def write_archive(file: Path, objects: Iterable[DirectoryObject], about: About, schema: Schema, script: Script) -> int:
    """Write the archive; a file of that name is replaced once all is there. Tells how many objects it has.

    ``script`` is looked at when all objects are written: what makes the objects may fill it meanwhile.
    Raises Misconfigured if the file cannot be written.
    """
    with _replacing(file) as out, zipfile.ZipFile(out, "w", allowZip64=True) as zip:
        archive = _Archive(zip, about.moment)
        counts: dict[str, int] = {}
        for one in objects:
            archive.add(archive.name_for(one), [_object_text(one)], kind=one.kind, id=one.id, name=one.name)
            counts[one.kind] = counts.get(one.kind, 0) + 1
        archive.add("apply.sh", bash_script(script.acts), runs=True)
        archive.add("apply.ps1", _with_mark(powershell_script(script.acts)))
        kinds = [(kind, counts[kind]) for kind in [*schema, *sorted({*counts} - {*schema})] if kind in counts]
        families = [schema[kind].family for kind, _ in kinds if kind in schema]
        at = datetime.fromtimestamp(about.moment, UTC)
        words = readme(plain(about.tenant), f"{at:%Y-%m-%d %H:%M:%S} UTC", kinds, scopes_of(families))
        archive.add("README.txt", [words.replace("\n", "\r\n")])
        manifest = {
            "version": _VERSION,
            "tenant": about.tenant,
            "directory": about.directory,
            "snapshot": about.snapshot,
            "taken": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "objects": sum(counts.values()),
            "kinds": dict(kinds),
            "files": archive.files,
            "risks": [{"code": one.code, "what": risk_words(one)[0]} for one in script.risks],
            "left_out": [_left_out(one) for one in script.left_out],
        }
        archive.add("manifest.json", [_json(manifest)])
    return sum(counts.values())


def _object_text(one: DirectoryObject) -> str:
    whole: dict[str, Any] = {
        "kind": one.kind,
        "id": one.id,
        "name": one.name,
        "properties": one.properties,
        "links": [
            {
                name: value
                for name in ("relation", "id", "detail", "kind", "name", "via")
                if (value := getattr(link, name))
            }
            for link in one.links
        ],
    }
    return _json({**whole, "unread": list(one.unread)} if one.unread else whole)


def _left_out(one: LeftOut) -> Mapping[str, Any]:
    told = {"key": one.key, "name": one.name, "code": one.code, "why": left_out_words(one)}
    return {**told, "facts": dict(one.facts)} if one.facts else told


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _with_mark(pieces: Iterable[str]) -> Iterator[str]:
    """Windows PowerShell takes a script without a mark for one in the system's own code page."""
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"
    yield from pieces


def _chunks(pieces: Iterable[str]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece.encode("utf-8", "backslashreplace")


@contextmanager
def _replacing(file: Path) -> Iterator[IO[bytes]]:
    """A file for this user's eyes only, put in the place of another once it is whole. Raises Misconfigured."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(part, flags, 0o600), "wb") as out:
            yield out
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Misconfigured(str(error), what=f"{file}: {error.strerror or error}") from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
