"""Texts: as they are read, and in HTML where a program wrote them in HTML, too."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from saasbackup_desktop.providers.formats.content_lines import Component
from saasbackup_desktop.providers.formats.html_text import html_to_text

_PREVIEW: Final = 255
_HTML: Final = re.compile(r"data:text/html[^,]*,", re.I)
HANDLED: Final = frozenset({"DESCRIPTION", "X-ALT-DESC", "STYLED-DESCRIPTION"})


def body(component: Component) -> dict[str, str]:
    """An ``itemBody``."""
    for line in (*component.all("X-ALT-DESC"), *component.all("STYLED-DESCRIPTION")):
        if line.parameter("FMTTYPE").lower() == "text/html" and line.text.strip():
            return {"contentType": "html", "content": line.text}
    plain = component.all("DESCRIPTION")
    for line in plain:
        found = _HTML.match(line.parameter("ALTREP"))
        if found is not None:
            rest = line.parameter("ALTREP")[found.end() :]
            return {"contentType": "html", "content": unquote_to_bytes(rest).decode("utf-8", "replace")}
    return {"contentType": "text", "content": "\n\n".join(line.text for line in plain if line.text.strip())}


def preview(kept: dict[str, str]) -> str:
    """The beginning of a text."""
    content = kept["content"]
    return (html_to_text(content) if kept["contentType"] == "html" else content).strip()[:_PREVIEW]
