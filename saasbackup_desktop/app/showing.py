"""One item made safe to look at, whatever service it is of, and the files that belong to it."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final

from saasbackup_desktop.app import views
from saasbackup_desktop.app.card_page import page_of
from saasbackup_desktop.app.words.cards import SETTINGS
from saasbackup_desktop.core.errors import BodyDamaged, Misconfigured
from saasbackup_desktop.core.model import Body, Item, Service
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.providers.formats import preview as messages
from saasbackup_desktop.providers.formats.graph import reading
from saasbackup_desktop.providers.formats.graph.attached import unwrapped
from saasbackup_desktop.providers.formats.graph.card import Card, File
from saasbackup_desktop.providers.formats.graph.values import ATTACHMENT, PHOTO
from saasbackup_desktop.providers.formats.pictures import LARGEST_PICTURE, data_address, media_type

_LIES_THERE: Final = 1_000_000
"""Indices from here on are files that lie beside the item as they are; below are those within a message."""

_IS_TOLD: Final = 2_000_000
"""Indices from here on are files that lie beside the item within the JSON that Graph tells of them."""

_SMALL: Final = ("folders",)
"""Parts that say what a card leaves open."""

_CONTENT_ID: Final = re.compile(r"cid:([^\"'<>\s)]+)", re.I)


async def preview(bench: Bench, item: Item, service: Service) -> views.Preview:
    """An item made safe to look at. Raises BodyDamaged."""
    data = await _bytes(bench, item.body)
    if reading.is_mime(service, data):
        return await _message(bench, item, service, data)
    card = await bench.offload.on_disk(reading.card_of, service, data)
    small = {name: await _bytes(bench, item.parts[name]) for name in _SMALL if name in item.parts}
    card = reading.completed(service, card, item.facets, small)
    pictures = {id: await _picture(bench, item.parts[file.part]) for id, file in _inline(card, item.parts).items()}
    photo = await _picture(bench, item.parts[PHOTO]) if PHOTO in item.parts else ""
    page = await bench.offload.on_disk(page_of, card, {id: one for id, one in pictures.items() if one}, photo)
    shown = {file.part for id, file in _inline(card, item.parts).items() if id in page.shown}
    known = {file.part: file for file in card.files}
    return views.Preview(
        service=service,
        subject=card.title or SETTINGS.get(item.name, item.name),
        sender=item.facets.get("from", ""),
        recipients=item.facets.get("to", ""),
        copies="",
        date="",
        html=page.html,
        attachments=[
            one async for one in _offers(bench, item, service, known) if _part_at(item, one.index) not in shown
        ],
        blocked=page.blocked,
        problems=page.problems,
    )


async def attachment(bench: Bench, item: Item, index: int) -> bytes:
    """A file's bytes, by the index that its preview gave it. Raises BodyDamaged, Misconfigured."""
    try:
        if index < _LIES_THERE:
            return await bench.offload.on_disk(messages.attachment, await _bytes(bench, item.body), index)
        data = await _bytes(bench, item.parts[_part_at(item, index)])
    except IndexError:
        raise Misconfigured("no such attachment", what="unknown-attachment", name=str(index)) from None
    return unwrapped(data).data if index >= _IS_TOLD else data


async def part(bench: Bench, item: Item, name: str) -> bytes:
    """The bytes of something that lies beside the item. Raises BodyDamaged, Misconfigured if there is no such part."""
    if name not in item.parts:
        raise Misconfigured("no such part", what="unknown-attachment", name=name)
    return await _bytes(bench, item.parts[name])


async def _message(bench: Bench, item: Item, service: Service, data: bytes) -> views.Preview:
    shown = await bench.offload.on_disk(messages.preview, data)
    inside = [
        views.Attachment(index=one.index, name=one.name, media_type=one.media_type, size=one.size)
        for one in shown.attachments
    ]
    return views.Preview(
        service=service,
        subject=shown.subject,
        sender=shown.sender,
        recipients=shown.recipients,
        copies=shown.copies,
        date=shown.date,
        html=shown.html,
        attachments=[*inside, *[one async for one in _offers(bench, item, service, {})]],
        blocked=shown.blocked,
        problems=tuple(shown.problems),
    )


def _files(item: Item) -> list[str]:
    """Names of the parts that are offered for saving, always in one order."""
    return sorted(name for name in item.parts if name == PHOTO or name.startswith(ATTACHMENT))


def _part_at(item: Item, index: int) -> str:
    """The part of this index. Raises IndexError if there is none."""
    return _files(item)[index % _LIES_THERE]


async def _offers(
    bench: Bench, item: Item, service: Service, known: Mapping[str, File]
) -> AsyncIterator[views.Attachment]:
    for number, name in enumerate(_files(item)):
        body = item.parts[name]
        if name in known or name == PHOTO:
            kind = known[name].media_type if name in known else media_type(await _bytes(bench, body))
            called = known[name].name if name in known else f"{item.name}.{kind.rpartition('/')[2] or 'bin'}"
            index, size = _LIES_THERE + number, body.size
        elif service in (Service.MAIL, Service.NOTES):
            told = unwrapped(await _bytes(bench, body))
            called, kind = told.name, told.media_type
            index, size = _IS_TOLD + number, len(told.data)
        else:
            called, kind = "", ""
            index, size = _LIES_THERE + number, body.size
        yield views.Attachment(index=index, name=called or f"attachment-{number + 1}", media_type=kind, size=size)


def _inline(card: Card, parts: Mapping[str, Body]) -> dict[str, File]:
    """The pictures that the item's texts show, by what they call them: their content id, or a name before an ``@``."""
    wanted = {id for section in card.sections if section.is_html for id in _CONTENT_ID.findall(section.text)}
    found: dict[str, File] = {}
    for file in card.files:
        if file.part in parts and parts[file.part].size <= LARGEST_PICTURE:
            same = [id for id in wanted if id == file.content_id or (file.name and id.partition("@")[0] == file.name)]
            found.update(dict.fromkeys(same, file))
    return found


async def _picture(bench: Bench, body: Body) -> str:
    """A picture as a ``data:`` address; empty if it is none that is shown."""
    return data_address(await _bytes(bench, body)) if body.size <= LARGEST_PICTURE else ""


async def _bytes(bench: Bench, body: Body | None) -> bytes:
    if body is None:
        raise BodyDamaged("the item has no body")
    return await bench.offload.on_disk(bench.vault.read, body)
