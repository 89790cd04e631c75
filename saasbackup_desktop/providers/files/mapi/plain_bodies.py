"""Texts as Graph tells them, in the form that Outlook keeps."""

import re
from typing import Any, Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.bodies import PLAIN, RICH, UTF_8
from saasbackup_desktop.providers.files.mapi.subjects import LONGEST
from saasbackup_desktop.providers.files.pst.model import Tag, Value
from saasbackup_desktop.providers.formats.graph.plain import inner, line, text
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.formats.outlook_texts import as_utf_8, with_crlf

_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f]+")


def one_line(value: Any) -> str:
    """A text on one line, with blanks as they are."""
    return _BREAKS.sub(" ", text(value)).strip()


def subject_of(value: Any, lost: list[str]) -> str:
    """A title, as long as such a file can hold it."""
    said = one_line(value)
    if len(said) > LONGEST:
        lost.append(losses.SUBJECT_CUT)
    return said[:LONGEST]


def plain_body(value: Any) -> dict[Tag, Value]:
    """Write an ``itemBody``, or a plain text; empty ones are left out."""
    if isinstance(value, str):
        return _plain(value)
    said = inner({"_": value}, "_")
    if line(said.get("contentType")).lower() == "html":
        return _rich(text(said.get("content")).replace("\0", ""))
    return _plain(text(said.get("content")))


def _plain(content: str) -> dict[Tag, Value]:
    content = content.replace("\0", "")
    if not content:
        return {}
    return {tags.BODY: with_crlf(content), tags.NATIVE_BODY: PLAIN, tags.CODE_PAGE: UTF_8}


def _rich(content: str) -> dict[Tag, Value]:
    if not content:
        return {}
    found: dict[Tag, Value] = {
        tags.HTML: as_utf_8(content).encode("utf-8", "replace"),
        tags.NATIVE_BODY: RICH,
        tags.CODE_PAGE: UTF_8,
    }
    if said := html_to_text(content):
        found[tags.BODY] = with_crlf(said)
    return found
