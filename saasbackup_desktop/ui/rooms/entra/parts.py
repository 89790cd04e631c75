"""An object, or how two states of it differ, as rows for people. Safe to be run in any thread."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.entra.views import DifferenceView, ObjectView
from saasbackup_desktop.app.words.entra.kinds import attribute_words, one_words, path_words, rank_of, relation_words
from saasbackup_desktop.app.words.entra.plans import LEFT_OUT
from saasbackup_desktop.app.words.entra.values import NOTHING, changed_words, value_words
from saasbackup_desktop.core.directory.difference import AttributeChange, Change, LinkChange, ObjectDifference
from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.core.directory.schema import Nature, Trait
from saasbackup_desktop.core.directory.ticks import attribute_key, link_key
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.models.details import DetailRow, Shape

CHANGE_LOOKS: Final[Mapping[Change, tuple[str, str]]] = {
    Change.ADDED: ("plus", "good"),
    Change.REMOVED: ("remove", "bad"),
    Change.CHANGED: ("pencil", "attention"),
    Change.UNCHANGED: ("check", "muted"),
}


def difference_rows(view: DifferenceView, *, with_ticks: bool = True) -> list[DetailRow]:
    """The rows of a difference: attributes, links by their relation, and what changes by itself folded away."""
    found, names = view.difference, view.names
    ticks = with_ticks and found.change is Change.CHANGED
    rows: list[DetailRow] = []
    told = sorted((one for one in found.attributes if not one.trait.is_noise), key=lambda one: rank_of(one.path))
    rows += _section(say("Attributes"), [_attribute(found, one, names, ticks) for one in told])
    by_relation: dict[str, list[LinkChange]] = {}
    for link in found.links:
        if not link.trait.is_noise:
            by_relation.setdefault(link.link.relation, []).append(link)
    for relation, links in by_relation.items():
        rows += _section(relation_words(relation), [_link(found, one, names, ticks) for one in links])
    noise = [_attribute(found, one, names, False) for one in found.attributes if one.trait.is_noise]
    noise += [_link(found, one, names, False) for one in found.links if one.trait.is_noise]
    rows += _section(say("Changes by itself"), noise, folded=bool(rows))
    return rows


def object_rows(view: ObjectView) -> list[DetailRow]:
    """The rows of an object: its properties as a tree, and its links by their relation."""
    one, names = view.object, view.names
    filled = {name: value for name, value in one.properties.items() if value not in (None, "", [], {})}
    section = say("Properties")
    rows = _section(section, list(_tree(filled, names, section)))
    by_relation: dict[str, list[Link]] = {}
    for link in one.links:
        by_relation.setdefault(link.relation, []).append(link)
    for relation, links in by_relation.items():
        called = relation_words(relation)
        rows += _section(called, [_object_link(link, names, called) for link in links])
    if one.unread:
        title = say("Could not be read")
        unread = [
            DetailRow(shape=Shape.VALUE, title=attribute_words(name), section=title, picture=("attention", "attention"))
            for name in one.unread
        ]
        rows += _section(title, unread)
    empty = [name for name in one.properties if name not in filled]
    if empty:
        title = say("Empty")
        rows += _section(
            title,
            [DetailRow(shape=Shape.VALUE, title=attribute_words(n), section=title, old=NOTHING, hint=n) for n in empty],
            folded=True,
        )
    return rows


def _section(title: str, below: Sequence[DetailRow], *, folded: bool = False) -> list[DetailRow]:
    if not below:
        return []
    keys = tuple(key for row in below for key in row.keys)
    links = frozenset(keys) if below[0].shape is Shape.LINK else frozenset[str]()
    head = DetailRow(
        shape=Shape.SECTION, title=title, section=title, count=len(below), keys=keys, links=links, is_folded=folded
    )
    # Rows were made before their heading was known; all of them stand under it.
    return [head, *(row if row.section == title else _under(row, title) for row in below)]


def _under(row: DetailRow, title: str) -> DetailRow:
    return DetailRow(
        shape=row.shape, title=row.title, section=title, old=row.old, new=row.new, old_marks=row.old_marks,
        new_marks=row.new_marks, depth=row.depth, keys=row.keys, hint=row.hint, picture=row.picture,
    )  # fmt: skip


def _attribute(found: ObjectDifference, one: AttributeChange, names: Mapping[str, str], ticks: bool) -> DetailRow:
    old, new = value_words(one.old, names, one.path), value_words(one.new, names, one.path)
    there, here = changed_words(old, new)
    is_open = one.trait.nature is Nature.WRITABLE
    return DetailRow(
        shape=Shape.VALUE,
        title=_title(one.path),
        section="",
        old=old,
        new=new,
        old_marks=there,
        new_marks=here,
        keys=(attribute_key(found.kind, found.id, one.path),) if ticks and is_open else (),
        hint=_hint(one.path, one.trait),
        picture=("", "") if is_open or not ticks else ("lock", "muted"),
    )


def _title(path: str) -> str:
    """The innermost name first: it is what a narrow column still shows."""
    *above, own = path_words(path).split(" › ")
    return f"{own} · {' › '.join(above)}" if above else own


def _hint(path: str, trait: Trait) -> str:
    if trait.nature is Nature.WRITABLE:
        return path
    why = trait.reason or ("on-creation" if trait.nature is Nature.ON_CREATION else "read-only")
    return f"{path}\n{say(LEFT_OUT[why]) if why in LEFT_OUT else why.replace('-', ' ')}"


def _link(found: ObjectDifference, one: LinkChange, names: Mapping[str, str], ticks: bool) -> DetailRow:
    link = one.link
    name = _name(link, names)
    gone = one.change is Change.REMOVED
    is_open = one.trait.nature is Nature.WRITABLE
    return DetailRow(
        shape=Shape.LINK,
        title=name,
        section="",
        old=say("was there") if gone else NOTHING,
        new=NOTHING if gone else say("is there"),
        keys=(link_key(found.kind, found.id, link),) if ticks and is_open else (),
        hint=f"{link.id}\n{_hint('', one.trait)}".strip(),
        picture=CHANGE_LOOKS[one.change],
    )


def _object_link(link: Link, names: Mapping[str, str], section: str) -> DetailRow:
    told = [one_words(link.kind).capitalize() if link.kind else "", names.get(link.detail, link.detail)]
    return DetailRow(
        shape=Shape.LINK,
        title=_name(link, names),
        section=section,
        old=" · ".join(one for one in told if one),
        hint=link.id,
    )


def _name(link: Link, names: Mapping[str, str]) -> str:
    return names.get(link.id) or link.name or link.id


def _tree(
    properties: Mapping[str, Json],
    names: Mapping[str, str],
    section: str,
    depth: int = 0,
    above: str = "",
    say_name: Callable[[str], str] = attribute_words,
) -> Iterator[DetailRow]:
    ordered = sorted(properties, key=lambda name: (rank_of(name), say_name(name).casefold()))
    for name in ordered:
        value, path = properties[name], f"{above}{name}"
        if isinstance(value, Mapping) and value and depth < 6:
            yield DetailRow(shape=Shape.VALUE, title=say_name(name), section=section, depth=depth, hint=path)
            yield from _tree(value, names, section, depth + 1, f"{path}.")
        else:
            yield DetailRow(
                shape=Shape.VALUE,
                title=say_name(name),
                section=section,
                old=value_words(value, names, name),
                depth=depth,
                hint=path,
            )
