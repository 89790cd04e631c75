"""Which parts of a message are its text, and which are files in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.providers.files.mapi import losses
from saasbackup_desktop.providers.formats.parts import Part

MESSAGES: Final = frozenset({"message/rfc822", "message/global"})


@dataclass(slots=True)
class Layout:
    """What a message consists of."""

    plain: list[Part] = field(default_factory=list)
    """What is read as plain text, in order; HTML among it has no other form."""
    rich: list[Part] = field(default_factory=list)
    """What is read as HTML, in order; plain text among it has no other form."""
    files: list[Part] = field(default_factory=list)
    calendar: Part | None = None
    """The invitation, which is among the files too."""
    losses: list[str] = field(default_factory=list)

    def rest(self, other: "Layout") -> None:
        """Take what another one has beside text."""
        self.files += other.files
        self.calendar = self.calendar or other.calendar
        self.losses += other.losses


def layout_of(message: Part) -> Layout:
    """Sort the parts of a message."""
    layout = Layout()
    if not message.parts and _is_text_alone(message):
        layout.plain.append(message)
        layout.rich.append(message)
        if message.media_type.startswith("multipart/"):
            layout.losses.append(losses.PART_BROKEN)
        return layout
    _sort(message, layout)
    return layout


def is_html(part: Part) -> bool:
    """Whether a part is HTML."""
    return part.media_type in ("text/html", "application/xhtml+xml")


def _is_text_alone(message: Part) -> bool:
    """A message that consists of one text, whatever it is called; broken ones are shown as they are."""
    kind = message.media_type
    if message.disposition == "attachment":
        return False
    return kind in ("text/plain", "text/html", "text/enriched", "text/richtext") or kind.startswith("multipart/")


def _sort(part: Part, layout: Layout) -> None:
    if part.broken:
        layout.losses.append(losses.PART_BROKEN)
    if part.parts:
        if part.media_type == "multipart/alternative":
            _sort_alternatives(part, layout)
        elif part.media_type == "multipart/related":
            for inner in _root_first(part):
                _sort(inner, layout)
        else:
            for inner in part.parts:
                _sort(inner, layout)
    elif part.is_text:
        layout.plain.append(part)
        layout.rich.append(part)
    elif part.start < part.end or not part.broken:
        layout.files.append(part)
        if part.media_type == "text/calendar" and part.disposition != "attachment" and layout.calendar is None:
            layout.calendar = part


def _root_first(part: Part) -> Iterator[Part]:
    wanted = part.parameters.get("start", "").strip("<>")
    root = next((inner for inner in part.parts if wanted and inner.content_id == wanted), part.parts[0])
    yield root
    for inner in part.parts:
        if inner is not root:
            yield inner


def _sort_alternatives(part: Part, layout: Layout) -> None:
    """Of alternatives, take one as plain text and one as HTML; the other ones are files."""
    forms = []
    for inner in part.parts:
        form = Layout()
        _sort(inner, form)
        forms.append(form)
    rich = next((form for form in reversed(forms) if any(map(is_html, form.rich))), None)
    plain = next((form for form in forms if form.plain and not any(map(is_html, form.plain))), None)
    said = plain or rich or Layout()
    shown = rich or plain or Layout()
    layout.plain += said.plain
    layout.rich += shown.rich
    taken = {id(text) for text in (*said.plain, *shown.rich)}
    for form in forms:
        others = {id(text): text for text in (*form.plain, *form.rich) if id(text) not in taken}
        if others:
            layout.files += others.values()
            layout.losses.append(losses.ALTERNATIVE_AS_FILE)
        layout.rest(form)
