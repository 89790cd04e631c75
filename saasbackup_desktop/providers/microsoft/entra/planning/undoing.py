"""What would take back what a plan wrote, from the writes alone: it is there before the first one is sent."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from saasbackup_desktop.core.directory.difference import names_in
from saasbackup_desktop.core.directory.drafting import PUBLIC_ROOT, Draft, Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link, key_of
from saasbackup_desktop.core.directory.placeholders import as_said, as_written, filled, filled_text, placeholder
from saasbackup_desktop.core.directory.plan import Action, LeftOut, Standing, Write, WriteResult
from saasbackup_desktop.core.directory.schema import Kind, Schema
from saasbackup_desktop.core.directory.ticks import Ticks, attribute_key, link_key
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.bodies import composed, creation, emptied, pruned
from saasbackup_desktop.providers.microsoft.entra.planning.codes import GRAVE
from saasbackup_desktop.providers.microsoft.entra.planning.groups import goes_to_bin, is_dynamic
from saasbackup_desktop.providers.microsoft.entra.planning.references import mentions, rewired
from saasbackup_desktop.providers.microsoft.entra.planning.risks import weighed
from saasbackup_desktop.providers.microsoft.entra.planning.scene import KINDS
from saasbackup_desktop.providers.microsoft.entra.planning.steps import UNDO, Step, numbered
from saasbackup_desktop.providers.microsoft.entra.planning.ties import (
    assigned_less,
    assigned_more,
    assigning,
    linking,
    tie_of,
    unlinking,
)
from saasbackup_desktop.providers.microsoft.entra.planning.ways import (
    REQUESTS,
    WAYS,
    Request,
    Tie,
    address,
    keeps_id,
    made_at,
    other_ids,
)

_MAY_HAVE_HAPPENED: Final = frozenset({Standing.DONE, Standing.BEGUN})


def coming_back(writes: Sequence[Write]) -> Iterator[DirectoryObject]:
    """Objects by which risks are weighed, as far as taking writes back changes them: as they would be."""
    for write in writes:
        if write.kind not in (*KINDS, "groups") or write.action in (Action.CREATE, Action.REVIVE, Action.LINK):
            continue
        told = composed({}, [(names_in(path), value) for path, value in write.old.items()])
        yield DirectoryObject(
            kind=write.kind, id=write.id, name=write.name, properties=_mapping(told), links=write.links
        )


def undo(
    schema: Schema,
    writes: Sequence[Write],
    results: Sequence[WriteResult] = (),
    wish: Wish | None = None,
    standing: Sequence[DirectoryObject] = (),
) -> Draft:
    """Say what would take writes back; without results: all of them, as if each were done.

    ``standing``: by what risks are weighed. Without ``wish``, nothing is refused, however grave.
    """
    wish = wish or Wish(ticks=Ticks(), accepts=GRAVE)
    known = {one.number: one for one in results}
    ids: dict[str, str] = {}
    for write in writes:
        result = known.get(write.number)
        if result is not None and write.action is Action.CREATE and result.new_id:
            ids |= {**result.also, write.id: result.new_id}
    happened = [one for one in writes if not known or _may_have_happened(known.get(one.number))]
    gone = {(one.kind, one.id) for one in happened if one.action in (Action.CREATE, Action.REVIVE)}
    back = _Back(schema, ids, gone, {one.id for one in happened if one.action is Action.CREATE})
    for write in reversed(happened):
        back.take(write, known.get(write.number))
    kept, left, told = weighed(back.steps, Survey(schema=schema, pairs=(), standing=standing), wish)
    return Draft(writes=numbered(kept), left_out=[*back.left, *map(as_written, left)], risks=told)


class _Back:
    """An undoing in the making."""

    def __init__(
        self, schema: Schema, ids: Mapping[str, str], gone: Collection[tuple[str, str]], made: Collection[str]
    ) -> None:
        self._schema = schema
        self._made = made
        """Ids of what was made anew, as they were."""
        self._ids = ids
        self._gone = gone
        """What is deleted by this: nothing in it has to be taken back."""
        self.steps: list[Step] = []
        self.left: list[LeftOut] = []
        self._returning: dict[str, str] = {}

    def take(self, write: Write, result: WriteResult | None) -> None:
        """Take one write back."""
        thing = (write.kind, write.id)
        match write.action:
            case Action.CREATE | Action.REVIVE:
                self._delete(write)
            case Action.UPDATE:
                if thing not in self._gone:
                    self._update(write)
            case Action.LINK | Action.UNLINK if write.path_of_link == "assignments":
                if thing not in self._gone:
                    self._reassign(write)
            case Action.LINK:
                if thing not in self._gone:
                    self._unlink(write, result)
            case Action.UNLINK:
                if thing not in self._gone:
                    self._link(write, _link_of(write), ())
            case Action.DELETE:
                self._bring_back(write)

    def _add(self, step: Step) -> None:
        step.reason = UNDO
        self.steps.append(step)

    def _tie(
        self, write: Write, action: Action, request: Request, links: Sequence[Link], name: str, uses: Iterable[str] = ()
    ) -> None:
        """Say a request that makes or breaks links of one relation. ``name``: what they lead to."""
        first = links[0]
        says_all = action is Action.UNLINK or first.relation == "assignments"
        self._add(
            Step(
                action,
                write.kind,
                write.id,
                write.name,
                request,
                relation=first.relation,
                target=first.id,
                target_name=name,
                detail=first.detail,
                keys=tuple(link_key(write.kind, write.id, one) for one in links),
                links=tuple(links) if says_all else (),
                uses=frozenset(uses),
            )
        )

    def _there(self, id: str) -> str:
        """The id that something has by then."""
        return self._ids.get(id, id)

    def _placed(self, value: Json) -> Json:
        """Text with the ids that are known by now in their places."""
        return rewired(filled(value, self._ids), self._returning)

    def _said(self, values: Mapping[str, Json]) -> dict[str, Json]:
        return _mapping(rewired(filled(dict(values), self._ids), self._ids))

    def _delete(self, write: Write) -> None:
        kind = self._kind(write)
        if not kind.can_delete or kind.is_single:
            self.left.append(_left(write, refusals.READ_ONLY))
            return
        is_new = write.action is Action.CREATE and not keeps_id(write.kind, write.new)
        id = self._ids.get(write.id, placeholder(write.id)) if is_new else write.id
        request = Request("DELETE", address(write.kind, id))
        if write.kind == "roleEligibilitySchedules":
            body = {**_mapping(write.body), "action": "adminRemove"}
            body.pop("scheduleInfo", None)
            request = Request("POST", REQUESTS, _mapping(self._placed(body)))
        self._add(
            Step(
                Action.DELETE,
                write.kind,
                self._there(write.id),
                write.name,
                request,
                old=self._said(write.new) if write.action is Action.CREATE else {},
                keys=(key_of(write.kind, self._there(write.id)),),
            )
        )

    def _update(self, write: Write) -> None:
        if mentions(dict(write.old), self._made):  # it named something that was gone, and is gone again
            for path in write.old:
                self.left.append(replace(_left(write, "target-missing"), key=attribute_key(write.kind, write.id, path)))
            return
        body: Any = self._placed(write.body)
        for path, value in write.old.items():
            body = _put_back(body, write, path, self._placed(emptied(value, write.new.get(path))))
        if isinstance(body, dict):
            changed = {names_in(path)[0] for path in write.old}
            body = {name: pruned(one, None) if name in changed else one for name, one in body.items()}
        self._add(
            Step(
                Action.UPDATE,
                write.kind,
                write.id,
                write.name,
                Request(write.method, filled_text(write.path, self._ids), body),
                old=self._said(write.new),
                new=dict(write.old),
                keys=tuple(attribute_key(write.kind, write.id, path) for path in {**write.old, **write.new}),
            )
        )

    def _reassign(self, write: Write) -> None:
        """Take back for whom a policy is meant: again a request that says it of all."""
        links = write.links or (_link_of(write),)
        is_link = write.action is Action.LINK
        change = assigned_less if is_link else assigned_more
        there = tuple(replace(one, id=self._there(one.id)) for one in links)
        body = change(self._placed(write.body), there, {})
        request = Request(write.method, filled_text(write.path, self._ids), body)
        self._tie(write, Action.UNLINK if is_link else Action.LINK, request, there, write.target_name)

    def _link(self, write: Write, link: Link, uses: tuple[str, ...]) -> None:
        target = self._returning.get(link.id, self._there(link.id))
        where = self._returning.get(write.id, self._there(write.id))
        request = linking(write.kind, where, link, target, PUBLIC_ROOT)
        self._tie(write, Action.LINK, request, [link], write.target_name or link.name, (*uses, link.id))

    def _unlink(self, write: Write, result: WriteResult | None) -> None:
        said = _text(write.body)
        for link in write.links or (_link_of(write),):
            tie = tie_of(write.kind, link.relation)
            if tie is None:
                continue
            via = result.new_id if result is not None else ""
            if tie.tie in (Tie.APP_ROLE, Tie.SCOPED_ROLE, Tie.TARGET) and not via:
                via = placeholder(f"link {write.number}")
            there = replace(link, via=via)
            place = self._ids.get(write.id, as_said(write.id, write.path))
            request = unlinking(write.kind, place, there, self._ids.get(link.id, as_said(link.id, said)))
            self._tie(write, Action.UNLINK, request, [there], write.target_name if not write.links else link.name)

    def _bring_back(self, write: Write) -> None:
        kind = self._kind(write)
        if goes_to_bin(kind, write.old):
            request = Request("POST", WAYS[write.kind].revive.format(id=write.id))
            keys = (key_of(write.kind, write.id),)
            self._add(
                Step(
                    Action.REVIVE,
                    write.kind,
                    write.id,
                    write.name,
                    request,
                    keys=keys,
                    state={names_in(path)[0]: value for path, value in write.old.items()},
                    brings=frozenset(link.id for link in write.links if link.relation == "members"),
                )
            )
            return
        old = DirectoryObject(
            kind=write.kind,
            id=write.id,
            name=write.name,
            properties={names_in(path)[0]: value for path, value in write.old.items()},
            links=write.links,
        )
        code = refusals.cannot_make(kind, old)
        if code:
            self.left.append(_left(write, code))
            return
        self._make(write, kind, old)
        assigned = [link for link in write.links if link.relation == "assignments"]
        if assigned:
            self._assign(write, assigned)
        for link in write.links:
            if link in assigned:
                continue
            if tie_of(write.kind, link.relation) is not None and not (
                link.relation == "members" and is_dynamic(old.properties)
            ):
                self._link(replace(write, target_name=link.name), link, (write.id,))

    def _make(self, write: Write, kind: Kind, old: DirectoryObject) -> None:
        """Make anew what was deleted for good."""
        body = creation(kind, old, WAYS[write.kind].after.__contains__)
        if not keeps_id(write.kind, old.properties):
            self._returning[write.id] = placeholder(write.id)
        self._add(
            Step(
                Action.CREATE,
                write.kind,
                write.id,
                write.name,
                Request("POST", made_at(write.kind), self._placed(body)),
                new={path: value for path, value in write.old.items() if names_in(path)[0] in body},
                keys=(old.key,),
                also=other_ids(write.kind, old.properties),
            )
        )

    def _assign(self, write: Write, links: Sequence[Link]) -> None:
        request = assigning(write.kind, self._returning[write.id], links, self._returning)
        self._tie(write, Action.LINK, request, links, links[0].name, (write.id, *(one.id for one in links)))

    def _kind(self, write: Write) -> Kind:
        return self._schema.get(write.kind) or Kind(id=write.kind, family="")


def _may_have_happened(result: WriteResult | None) -> bool:
    return result is not None and result.standing in _MAY_HAVE_HAPPENED


def _put_back(body: Any, write: Write, path: str, value: Json) -> Any:
    """A body in which a value is put where the write's own was."""
    names = names_in(path)
    if not isinstance(body, Mapping):
        return body
    if names[0] in body:
        return composed(dict(body), [(names, value)])
    called = next(iter(body), "")
    if len(body) == 1 and len(names) == 1 and called:  # a request of its own, which calls the property so
        return {called: value}
    entries = value if isinstance(value, list) else []
    id = write.path.rpartition("/")[2]
    entry = next((one for one in entries if isinstance(one, Mapping) and one.get("id") == id), None)
    return {name: one for name, one in entry.items() if name != "id"} if entry is not None else body


def _link_of(write: Write) -> Link:
    return Link(write.path_of_link, write.target, write.detail)


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return " ".join(_text(one) for one in value.values())
    if isinstance(value, list):
        return " ".join(_text(one) for one in value)
    return ""


def _mapping(value: Json) -> dict[str, Json]:
    return dict(value) if isinstance(value, dict) else {}


def _left(write: Write, code: str) -> LeftOut:
    return LeftOut(key=key_of(write.kind, write.id), kind=write.kind, id=write.id, name=write.name, code=code)
