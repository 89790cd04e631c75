"""HTML of strangers made safe to look at: nothing in it runs, and nothing in it is loaded from anywhere."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

import nh3

from saasbackup_desktop.providers.formats.html_text import html_to_text

LONGEST: Final = 2 << 20
"""Characters of HTML that are shown; what follows is cut off."""

DEEPEST: Final = 1_000
"""Elements within one another; HTML that goes deeper is shown as plain text, for sanitising it takes too long."""

_TAGS: Final = {
    *("a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center"),
    *("cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font"),
    *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark"),
    *("nav", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr"),
}
_REMOVED_WHOLE: Final = {
    *("applet", "audio", "canvas", "embed", "frame", "frameset", "head", "iframe", "math", "noembed", "noframes"),
    *("noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title", "video", "xml"),
}
_LOADING: Final = frozenset({"background", "srcset", "poster", "lowsrc", "dynsrc", "longdesc", "data", "cite", "ping"})
"""Attributes that make a program load something: let in only to be counted and thrown out."""

_PLAIN: Final = {"style", "align", "valign", "bgcolor", "dir", "lang", "title", "width", "height"}
_ATTRIBUTES: Final = {
    "*": _PLAIN | _LOADING,
    "a": {"href", "name"},
    "col": {"span"},
    "font": {"color", "face", "size"},
    "img": {"src", "alt", "border"},
    "li": {"value"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap"},
}
_STYLES: Final = frozenset(
    {
        *("background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left"),
        *("border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "direction"),
        *("display", "font", "font-family", "font-size", "font-style", "font-variant", "font-weight", "height"),
        *("letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom", "margin-left"),
        *("margin-right", "margin-top", "max-width", "min-width", "padding", "padding-bottom", "padding-left"),
        *("padding-right", "padding-top", "text-align", "text-decoration", "text-indent", "text-transform"),
        *("vertical-align", "white-space", "width", "word-break", "word-wrap", "background"),
    }
)
_STYLE_VALUE: Final = re.compile(r"""[\w\s.,%#+'"!-]*(?:rgba?\([\d\s.,%/]*\)[\w\s.,%#+'"!-]*)*""")
"""What a style may say: names, numbers and colours. No other function, no address, no escape."""

_REMOTE_STYLE: Final = re.compile(r"url\s*\(|image-set\s*\(|@import|\\", re.I)
_RASTER: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]+", re.I)
_LINK: Final = re.compile(r"(?:https?|mailto|tel):", re.I)
_REMOTE_ELEMENT: Final = re.compile(
    r"<(?:link|iframe|frame|embed|object|video|audio|source|track|script|image|use|feimage|input|base|applet)\b"
    r"[^<>]*?(?:src|href|data|poster|code|archive)\s*=",
    re.I,
)
_STYLE_BLOCK: Final = re.compile(r"<style\b[^<>]*>(.*?)(?:</style|\Z)", re.I | re.S)
_OPENED_OR_CLOSED: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEEDS_NO_END: Final = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
        *("p", "li", "td", "th", "tr", "dd", "dt", "option", "tbody", "thead", "tfoot"),
    }
)


@dataclass(slots=True)
class SafeHtml:
    """What is left, and what became of the rest."""

    html: str
    blocked: int
    """Remote pictures and the like that were taken out."""
    shown: set[str] = field(default_factory=set)
    """Content ids of the pictures that are shown in it."""
    problems: list[str] = field(default_factory=list)
    """Codes: ``malformed``, ``truncated``."""


def escape_text(text: str) -> str:
    """Show plain text as it is."""
    return f'<div style="white-space: pre-wrap">{html.escape(text)}</div>'


def sanitise(page: str, pictures: Mapping[str, str]) -> SafeHtml:
    """Let through what cannot harm. ``pictures`` are ``data:`` addresses by content id."""
    result = SafeHtml("", 0)
    if len(page) > LONGEST:
        page = page[:LONGEST]
        result.problems.append("truncated")
    if _depth(page) > DEEPEST:
        result.problems.append("malformed")
        result.html = escape_text(html_to_text(page))
        return result
    result.blocked += len(_REMOTE_ELEMENT.findall(page))
    result.blocked += sum(len(_REMOTE_STYLE.findall(block)) for block in _STYLE_BLOCK.findall(page))

    def judge(element: str, attribute: str, value: str) -> str | None:
        if attribute in _LOADING:
            result.blocked += bool(value.strip())
            return None
        if attribute == "src":
            return _picture(value.strip(), pictures, result)
        if attribute == "href":
            return value if _LINK.match(value.strip()) else None
        if attribute == "style":
            result.blocked += len(_REMOTE_STYLE.findall(value))
            return _style(value)
        return value

    result.html = nh3.clean(
        page,
        tags=_TAGS,
        clean_content_tags=_REMOVED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=judge,
        url_schemes={"http", "https", "mailto", "tel", "data", "cid"},
        url_relative="deny",
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return result


def _picture(address: str, pictures: Mapping[str, str], result: SafeHtml) -> str | None:
    """Say where a picture is: in the message or nowhere."""
    if address[:4].lower() == "cid:":
        id = unquote(address[4:])
        if id in pictures:
            result.shown.add(id)
            return pictures[id]
        return None
    if _RASTER.fullmatch(address):
        return address
    result.blocked += bool(address)
    return None


def _style(value: str) -> str | None:
    """Keep the declarations that are known to be harmless."""
    kept = []
    for declaration in value.split(";"):
        name, _, said = declaration.partition(":")
        name = name.strip().lower()
        if name in _STYLES and _STYLE_VALUE.fullmatch(said):
            kept.append(f"{name}:{said.strip()}")
    return ";".join(kept) or None


def _depth(page: str) -> int:
    """Estimate how deep elements lie within one another."""
    depth = deepest = 0
    for closing, name in _OPENED_OR_CLOSED.findall(page):
        if name.lower() in _NEEDS_NO_END:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest
