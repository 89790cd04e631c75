"""Messages to write, and programs that others wrote to read them with."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.providers.files.pst.model import (
    Attachment,
    Message,
    Named,
    Properties,
    Recipient,
    Tag,
    Type,
    Value,
)
from saasbackup_desktop.providers.files.pst.names import PUBLIC_STRINGS
from saasbackup_desktop.providers.files.pst.split import PstWriter, Skipped, Written
from saasbackup_desktop.providers.files.pstcheck.check import check
from saasbackup_desktop.providers.files.pstcheck.findings import Weight

NODE = Path(__file__).resolve().parents[1] / ".tools" / "node" / "node_modules"
"""Where packages of npm's lie, once ``make test`` has installed them."""
WHEN = datetime(2024, 5, 6, 7, 8, 9, 123_456, tzinfo=UTC)
KEYWORDS = Tag(Named(PUBLIC_STRINGS, "Keywords"), Type.MANY_STRING)


def string(number: int) -> Tag:
    """A property that is a text."""
    return Tag(number, Type.STRING)


def integer(number: int) -> Tag:
    """A property that is a number."""
    return Tag(number, Type.INTEGER32)


def person(name: str, address: str, kind: int = 1) -> Recipient:
    """Somebody whom a message went to."""
    return Recipient(
        properties={
            integer(0x0C15): kind,
            string(0x3001): name,
            string(0x3002): "SMTP",
            string(0x3003): address,
            string(0x39FE): address,
        }
    )


def attached(
    name: str, content: bytes | Callable[[], Iterator[bytes]] | Message | None, size: int | None = None
) -> Attachment:
    """Something in a message."""
    return Attachment(properties={string(0x3704): name[:12], string(0x3707): name}, content=content, size=size)


def mail(subject: str, body: str = "Good day", **more: object) -> Message:
    """A mail."""
    extra = more.pop("properties", {})
    assert isinstance(extra, dict)
    properties: dict[Tag, Value] = {
        string(0x001A): "IPM.Note",
        string(0x0037): subject,
        Tag(0x0039, Type.TIME): WHEN,
        string(0x0042): "Anna",
        string(0x0065): "anna@example.org",
        string(0x0070): subject,
        string(0x007D): "From: anna@example.org\r\nMIME-Version: 1.0\r\n\r\n",
        string(0x0C1A): "Anna",
        string(0x0C1F): "anna@example.org",
        Tag(0x0E06, Type.TIME): WHEN,
        integer(0x0E07): 1,
        string(0x1000): body,
        **extra,
    }
    return Message(properties=properties, **more)  # type: ignore[arg-type]


def item(kind: str, subject: str, properties: Properties) -> Message:
    """An item of another class."""
    return Message(properties={string(0x001A): kind, string(0x0037): subject, **properties})


def write(path: Path, *messages: Message, folder: tuple[str, ...] = ("Inbox",)) -> list[Written | Skipped]:
    """Write messages into one folder of a file."""
    with PstWriter(path, "Test") as pst:
        place = pst.folder(folder, "IPF.Note")
        return [pst.add(place, message) for message in messages]


def sha256(data: bytes) -> str:
    """The hash of some bytes."""
    return hashlib.sha256(data).hexdigest()


def reader(name: str) -> str:
    """Find a program that reads such files; the test is skipped where it is not installed."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"READER MISSING: {name} is not installed (packaging/system-packages-test.txt); nothing was proven")
    return found


def pffexport(path: Path, folder: Path) -> Path:
    """Export everything by libpff's program; nothing may be an orphan or need to be recovered."""
    subprocess.run(
        [reader("pffexport"), "-q", "-m", "all", "-f", "all", "-t", folder / "out", path],
        check=True,
        capture_output=True,
    )
    for wrong in ("out.orphans", "out.recovered"):
        assert not list((folder / wrong).rglob("*")), wrong
    return folder / "out.export"


def readpst(path: Path, folder: Path) -> Path:
    """Export mail by libpst's program, one file for each; in one process, for it loses files otherwise."""
    place = folder / "readpst"
    place.mkdir()
    subprocess.run([reader("readpst"), "-j", "0", "-q", "-e", "-o", place, path], check=True, capture_output=True)
    return place


@contextmanager
def read_by_pypff(path: Path) -> Iterator[list[Any]]:
    """Messages of all folders, as libpff finds them."""
    reading = pytest.importorskip("pypff", reason="READER MISSING: libpff-python is not installed; nothing was proven")
    file = reading.file()
    file.open(str(path))
    try:
        assert file.number_of_orphan_items == 0
        found = []
        waiting = [file.get_root_folder()]
        while waiting:
            folder = waiting.pop()
            waiting.extend(folder.sub_folders)
            found.extend(folder.sub_messages)
        yield found
    finally:
        file.close()


def faults(path: Path) -> list[str]:
    """Faults that our own check finds."""
    return [f"{one.code} {one.place} {one.facts}" for one in check(path).findings if one.weight is Weight.FAULT]


_EXTRACT = """
const {PSTFile} = require('pst-extractor');
const found = [];
function walk(folder, path) {
  if (folder.contentCount > 0) {
    for (let one = folder.getNextChild(); one != null; one = folder.getNextChild()) {
      const files = [];
      for (let at = 0; at < one.numberOfAttachments; at++) {
        const file = one.getAttachment(at);
        files.push(file.longFilename + ' ' + file.filesize);
      }
      found.push([path.join('/'), one.messageClass, one.subject, one.body, files]);
    }
  }
  if (folder.hasSubfolders) {
    for (const below of folder.getSubFolders()) walk(below, [...path, below.displayName]);
  }
}
walk(new PSTFile(process.argv[1]).getRootFolder(), []);
console.log(JSON.stringify(found));
"""


def pst_extractor(path: Path) -> list[list[Any]]:
    """Read by the npm package: it alone finds items by the tables of folders."""
    if not (NODE / "pst-extractor").is_dir():
        pytest.skip("READER MISSING: .tools/node has no pst-extractor (make test installs it); nothing was proven")
    ran = subprocess.run(
        [reader("node"), "-e", _EXTRACT, path],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NODE_PATH": str(NODE)},
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert isinstance(found, list)
    return found
