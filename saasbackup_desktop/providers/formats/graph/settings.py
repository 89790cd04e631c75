"""Settings of a mailbox: its own, automatic replies, rules and categories, alone or together, as they were saved."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from saasbackup_desktop.providers.formats.graph.card import (
    Card,
    Choice,
    Clause,
    Colour,
    Hours,
    Label,
    Line,
    Period,
    Person,
    Rule,
    Section,
    only_said,
)
from saasbackup_desktop.providers.formats.graph.plain import Plain, entries, inner, line, lines, load, mapping
from saasbackup_desktop.providers.formats.graph.rules import is_rule, rule
from saasbackup_desktop.providers.formats.graph.values import moment, person, section

_DEEPEST: Final = 4
_REPLIES: Final = frozenset({"internalReplyMessage", "externalReplyMessage", "externalAudience"})
_OWN: Final = frozenset({"timeZone", "workingHours", "dateFormat", "timeFormat", "language", "userPurpose"}) | {
    "delegateMeetingMessageDeliveryOptions"
}


def card(plain: Any) -> Card:
    """Read settings, whichever they are."""
    found = list(_settings(plain, 0))
    said: list[Line] = []
    sections: list[Section] = []
    for one in found:
        if _OWN & one.keys():
            said += _own(one)
        if _REPLIES & one.keys():
            said += _replies(one)
            sections += _reply_texts(one)
    rules = tuple(rule(one) for one in found if is_rule(one))
    said += only_said(
        (Label.RULES, rules),
        (Label.COLOURS, tuple(_colours(found))),
        (Label.SHARING, tuple(_shares(found))),
        (Label.FOCUS, tuple(_senders(found))),
    )
    return Card(title=line(mapping(plain).get("displayName")), lines=tuple(said), sections=tuple(sections))


def with_folders(shown: Card, kept: bytes) -> Card:
    """Call the folders that rules name by their paths, as they were kept beside the rule."""
    paths = {id: "/".join(_path(steps)) for id, steps in mapping(load(kept)).items()}
    return replace(shown, lines=tuple(_with_paths(one, paths) for one in shown.lines))


def facets(plain: Plain) -> dict[str, str]:
    """Lists show nothing of settings but their names."""
    del plain
    return {}


def _settings(value: Any, depth: int) -> Iterator[Plain]:
    """Walk the objects that hold settings, the outer ones first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        if is_rule(value):
            return
        for name in sorted(value, key=str):
            yield from _settings(value[name], depth + 1)
    else:
        for one in entries(value):
            yield from _settings(one, depth + 1)


def _own(plain: Plain) -> tuple[Line, ...]:
    hours, language = inner(plain, "workingHours"), inner(plain, "language")
    delivery = line(plain.get("delegateMeetingMessageDeliveryOptions"))
    purpose = line(plain.get("userPurpose"))
    return only_said(
        (Label.ZONE, line(plain.get("timeZone"))),
        (Label.LANGUAGE, line(language.get("displayName")) or line(language.get("locale"))),
        (Label.DATE_FORMAT, line(plain.get("dateFormat"))),
        (Label.TIME_FORMAT, line(plain.get("timeFormat"))),
        (Label.WORKING_HOURS, _hours(hours) if hours else None),
        (Label.DELEGATES, Choice(delivery) if delivery else None),
        (Label.PURPOSE, Choice(purpose) if purpose else None),
    )


def _hours(plain: Plain) -> Hours:
    return Hours(
        days=lines(plain.get("daysOfWeek")),
        start=line(plain.get("startTime"))[:8],
        end=line(plain.get("endTime"))[:8],
        zone=line(inner(plain, "timeZone").get("name")),
    )


def _replies(plain: Plain) -> tuple[Line, ...]:
    status, audience = line(plain.get("status")), line(plain.get("externalAudience"))
    start, end = moment(plain.get("scheduledStartDateTime")), moment(plain.get("scheduledEndDateTime"))
    is_planned = status == "scheduled" and start is not None and end is not None
    return only_said(
        (Label.REPLIES, Choice(f"replies-{status}") if status else None),
        (Label.WHEN, Period(start, end) if is_planned and start and end else None),
        (Label.AUDIENCE, Choice(f"audience-{audience}") if audience else None),
    )


def _reply_texts(plain: Plain) -> Iterator[Section]:
    for label, name in ((Label.REPLY_INSIDE, "internalReplyMessage"), (Label.REPLY_OUTSIDE, "externalReplyMessage")):
        yield from section(label, {"contentType": "html", "content": plain.get(name)})


def _with_paths(shown: Line, paths: Mapping[str, str]) -> Line:
    return Line(
        shown.label,
        tuple(
            replace(one, actions=tuple(_named(action, paths) for action in one.actions))
            if isinstance(one, Rule)
            else one
            for one in shown.values
        ),
    )


def _named(action: Clause, paths: Mapping[str, str]) -> Clause:
    return Clause(action.code, tuple(paths.get(value) or value for value in action.values))


def _path(steps: Any) -> Iterator[str]:
    """Names of folders; each step is a role and a name."""
    for step in entries(steps):
        yield from lines(list(entries(step)[1:2]))


def _shares(found: list[Plain]) -> Iterator[Person]:
    for one in found:
        role = line(one.get("role"))
        if role and (somebody := person(inner(one, "emailAddress"), f"sharing-{role}")):
            yield somebody


def _senders(found: list[Plain]) -> Iterator[Person]:
    for one in found:
        if somebody := person(inner(one, "senderEmailAddress"), "", line(one.get("classifyAs"))):
            yield somebody


def _colours(found: list[Plain]) -> Iterator[Colour]:
    for one in found:
        name, preset = line(one.get("displayName")), line(one.get("color"))
        if name and (preset.startswith("preset") or preset.lower() == "none"):
            yield Colour(name, preset)
