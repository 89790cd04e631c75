"""Several items of one name (UID) in one calendar: all but the first get names of their own, for programs take what has
one name for one thing. What an item was called stands beside it, and is read again.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.content_lines import Line, Span, escaped, written
from saasbackup_desktop.providers.formats.graph.plain import line as one_line

WAS: Final = "X-SAASBACKUP-WAS-"
"""Before a line as it was; the line that took its place stands above it."""
WAS_NOT: Final = "X-SAASBACKUP-WAS-NOT"
"""Names a property that was not there: the line that says it stands above."""
_UID: Final = "UID"
_STAMP: Final = "DTSTAMP"
NEVER: Final = "19700101T000000Z"
"""When something was written of which nobody knows."""
_SPACE: Final = uuid.UUID("6f1d7d0e-0b53-5c0a-9f0e-3d3a5f0d3c55")
_NAMING: Final = re.compile(
    rb"^(?:UID|RELATED-TO)(?:[;:]|\r?\n[ \t])[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n?", re.I | re.M
)
_MARKED: Final = re.compile(rb"^X-SAASBACKUP-WAS-[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n?", re.I | re.M)
_NAMED: Final = re.compile(rb"^UID(?:[;:]|\r?\n[ \t])[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n?", re.I | re.M)
_FOLD: Final = re.compile(rb"\r?\n[ \t]")

Said = tuple[str, str | None]
"""What a component is called, and which occurrence of what is called so it is; None: it is no occurrence."""


class Names:
    """What is in a calendar already."""

    def __init__(self) -> None:
        self._whole: set[int] = set()
        self._above: set[int] = set()
        """Series that single occurrences are of, without lying in them."""
        self._single: set[int] = set()

    def clear(self) -> None:
        """Begin another calendar."""
        for held in (self._whole, self._above, self._single):
            held.clear()

    def take(self, said: Sequence[Said], id: str) -> Mapping[str, str]:
        """Note the components of an item; gives new names for those that cannot have theirs.

        ``id``: what tells the item from all others, so that it gets the same name in each export.
        """
        anew: dict[str, str] = {}
        for name in dict.fromkeys(name for name, _ in said):
            occurrences = [when for one, when in said if one == name]
            single = [] if None in occurrences else [hash((name, when)) for when in occurrences]
            if self._is_taken(name, single):
                anew[name] = fresh(name, id)
            own = hash(anew.get(name, name))
            (self._above if single else self._whole).add(own)
            self._single.update(single if name not in anew else ())
        return anew

    def _is_taken(self, name: str, single: Sequence[int]) -> bool:
        own = hash(name)
        if not name or own in self._whole:
            return True
        return any(one in self._single for one in single) if single else own in self._above


def fresh(name: str, id: str) -> str:
    """A name that nothing else has."""
    return str(uuid.uuid5(_SPACE, f"{id}\n{name}".encode("utf-8", "replace").decode()))


def names_in(data: bytes) -> Iterator[Said]:
    """What the components of a text are called."""
    for span in content_lines.spans(data):
        said = content_lines.head(data, span)
        line = said.first("RECURRENCE-ID")
        yield _name(said.first(_UID)), line.value.strip() if line is not None else None


def renamed(data: bytes, names: Mapping[str, str]) -> bytes:
    """Call components that stand behind one another otherwise, and what is related to them; say of each when it was
    written, for all must say so.
    """

    def anew(stretch: bytes) -> bytes:
        return _NAMING.sub(lambda found: _replaced(found[0], names), stretch)

    def begun(span: Span) -> bytes:
        head = content_lines.head(data, span)
        stamp = b"" if head.first(_STAMP) is not None else written(_STAMP, NEVER) + written(WAS_NOT, _STAMP)
        if "" not in names or head.first(_UID) is not None:
            return stamp
        said = hashlib.sha256(data[span.start : span.end]).hexdigest()  # what says the same is the same
        return written(_UID, fresh(names[""], said)) + written(WAS_NOT, _UID) + stamp

    return _changed(data, anew, begun)


def is_renamed(data: bytes) -> bool:
    """Whether something in a text is not called what it was called."""
    return _MARKED.search(data) is not None


def restored(data: bytes) -> bytes:
    """Components as they were before ``renamed``."""
    return _changed(data, _as_it_was, lambda _span: b"")


def _changed(data: bytes, change: Callable[[bytes], bytes], begun: Callable[[Span], bytes]) -> bytes:
    """Components with their own lines changed, and lines put in behind their first; what lies in them stays."""
    pieces, place = [], 0
    for span in content_lines.spans(data):
        begin = data.find(b"\n", span.start, span.end) + 1 or span.end
        pieces += [data[place:begin], begun(span)]
        place = begin
        for one in span.inner:
            pieces += [change(data[place : one.start]), data[one.start : one.end]]
            place = one.end
        pieces.append(change(data[place : span.end]))
        place = span.end
    return b"".join((*pieces, data[place:]))


def _replaced(raw: bytes, names: Mapping[str, str]) -> bytes:
    line = _parsed(raw)
    new = names.get(_name(line)) if line is not None else None
    if line is None or new is None or not (_name(line) or line.name == _UID):
        return raw
    parameters = {name: list(values) for name, values in line.parameters.items()}
    return written(line.name, escaped(new), parameters) + WAS.encode() + raw


def _as_it_was(stretch: bytes) -> bytes:
    kept = b""
    place = 0
    for found in _MARKED.finditer(stretch):
        kept += stretch[place : found.start()]
        place = found.end()
        marked = _parsed(found[0])
        if marked is not None and marked.name == WAS_NOT:
            kept = _without(kept, marked.text.strip().upper())
        else:
            raw = found[0][len(WAS) :]
            kept = _without(kept, _name_of(raw)) + raw
    return kept + stretch[place:]


def _without(text: bytes, name: str) -> bytes:
    """A text without the line that took the place of another one: its last; a UID there is only one of."""
    start = text.rstrip(b"\r\n").rfind(b"\n") + 1
    while start and text[start : start + 1] in (b" ", b"\t"):
        start = text.rfind(b"\n", 0, start - 1) + 1
    if _name_of(text[start:]) == name:
        return text[:start]
    return _NAMED.sub(b"", text) if name == _UID else text


def _name_of(raw: bytes) -> str:
    line = _parsed(raw)
    return line.name if line is not None else ""


def _parsed(raw: bytes) -> Line | None:
    return content_lines.parsed(_FOLD.sub(b"", raw).rstrip(b"\r\n"))


def _name(line: Line | None) -> str:
    return one_line(line.text) if line is not None else ""
