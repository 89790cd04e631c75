"""Large messages on their way out of archives: handed on in pieces."""

import zipfile
from pathlib import Path

import pytest

from saasbackup_desktop.core.model import Item, Service
from saasbackup_desktop.core.ports import Known
from saasbackup_desktop.core.stream import Put
from saasbackup_desktop.providers.files.archives import source
from saasbackup_desktop.providers.files.archives.source import ArchiveSource

_SMALL = b"Subject: small\r\n\r\nx\r\n"
_LARGE = b"Subject: large\r\n\r\n" + b"text " * 10_000 + b"\r\n"


class _Nothing(Known):
    async def folders(self):  # type: ignore[no-untyped-def]
        return []

    async def items(self, ids):  # type: ignore[no-untyped-def]
        return {}


def _packed(place: Path) -> Path:
    with zipfile.ZipFile(file := place / "All.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("1.eml", _LARGE)
        packed.writestr("2.eml", _SMALL)
    return file


def _mailbox(place: Path) -> Path:
    line = b"From - Mon Jan  1 10:00:00 2024\r\n"
    (file := place / "All.mbox").write_bytes(line + _LARGE + b"\r\n" + line + _SMALL + b"\r\n")
    return file


@pytest.mark.parametrize("make", [_packed, _mailbox])
async def test_a_large_message_comes_in_pieces(make, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(source, "_LARGE", 20_000)
    monkeypatch.setattr(source, "_PIECE", 15_000)
    read = ArchiveSource([make(tmp_path)], Service.MAIL, tmp_path)
    fetched: list[bytes] = []
    try:
        changes = [one async for one in read.changes(None, _Nothing())]
        items = [one.node for one in changes if isinstance(one, Put) and isinstance(one.node, Item)]
        async for batch in read.fetch(items):
            for one in batch:
                if isinstance(one.data, bytes):
                    fetched.append(one.data)
                else:
                    pieces = [piece async for piece in one.data]
                    assert max(map(len, pieces)) == 15_000
                    fetched.append(b"".join(pieces))
    finally:
        await read.close()
    assert fetched == [_LARGE, _SMALL]
