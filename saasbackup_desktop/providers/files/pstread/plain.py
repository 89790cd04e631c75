"""What all kinds of items have alike, as Graph tells of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.providers.files.pstcheck import Unreadable
from saasbackup_desktop.providers.files.pstread import losses
from saasbackup_desktop.providers.files.pstread.attachments import Attached
from saasbackup_desktop.providers.files.pstread.mail import CREATED, MODIFIED, mail_of, moment_of
from saasbackup_desktop.providers.files.pstread.objects import Message, Said
from saasbackup_desktop.providers.files.pstread.states import KEYWORDS
from saasbackup_desktop.providers.files.pstread.texts import texts_of
from saasbackup_desktop.providers.formats.graph.values import ATTACHMENT
from saasbackup_desktop.providers.formats.html_text import html_to_text

_IMPORTANCE: Final = 0x0017
_WEIGHTS: Final = {0: "low", 2: "high"}
_SEARCH_KEY: Final = 0x300B
_PREVIEW: Final = 255

Plain = dict[str, Any]


@dataclass(slots=True)
class Kept:
    """An item in the vault's form."""

    plain: Plain
    name: str
    identity: str
    time: int | None = None
    parts: dict[str, bytes] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return codec.dumps(self.plain).encode("utf-8", "surrogatepass")


def id_of(kind: str, identity: str) -> str:
    """Make an item's id of what tells it from others."""
    return hashlib.sha256(f"{kind}\n{identity}".encode("utf-8", "replace")).hexdigest()[:32]


def common_of(said: Said) -> Plain:
    """Categories, importance, and when it was made and changed."""
    weight = said.number(_IMPORTANCE)
    found: Plain = {
        "importance": _WEIGHTS.get(1 if weight is None else weight, "normal"),
        "categories": said.texts(KEYWORDS),
    }
    return found | made_of(said)


def made_of(said: Said) -> Plain:
    """When it was made, and changed since."""
    created, changed = moment_of(said, CREATED), moment_of(said, MODIFIED)
    found: Plain = {}
    if created is not None:
        found["createdDateTime"] = iso(created)
    if changed is not None and changed != created:
        found["lastModifiedDateTime"] = iso(changed)
    return found


def identity_of(said: Said, plain: Plain) -> str:
    """What tells an item from others, wherever it is copied to: its search key, else all that it says."""
    return said.data(_SEARCH_KEY).hex() or hashlib.sha256(codec.dumps(plain).encode("utf-8", "replace")).hexdigest()


def body_of(said: Said) -> dict[str, str]:
    """An ``itemBody``."""
    shown = texts_of(said)
    if shown.rich:
        said.lost.append(losses.RICH_TEXT)
    if shown.html:
        return {"contentType": "html", "content": shown.html}
    return {"contentType": "text", "content": shown.plain.replace("\r\n", "\n")}


def preview(kept: Mapping[str, str]) -> str:
    """The beginning of a text."""
    content = kept["content"]
    return (html_to_text(content) if kept["contentType"] == "html" else content).strip()[:_PREVIEW]


def files_of(
    attached: Sequence[Attached], prefix: str, parts: dict[str, bytes], lost: list[str], kind: str = "fileAttachment"
) -> list[Plain]:
    """What is attached; the bytes go to ``parts``, ``prefix`` begins their ids."""
    found = []
    for number, one in enumerate(attached, 1):
        id = f"{prefix}{number}"
        data, name, media_type = one.data, one.name, one.media_type
        if one.link:
            found.append(_link(one, id))
            continue
        if one.message is not None:
            inner = _written(one.message, lost)
            if inner is None:
                continue
            data, name = inner, f"{name or 'message'}.eml"
        plain: Plain = {
            "@odata.type": f"#microsoft.graph.{kind}",
            "id": id,
            "name": name or f"file-{number}",
            "contentType": media_type,
            "size": len(data),
            "isInline": one.is_shown,
        }
        if one.content_id:
            plain["contentId"] = one.content_id
        parts[ATTACHMENT + id] = data
        found.append(plain)
    return found


def _link(one: Attached, id: str) -> Plain:
    """A file that lies elsewhere."""
    return {
        "@odata.type": "#microsoft.graph.referenceAttachment",
        "id": id,
        "name": one.name or one.link,
        "contentType": one.media_type,
        "sourceUrl": one.link,
        "size": 0,
        "isInline": False,
    }


def _written(message: Message, lost: list[str]) -> bytes | None:
    try:
        return mail_of(message, Said(message, lost)).data
    except Unreadable:
        lost.append(losses.ATTACHMENT_DAMAGED)
        return None


def iso(moment: datetime) -> str:
    """As Graph writes moments that need no zone."""
    said = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{said}.{moment.microsecond:06}0Z" if moment.microsecond else f"{said}Z"


def placed(moment: datetime) -> dict[str, str]:
    """A moment in UTC, as Graph tells of it beside its zone."""
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}
