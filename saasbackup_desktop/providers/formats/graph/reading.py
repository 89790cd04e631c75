"""Items of each service that is not mail, read for lists, for search, for show and for comparison."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats import mime
from saasbackup_desktop.providers.formats.description import LONGEST_FACET, Description, joined
from saasbackup_desktop.providers.formats.graph import contacts, directory, events, notes, settings, tasks
from saasbackup_desktop.providers.formats.graph.card import Card, words_in
from saasbackup_desktop.providers.formats.graph.plain import load, mapping
from saasbackup_desktop.providers.formats.graph.values import readable

_CARDS: Final[Mapping[Service, Callable[[Any], Card]]] = {
    Service.CALENDAR: lambda plain: events.card(mapping(plain)),
    Service.CONTACTS: lambda plain: contacts.card(mapping(plain)),
    Service.TASKS: lambda plain: tasks.card(mapping(plain)),
    Service.NOTES: lambda plain: notes.card(mapping(plain)),
    Service.SETTINGS: settings.card,
    Service.DIRECTORY: directory.card,
}
_FACETS: Final = {
    Service.CALENDAR: events.facets,
    Service.CONTACTS: contacts.facets,
    Service.TASKS: tasks.facets,
    Service.NOTES: notes.facets,
    Service.SETTINGS: settings.facets,
}


def is_mime(service: Service, data: bytes) -> bool:
    """Are these bytes a message? Notes may be kept as one, or as JSON."""
    return service is Service.MAIL or (service is Service.NOTES and data.lstrip()[:1] != b"{")


def describe(service: Service, data: bytes) -> Description:
    """Read an item for lists and search; what cannot be read is left out."""
    if is_mime(service, data):
        said = mime.describe(data)
        return said if service is Service.MAIL else _note(said)
    plain = load(data)
    if service is Service.DIRECTORY:
        return directory.describe(plain)
    card = _CARDS[service](plain)
    facets = {name: value[:LONGEST_FACET] for name, value in _FACETS[service](mapping(plain)).items() if value}
    names = "\n".join(dict.fromkeys(file.name for file in card.files if file.name))[:LONGEST_FACET]
    if names:
        facets["attachments"] = names
    return Description(card.title[:LONGEST_FACET], facets, joined(_words(card)), names)


def card_of(service: Service, data: bytes) -> Card:
    """Read an item that is not a message to be shown; what cannot be read is left out."""
    return _CARDS[service](load(data))


def completed(service: Service, card: Card, facets: Mapping[str, str], parts: Mapping[str, bytes]) -> Card:
    """Complete a card by what lies beside the item: paths of the folders that a rule names, a note's last change."""
    if service is Service.SETTINGS and "folders" in parts:
        return settings.with_folders(card, parts["folders"])
    if service is Service.NOTES:
        return notes.with_update(card, facets.get("updated", ""))
    return card


def differing(service: Service, old: bytes, new: bytes) -> tuple[str, ...]:
    """Name what differs: labels of lines and sections, ``title``, and ``other`` for what no card shows."""
    before, after = _by_label(card_of(service, old)), _by_label(card_of(service, new))
    found = [label for label in {**before, **after} if before.get(label) != after.get(label)]
    return tuple(found) or (("other",) if old != new else ())


def _by_label(card: Card) -> dict[str, Any]:
    found: dict[str, Any] = {"title": card.title}
    for line in card.lines:
        found[line.label.value] = (*found.get(line.label.value, ()), *line.values)
    for section in card.sections:
        found[section.label.value] = (*found.get(section.label.value, ()), section.text)
    found["attachments"] = card.files
    return found


def _words(card: Card) -> Iterator[str]:
    """Longer texts come last: of them search may take in the beginning alone."""
    for line in card.lines:
        for value in line.values:
            yield from filter(None, words_in(value))
    for section in card.sections:
        yield readable(section)


def _note(said: Description) -> Description:
    facets = {"updated": said.facets.get("date", ""), "preview": notes.shortened(said.text)}
    kept = {**said.facets, **{name: value for name, value in facets.items() if value}}
    return Description(said.name, kept, said.text, said.attachments)
