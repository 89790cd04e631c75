"""What events, tasks and notes have alike, written."""

import io
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.aside import aside
from saasbackup_desktop.providers.formats.content_lines import Component, escaped
from saasbackup_desktop.providers.formats.graph.plain import inner, line, lines, text
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.formats.ical.twins import NEVER
from saasbackup_desktop.providers.formats.ical.writing import losses
from saasbackup_desktop.providers.formats.ical.writing.lines import Sheet, moment_of, stamp

_LEVELS: Final = {"high": ("1", "2"), "low": ("9", "0")}


def write_common(sheet: Sheet, plain: Mapping[str, Any], *, title: str) -> None:
    """Write title, text, categories, importance, and when it was made and changed."""
    sheet.tell("SUMMARY", plain.get(title))
    write_body(sheet, plain)
    if categories := lines(plain.get("categories")):
        sheet.say("CATEGORIES", ",".join(map(escaped, categories)))
    if level := _LEVELS.get(line(plain.get("importance")).lower()):
        sheet.say("PRIORITY", level[0])
        sheet.say("X-MICROSOFT-CDO-IMPORTANCE", level[1])
    made, changed = moment_of(plain.get("createdDateTime")), moment_of(plain.get("lastModifiedDateTime"))
    known = changed or made
    sheet.say("DTSTAMP", stamp(known) if known is not None else NEVER)
    if made is not None:
        sheet.say("CREATED", stamp(made))
    if changed is not None:
        sheet.say("LAST-MODIFIED", stamp(changed))


def write_body(sheet: Sheet, plain: Mapping[str, Any]) -> None:
    """Write a text; one in HTML in both ways."""
    body = inner(plain, "body")
    content = text(body.get("content"))
    if line(body.get("contentType")).lower() == "html":
        sheet.tell("DESCRIPTION", html_to_text(content))
        if content.strip():
            sheet.tell("X-ALT-DESC", content, {"FMTTYPE": "text/html"})
    else:
        sheet.tell("DESCRIPTION", content)


def read_back(kind: str, write: Callable[[Sheet], None]) -> Component:
    """What a component says that is written like this."""
    sink = io.BytesIO()
    sheet = Sheet(sink)
    sheet.begin(kind)
    write(sheet)
    sheet.end(kind)
    data = sink.getvalue()
    return content_lines.component(data, content_lines.spans(data)[0])


def write_aside(
    sheet: Sheet,
    plain: Mapping[str, Any],
    back: Mapping[str, Any],
    silent: Collection[str],
    passing: Collection[str] = (),
) -> None:
    """Write what is not said otherwise; what matters to people is listed."""
    for name, value in aside(plain, back, passing):
        sheet.aside(name, value)
        if name not in silent:
            sheet.lost.append(losses.aside(name))
