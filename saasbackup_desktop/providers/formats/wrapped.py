"""Messages with what Outlook wrapped up (``winmail.dat``) put in its place, for whoever shows or converts them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from saasbackup_desktop.providers.formats.parts import Part
from saasbackup_desktop.providers.formats.tnef import Wrapped, unwrapped

_KINDS: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_NAME: Final = "winmail.dat"
_RICH: Final = "message.rtf"
"""What a text is called that only rich text tells as it looks."""


def is_wrapped(part: Part) -> bool:
    """Whether a part is something that Outlook wrapped up."""
    return not part.parts and (part.media_type in _KINDS or part.name.lower() == _NAME)


def opened(message: Part) -> Part:
    """Put files and texts in the place of what they were wrapped up in, which stays beside them if it holds more."""
    if not any(map(is_wrapped, message.leaves())):
        return message
    texts = [leaf for leaf in message.leaves() if leaf.is_text and leaf.content(1).strip()]
    if is_wrapped(message):
        parts = list(_in_place(message, texts)) or [_text("plain", "")]
        return message if parts == [message] else replace(message, media_type="multipart/mixed", name="", parts=parts)
    return _with_opened(message, texts)


def _with_opened(part: Part, texts: list[Part]) -> Part:
    found: list[Part] = []
    for inner in part.parts:
        if not is_wrapped(inner):
            found.append(_with_opened(inner, texts) if inner.parts else inner)
            continue
        for one in _in_place(inner, texts):
            plain = next((at for at, beside in enumerate(found) if beside in texts), None)
            if one.media_type == "text/html" and one.disposition == "inline" and plain is not None:
                found[plain] = _joined("alternative", found[plain], one)
            else:
                found.append(one)
    return replace(part, parts=found or [_text("plain", "")])


def _in_place(part: Part, texts: list[Part]) -> Iterator[Part]:
    """What comes in the place of a part: a text that is not there yet, files, and itself if there is more in it."""
    found = unwrapped(part.content())
    if found is None:
        yield part
        return
    yield from _texts(found, texts)
    for file in found.files:
        fields = {"content-id": f"<{file.content_id}>".encode("utf-8", "replace")} if file.content_id else {}
        kind = file.media_type.lower() if "/" in file.media_type else "application/octet-stream"
        made = _made(kind, file.data, file.name)
        made.fields.update(fields)
        yield made
    if not found.is_all:
        yield part


def _texts(found: Wrapped, texts: list[Part]) -> Iterator[Part]:
    has_html = any(text.media_type == "text/html" for text in texts)
    if found.html and not has_html:
        yield _text("html", found.html)
    elif found.text and not texts:
        yield _text("plain", found.text)
    if found.rich and not has_html:
        yield _made("text/rtf", found.rich, _RICH)


def _text(kind: str, text: str) -> Part:
    made = _made(f"text/{kind}", text.encode("utf-8", "replace"), "")
    made.parameters["charset"] = "utf-8"
    made.disposition = "inline"
    return made


def _made(media_type: str, data: bytes, name: str) -> Part:
    return Part(data, 0, len(data), {}, media_type, {}, "attachment", name)


def _joined(kind: str, *parts: Part) -> Part:
    return Part(b"", 0, 0, {}, f"multipart/{kind}", {}, "", "", list(parts))
