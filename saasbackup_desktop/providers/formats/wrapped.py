"""Messages with what Outlook wrapped up (``winmail.dat``) put in its place, for whoever shows or converts them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.formats.outlook_texts import as_utf_8
from saasbackup_desktop.providers.formats.parts import Part
from saasbackup_desktop.providers.formats.tnef import Wrapped, unwrapped

_KINDS: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_NAME: Final = "winmail.dat"
_RICH: Final = "message.rtf"
"""What a text is called that only rich text tells as it looks."""
_LONG_ENOUGH: Final = 40
"""Characters of a text that is not in another one by chance."""
_WORD: Final = re.compile(r"\w+")
_ADDRESS: Final = re.compile(r"<(?:https?:|mailto:|cid:|ftp:|file:|tel:)[^<>]{0,4000}>|\[cid:[^\[\]]{0,400}\]", re.I)
"""How plain texts write where a link leads, and which picture stood there."""


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
    beside: list[Part] = []  # what is no other form of the texts
    for inner in part.parts:
        if not is_wrapped(inner):
            found.append(_with_opened(inner, texts) if inner.parts else inner)
            continue
        for one in _in_place(inner, texts):
            plain = next((at for at, text in enumerate(found) if text in texts and _is_form_of(text, one)), None)
            if plain is not None:
                found[plain] = _joined("alternative", found[plain], one)
            elif part.media_type == "multipart/alternative":
                beside.append(one)
            else:
                found.append(one)
    if not beside:
        return replace(part, parts=found or [_text("plain", "")])
    rest = [_joined("alternative", *found)] if found else []
    return replace(part, media_type="multipart/mixed", parts=[*rest, *beside])


def _is_form_of(plain: Part, one: Part) -> bool:
    """Whether an HTML that was wrapped up says all that a plain text says, so that it can be shown in its place."""
    if (plain.media_type, one.media_type, one.disposition) != ("text/plain", "text/html", "inline"):
        return False
    return _is_like(plain.text(), html_to_text(one.text()))


def _in_place(part: Part, texts: list[Part]) -> Iterator[Part]:
    """What comes in the place of a part: a text that is not there yet, files, and itself if there is more in it."""
    found = unwrapped(part.content())
    if found is None:
        yield part
        return
    missing, is_all = _texts(found, texts)
    yield from missing
    for file in found.files:
        fields = {"content-id": f"<{file.content_id}>".encode("utf-8", "replace")} if file.content_id else {}
        kind = file.media_type.lower() if "/" in file.media_type else "application/octet-stream"
        made = _made(kind, file.data, file.name)
        made.fields.update(fields)
        yield made
    if not (found.is_all and is_all):
        yield part


def _texts(found: Wrapped, texts: list[Part]) -> tuple[list[Part], bool]:
    """The texts that are not there yet, and whether nothing is missing then."""
    if not (found.html or found.text.strip() or found.rich):
        return [], True
    pages = [text.text() for text in texts if text.media_type == "text/html"]
    words = [html_to_text(page) for page in pages]
    missing: list[Part] = []
    is_all = True
    if found.html:
        said = html_to_text(found.html)
        if not any(_even(as_utf_8(page)) == _even(found.html) for page in pages):
            if any(_is_told(said, there) for there in words):
                is_all = False  # the words are there, and not how they look
            else:
                missing.append(_text("html", found.html))
        is_all = is_all and _is_like(found.text, said)
    elif found.text.strip():
        words += [text.text() for text in texts if text.media_type != "text/html"]
        if not any(_is_told(found.text, there) for there in words):
            in_file = found.rich and Counter(found.text.split()) <= Counter(" ".join(words).split())
            if not in_file:
                missing.append(_text("plain", found.text))
    if found.rich:
        missing.append(_made("text/rtf", found.rich, _RICH))
    return missing, is_all


def _is_told(said: str, there: str) -> bool:
    """Whether a text is a text that is there, or lies in it; what is short may be in any text by chance."""
    ours, theirs = _even(said), _even(there)
    if not ours or ours == theirs:
        return bool(ours)
    return len(ours) >= _LONG_ENOUGH and _lie_in(map(_even, said.splitlines()), theirs)


def _is_like(said: str, there: str) -> bool:
    """Whether the words of each line stand in another form of a text, in order; addresses of links may be missing."""
    bare, bare_there = _ADDRESS.sub(" ", said), _ADDRESS.sub(" ", there)
    for ours, theirs in ((said, there), (bare, there), (bare, bare_there)):
        if _lie_in((" ".join(_WORD.findall(line)) for line in ours.splitlines()), " ".join(_WORD.findall(theirs))):
            return True
    return False


def _lie_in(lines: Iterable[str], text: str) -> bool:
    text, at = f" {text} ", 0
    for line in filter(None, lines):
        at = text.find(f" {line} ", at)
        if at < 0:
            return False
        at += len(line) + 1
    return True


def _even(text: str) -> str:
    return " ".join(text.split())


def _text(kind: str, text: str) -> Part:
    made = _made(f"text/{kind}", text.encode("utf-8", "replace"), "")
    made.parameters["charset"] = "utf-8"
    made.disposition = "inline"
    return made


def _made(media_type: str, data: bytes, name: str) -> Part:
    return Part(data, 0, len(data), {}, media_type, {}, "attachment", name)


def _joined(kind: str, *parts: Part) -> Part:
    return Part(b"", 0, 0, {}, f"multipart/{kind}", {}, "", "", list(parts))
