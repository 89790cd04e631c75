"""Rules of an inbox: what is asked of mail that comes in, and what is done with it."""

from collections.abc import Iterator
from typing import Any

from saasbackup_desktop.providers.formats.graph.card import Clause, Rule
from saasbackup_desktop.providers.formats.graph.plain import Plain, entries, inner, line, mapping
from saasbackup_desktop.providers.formats.graph.values import mailbox_text, person


def is_rule(plain: Plain) -> bool:
    """Is this a ``messageRule``?"""
    return isinstance(plain.get("actions"), dict) or isinstance(plain.get("conditions"), dict)


def rule(plain: Plain) -> Rule:
    """Read a rule."""
    return Rule(
        name=line(plain.get("displayName")),
        is_enabled=plain.get("isEnabled") is not False,
        conditions=tuple(_clauses(inner(plain, "conditions"))),
        exceptions=tuple(_clauses(inner(plain, "exceptions"))),
        actions=tuple(_clauses(inner(plain, "actions"))),
        has_error=plain.get("hasError") is True,
    )


def _clauses(plain: Plain) -> Iterator[Clause]:
    for name in sorted(plain, key=str):
        value = plain[name]
        if name.startswith("@") or value is None or value is False or value == []:
            continue
        yield Clause(line(name), () if value is True else tuple(_values(value)))


def _values(value: Any) -> Iterator[str]:
    """What a clause is about: texts, people, or a range of sizes in kB."""
    if isinstance(value, dict) and ("minimumSize" in value or "maximumSize" in value):
        yield from (str(value.get(name) or 0)[:20] for name in ("minimumSize", "maximumSize"))
        return
    for one in entries(value) if isinstance(value, list) else (value,):
        if somebody := person(mapping(one)):
            yield mailbox_text(somebody)
        elif said := line(one):
            yield said
