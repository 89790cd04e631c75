"""The query options that clients use: $select, $top, $skip, $filter (a part of it), $orderby, $count, paging."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import quote, urlencode

from saasbackup_desktop.sim.graph.wire import Refusal, Request

_COMPARISON: Final = re.compile(r"([\w/]+)\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[\w.:+-]+)\Z")
_FUNCTION: Final = re.compile(r"(startswith|endswith|contains)\(\s*([\w/]+)\s*,\s*'((?:[^']|'')*)'\s*\)\Z")
_ANY: Final = re.compile(r"(\w+)/any\(\s*(\w+)\s*:\s*\2\s+eq\s+'((?:[^']|'')*)'\s*\)\Z")
_ALWAYS: Final = frozenset({"id"})
Test = Callable[[Mapping[str, Any]], bool]


def selected(value: Mapping[str, Any], request: Request, keep: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Leave what ``$select`` names, and what every answer has."""
    wanted = request.query.get("$select", "")
    if not wanted or wanted == "*":
        return {name: found for name, found in value.items() if not name.startswith("_")}
    names = {name.strip().split("/")[0] for name in wanted.split(",")} | _ALWAYS | keep
    return {name: found for name, found in value.items() if name in names or name.startswith("@")}


def page(
    request: Request,
    values: Sequence[Mapping[str, Any]],
    *,
    size: int = 10,
    largest: int = 1000,
    shape: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """One page of a collection: filtered, ordered, cut, and with a link to the next one."""
    found = list(values)
    if "$filter" in request.query:
        test = filter_of(request.query["$filter"])
        found = [value for value in found if test(value)]
    if "$orderby" in request.query:
        for part in reversed(request.query["$orderby"].split(",")):
            name, _, order = part.strip().partition(" ")
            found.sort(key=partial(_text_at, name), reverse=order == "desc")
    total = len(found)
    size = page_size(request, size, largest)
    start = int(request.query.get("$skiptoken") or request.query.get("$skip") or 0)
    some = found[start : start + size]
    answer: dict[str, Any] = {"value": [shape(one) if shape else selected(one, request) for one in some]}
    if request.query.get("$count") == "true":
        answer["@odata.count"] = total
    if start + size < total:
        answer["@odata.nextLink"] = link(request, {**request.query, "$skiptoken": str(start + size)}, drop=("$skip",))
    return answer


def page_size(request: Request, size: int, largest: int) -> int:
    """How many a page holds: ``$top`` or what the client prefers, within bounds."""
    asked = request.query.get("$top") or request.preferences.get("odata.maxpagesize") or str(size)
    if not asked.isdigit() or int(asked) < 1:
        raise Refusal(400, "ErrorInvalidUrlQuery", f"Invalid page size: {asked}")
    return min(int(asked), largest)


def link(request: Request, query: Mapping[str, str], drop: Sequence[str] = ()) -> str:
    """An absolute address with a query."""
    kept = {name: value for name, value in query.items() if name not in drop}
    return f"{request.root}{request.path}?{urlencode(kept, quote_via=quote, safe='$,')}"


def expansions(text: str) -> dict[str, dict[str, str]]:
    """Read ``$expand``: what to tell as well, with the options in its brackets."""
    found = {}
    for part in _split(text, ","):
        name, _, options = part.strip().partition("(")
        inner = dict(one.strip().partition("=")[::2] for one in _split(options.removesuffix(")"), ";") if one)
        if name:
            found[name] = inner
    return found


def value_at(value: Mapping[str, Any], path: str) -> Any:
    """What lies at ``a/b`` in an object."""
    found: Any = value
    for step in path.split("/"):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def filter_of(text: str) -> Test:
    """Read a filter: comparisons and functions, joined by ``and`` or by ``or``. Raises Refusal for more."""
    for word, combine in ((" or ", any), (" and ", all)):
        parts = _split(text, word)
        if len(parts) > 1:
            return _joined([filter_of(part) for part in parts], combine)
    text = text.strip()
    if text.startswith("not(") and text.endswith(")"):
        inner = filter_of(text[4:-1])
        return lambda value: not inner(value)
    if text.startswith("(") and text.endswith(")"):
        return filter_of(text[1:-1])
    if match := _ANY.match(text):
        name, one = match[1], match[3].replace("''", "'")
        return lambda value: one in (value.get(name) or ())
    if match := _FUNCTION.match(text):
        kind, path, wanted = match[1], match[2], match[3].replace("''", "'").casefold()
        return lambda value: _holds(kind, str(value_at(value, path) or "").casefold(), wanted)
    if match := _COMPARISON.match(text):
        return _comparison(match[1], match[2], match[3])
    raise Refusal(400, "BadRequest", f"Invalid filter clause: {text}")


def _joined(tests: Sequence[Test], combine: Callable[[Iterable[bool]], bool]) -> Test:
    return lambda value: combine(test(value) for test in tests)


def _text_at(path: str, value: Mapping[str, Any]) -> str:
    return str(value_at(value, path) or "")


def _comparison(path: str, operator: str, literal: str) -> Test:
    wanted = literal[1:-1].replace("''", "'") if literal.startswith("'") else literal

    def test(value: Mapping[str, Any]) -> bool:
        found = value_at(value, path)
        have = str(found).lower() if isinstance(found, bool) else "null" if found is None else str(found)
        left, right = have.casefold(), wanted.casefold()
        return {
            "eq": left == right,
            "ne": left != right,
            "gt": found is not None and left > right,
            "ge": found is not None and left >= right,
            "lt": found is not None and left < right,
            "le": found is not None and left <= right,
        }[operator]

    return test


def _holds(kind: str, have: str, wanted: str) -> bool:
    if kind == "startswith":
        return have.startswith(wanted)
    return have.endswith(wanted) if kind == "endswith" else wanted in have


def _split(text: str, word: str) -> list[str]:
    """Split at a word outside of quotes and brackets."""
    parts, depth, quoted, start, at = [], 0, False, 0, 0
    while at < len(text):
        char = text[at]
        if char == "'":
            quoted = not quoted
        elif not quoted and char in "()":
            depth += 1 if char == "(" else -1
        elif not quoted and not depth and text.startswith(word, at):
            parts.append(text[start:at])
            at += len(word)
            start = at
            continue
        at += 1
    return [*parts, text[start:]]
