"""Save what the vault holds to files on this computer."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import ItemRow
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import Item, Service, service_of

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_LONGEST = 120


def file_name(name: str, ending: str) -> str:
    """Make a file name of a subject: nothing in it leaves the folder or is refused by a system."""
    cleaned = _FORBIDDEN.sub(" ", name)
    cleaned = " ".join(cleaned.split()).strip(". ")[:_LONGEST].rstrip(". ")
    stem = cleaned or "message"
    return stem if ending and stem.lower().endswith(ending) else stem + ending


async def save_item(desk: Desk, item: Item, file: Path) -> None:
    """Write an item's original bytes; a file of that name is replaced once all bytes are there."""
    await _write(desk.read_pieces(item), file)


def ending_of(service: Service) -> str:
    """What files of a service's items end in: messages are kept as they came, all else as JSON."""
    return ".eml" if service is Service.MAIL else ".json"


async def save_items(desk: Desk, rows: Sequence[ItemRow], folder: Path) -> int:
    """Write each item as a file of its own, without replacing any; tell how many were written."""
    taken: set[str] = set()
    for row in rows:
        ending = ending_of(service_of(row.stream))
        plain = file_name(row.item.name, ending)
        name, again = plain, 1
        while name.casefold() in taken or (folder / name).exists():
            again += 1
            name = f"{plain.removesuffix(ending)} ({again}){ending}"
        taken.add(name.casefold())
        await save_item(desk, row.item, folder / name)
    return len(rows)


async def save_attachment(desk: Desk, item: Item, index: int, file: Path) -> None:
    """Write one attachment."""
    data = await desk.attachment(item, index)

    async def once() -> AsyncIterator[bytes]:
        yield data

    await _write(once(), file)


async def save_text(text: str, file: Path) -> int:
    """Write a text in UTF-8; tell how many bytes it is."""
    data = text.encode()

    async def once() -> AsyncIterator[bytes]:
        yield data

    await _write(once(), file)
    return len(data)


async def _write(pieces: AsyncIterator[bytes], file: Path) -> None:
    loop = asyncio.get_running_loop()
    part = file.with_name(f".{file.name}.part")
    try:
        out = await loop.run_in_executor(None, part.open, "wb")
        try:
            async for piece in pieces:
                await loop.run_in_executor(None, out.write, piece)
        finally:
            await loop.run_in_executor(None, out.close)
        await loop.run_in_executor(None, os.replace, part, file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Misconfigured(str(error), what=f"{file}: {error.strerror or error}") from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
