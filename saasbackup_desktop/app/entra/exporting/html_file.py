"""A comparison as one HTML file that asks nobody for anything: no scripts, no pictures, all that strangers wrote
escaped.
"""

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Final

from saasbackup_desktop.app.entra.exporting.about import About
from saasbackup_desktop.app.words.entra import comparison as words
from saasbackup_desktop.app.words.entra.kinds import kind_words, one_words, path_words, relation_words
from saasbackup_desktop.app.words.entra.values import Span, changed_words, value_words
from saasbackup_desktop.core.directory.difference import AttributeChange, Change, ObjectDifference

MOST: Final = 20_000
"""Objects in one file: a browser shows no more of them in bearable time."""
_STYLE: Final = """
:root{color-scheme:light dark;--quiet:GrayText;--line:color-mix(in srgb,CanvasText 18%,Canvas);
--in:color-mix(in srgb,green 22%,Canvas);--out:color-mix(in srgb,red 20%,Canvas)}
body{font:0.9rem/1.45 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
dl{display:grid;grid-template-columns:max-content auto;gap:.2rem 1.5rem}dt{color:var(--quiet)}dd{margin:0}
table{border-collapse:collapse;width:100%;margin:.4rem 0 .8rem;table-layout:fixed}
th,td{border-bottom:thin solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top;
overflow-wrap:anywhere;white-space:pre-wrap}
th{font-weight:600}td.figure,th.figure{text-align:right}
details{border:thin solid var(--line);border-radius:.4rem;margin:.4rem 0;padding:.3rem .7rem;content-visibility:auto}
summary{cursor:pointer}.quiet{color:var(--quiet)}.note{border-left:.25rem solid var(--line);padding-left:.7rem}
ins{background:var(--in);text-decoration:none}del{background:var(--out);text-decoration:line-through}
.added>summary b::before{content:"+ "}.removed>summary b::before{content:"\\2212  "}
.changed>summary b::before{content:"\\2260  "}
@media print{details{break-inside:avoid}}
"""


class HtmlFile:
    """Writes it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._kind = ""
        self._left = MOST

    def begin(self, about: About) -> None:
        """Write head, facts and counts."""
        found = about.comparison
        name = html.escape(f"{words.TITLE}: {about.tenant}")
        self._write(
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            '<meta name="viewport" content="width=device-width">'
            f"<title>{name}</title><style>{_STYLE}</style></head>\n<body><h1>{html.escape(words.TITLE)}</h1>\n<dl>"
        )
        heads = words.heads(about.tenant, about.directory, about.old, about.new, about.made, about.by)
        self._write(
            "".join(f"<dt>{html.escape(label)}</dt><dd>{html.escape(said)}</dd>" for label, said in heads if said)
        )
        self._write("</dl>\n")
        for note in words.notes(found, about.total, min(about.total, MOST), with_noise=about.with_noise):
            self._write(f'<p class="note">{html.escape(note)}</p>\n')
        if not about.total:
            self._write(f"<p>{html.escape(words.NONE)}</p>\n")
        self._write(_counts(found.counts))

    def add(self, some: Sequence[ObjectDifference], names: Mapping[str, str]) -> None:
        """Write objects."""
        for one in some[: max(self._left, 0)]:
            if one.kind != self._kind:
                self._kind = one.kind
                self._write(f"<h2>{html.escape(kind_words(one.kind))}</h2>\n")
            self._write("".join(_object(one, names)))
        self._left -= len(some)

    def end(self) -> None:
        """Close it."""
        self._write("</body></html>\n")

    def _write(self, text: str) -> None:
        self._out.write(text.encode("utf-8", "replace"))


def _counts(counts: Mapping[str, Mapping[str, int]]) -> str:
    rows = [
        f"<tr><td>{html.escape(kind_words(kind))}</td>"
        + "".join(f'<td class="figure">{of_kind.get(code, 0) or ""}</td>' for code in words.COUNTED)
        + "</tr>"
        for kind, of_kind in counts.items()
        if any(of_kind.values())
    ]
    heads = "".join(f'<th class="figure">{html.escape(said)}</th>' for said in words.COUNTED.values())
    return f"<table><thead><tr><th>{words.KIND}</th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>\n"


def _object(one: ObjectDifference, names: Mapping[str, str]) -> Iterator[str]:
    is_open = " open" if one.change is Change.CHANGED else ""
    said = words.object_words(one.change, len(one.attributes), len(one.links))
    yield f'<details class="{one.change.value}"{is_open}><summary><b>{html.escape(one.name or one.id)}</b> '
    yield f'<span class="quiet">{html.escape(f"{one_words(one.kind)}, {one.id}. {said}")}</span></summary>\n'
    if one.attributes:
        yield f"<table><thead><tr><th>{words.ATTRIBUTE}</th><th>{words.BEFORE}</th><th>{words.AFTER}</th></tr></thead>"
        yield from (_attribute(change, names) for change in one.attributes)
        yield "</table>\n"
    if one.links:
        yield f"<table><thead><tr><th>{words.LINKS}</th><th>{words.WENT}</th><th>{words.CAME}</th></tr></thead>"
        for change in one.links:
            link = change.link
            other = words.link_words(
                names.get(link.id, link.name), link.id, link.kind, names.get(link.detail, link.detail)
            )
            cell = html.escape(other)
            sides = f"<td></td><td><ins>{cell}</ins></td>"
            if change.change is Change.REMOVED:
                sides = f"<td><del>{cell}</del></td><td></td>"
            relation = html.escape(relation_words(link.relation))
            yield f"<tr><td>{relation}{_noise(change.trait.is_noise)}</td>{sides}</tr>"
        yield "</table>\n"
    yield "</details>\n"


def _attribute(change: AttributeChange, names: Mapping[str, str]) -> str:
    old, new = value_words(change.old, names, change.path), value_words(change.new, names, change.path)
    went, came = changed_words(old, new)
    return (
        f'<tr><td title="{html.escape(change.path)}">{html.escape(path_words(change.path))}'
        f"{_noise(change.trait.is_noise)}</td>"
        f"<td>{_marked(old, went, 'del')}</td><td>{_marked(new, came, 'ins')}</td></tr>"
    )


def _noise(is_noise: bool) -> str:
    return f' <span class="quiet">({words.NOISE})</span>' if is_noise else ""


def _marked(text: str, spans: Sequence[Span], mark: str) -> str:
    said, at = [], 0
    for start, end in spans:
        said += [html.escape(text[at:start]), f"<{mark}>{html.escape(text[start:end])}</{mark}>"]
        at = end
    return "".join([*said, html.escape(text[at:])])
