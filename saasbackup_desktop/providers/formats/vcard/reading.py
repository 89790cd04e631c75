"""Files of cards, read: contacts and groups as Graph would tell of them, each with its original text beside it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.content_lines import Component, Span
from saasbackup_desktop.providers.formats.graph.plain import line as one_line
from saasbackup_desktop.providers.formats.kept_text import text_in
from saasbackup_desktop.providers.formats.vcard import losses, people

ORIGINAL: Final = "original.vcf"
"""The part that keeps the text as it came."""
MEMBERS: Final = "members"
"""A contact that has this is a group: people by name and address, as in ``emailAddresses``."""
_GROUP: Final = frozenset({"VERSION", "PRODID", "UID", "N", "FN", "KIND", "X-ADDRESSBOOKSERVER-KIND", "REV", "NOTE"})
_MEMBER: Final = ("MEMBER", "X-ADDRESSBOOKSERVER-MEMBER")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One card."""

    uid: str
    """What tells it from the others, also when it has changed; without one, a digest of its text."""
    plain: Mapping[str, Any]
    """A contact as Graph tells of it; a group has ``members``."""
    parts: Mapping[str, bytes] = field(default_factory=dict)
    """``photo`` and ``original.vcf``."""
    lost: tuple[str, ...] = ()
    """Codes of what could not be kept."""


@dataclass(frozen=True, slots=True)
class Cards:
    """A file, before its cards are read."""

    count: int
    _data: bytes
    _spans: tuple[Span, ...]

    def items(self) -> Iterator[Read]:
        """Read one card after the other. Never raises."""
        known: dict[str, dict[str, str]] | None = None
        for span in self._spans:
            card = content_lines.component(self._data, span)
            if _is_group(card) and known is None:
                known = _addresses(self._data, self._spans)
            yield _read(self._data, span, card, known or {})


def read_cards(data: bytes) -> Cards | None:
    """Find the cards of a file; None if there are none."""
    data = content_lines.plain_bytes(data)
    found = tuple(one for one in content_lines.spans(data) if one.kind == "VCARD")
    return Cards(len(found), data, found) if found else None


def _read(data: bytes, span: Span, card: Component, known: Mapping[str, dict[str, str]]) -> Read:
    text = data[span.start : span.end]
    before = text_in(text)
    spans = content_lines.spans(before) if before is not None else []
    if before is not None and [one.kind for one in spans] == ["VCARD"]:
        return _read(before, spans[0], content_lines.component(before, spans[0]), known)
    uid = card.text("UID") or hashlib.sha256(text).hexdigest()
    id = hashlib.sha256(f"VCARD\n{uid}".encode("utf-8", "replace")).hexdigest()[:32]
    lost = [] if span.is_whole else [losses.TRUNCATED]
    parts: dict[str, bytes] = {}
    if _is_group(card):
        plain = _group(id, card, known, lost)
    else:
        plain = people.person(id, card, parts, lost)
        lost += [losses.named(losses.PROPERTY, "AGENT")] * bool(card.inner)
    parts[ORIGINAL] = text
    return Read(uid=uid, plain=plain, parts=parts, lost=tuple(dict.fromkeys(lost)))


def _is_group(card: Component) -> bool:
    said = card.text("KIND") or card.text("X-ADDRESSBOOKSERVER-KIND")
    return said.lower() == "group"


def _group(id: str, card: Component, known: Mapping[str, dict[str, str]], lost: list[str]) -> dict[str, Any]:
    """A group with its members: those that are cards of the same file by their names and addresses."""
    members = []
    for line in card.lines:
        if line.name not in _MEMBER or not line.value.strip():
            continue
        value = one_line(line.text)
        scheme, _, rest = value.partition(":")
        if scheme.lower() == "mailto":
            address = unquote(rest.partition("?")[0])
            members.append({"name": line.parameter("X-CN") or address, "address": address})
            continue
        found = known.get(_key(value))
        if found is None:
            lost.append(losses.MEMBERS)
        members.append(found or {"name": value, "address": ""})
    plain: dict[str, Any] = {
        "@odata.type": "#microsoft.graph.contact",
        "id": id,
        "displayName": people.names(card).get("displayName", ""),
        MEMBERS: members,
    }
    if notes := card.text("NOTE"):
        plain["personalNotes"] = notes
    people.leftover(card, {*_GROUP, *_MEMBER}, lost)
    return plain


def _addresses(data: bytes, spans: tuple[Span, ...]) -> dict[str, dict[str, str]]:
    """The cards of a file by what groups call them."""
    found = {}
    for span in spans:
        card = content_lines.head(data, span)
        if uid := card.text("UID"):
            name = people.names(card).get("displayName", "")
            found[_key(uid)] = {"name": name, "address": card.text("EMAIL").removeprefix("mailto:")}
    return found


def _key(value: str) -> str:
    return value.lower().removeprefix("urn:uuid:")
