"""What would take back what a plan wrote, from the writes alone: it is there before the first one is sent."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from saasbackup_desktop.core.directory.difference import names_in
from saasbackup_desktop.core.directory.drafting import PUBLIC_ROOT, Draft
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link, key_of
from saasbackup_desktop.core.directory.plan import Action, LeftOut, Risk, Standing, Write, WriteResult
from saasbackup_desktop.core.directory.schema import Kind, Schema
from saasbackup_desktop.core.directory.ticks import attribute_key, link_key
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.bodies import creation, pruned
from saasbackup_desktop.providers.microsoft.entra.planning.references import mentions, rewired
from saasbackup_desktop.providers.microsoft.entra.planning.steps import UNDO, Step, numbered
from saasbackup_desktop.providers.microsoft.entra.planning.ties import (
    assigned_less,
    assigned_more,
    assigning,
    linking,
    tie_of,
    unlinking,
)
from saasbackup_desktop.providers.microsoft.entra.planning.ways import REQUESTS, WAYS, Tie, address

_MAY_HAVE_HAPPENED: Final = frozenset({Standing.DONE, Standing.BEGUN})


def undo(schema: Schema, writes: Sequence[Write], results: Sequence[WriteResult] = ()) -> Draft:
    """Say what would take writes back; without results: all of them, as if each were done."""
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
    return Draft(writes=numbered(back.steps), left_out=back.left, risks=back.risks())


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

    def risks(self) -> list[Risk]:
        """All of them together."""
        counts: Counter[str] = Counter()
        for step in self.steps:
            counts.update(one.code for one in step.risks)
        return [Risk(code, {"count": count}) for code, count in sorted(counts.items())]

    def _add(self, step: Step) -> None:
        step.reason = UNDO
        self.steps.append(step)

    def _there(self, id: str) -> str:
        """The id that something has by then."""
        return self._ids.get(id, id)

    def _placed(self, value: Json) -> Json:
        """Text with the ids that are known by now in their places."""
        return rewired(_filled(value, self._ids), self._returning)

    def _said(self, values: Mapping[str, Json]) -> dict[str, Json]:
        return _mapping(rewired(_filled(dict(values), self._ids), self._ids))

    def _delete(self, write: Write) -> None:
        kind = self._kind(write)
        if not kind.can_delete or kind.is_single:
            self.left.append(_left(write, refusals.READ_ONLY))
            return
        is_new = write.action is Action.CREATE and not WAYS[write.kind].kept & set(write.new)
        id = self._ids.get(write.id, f"{{new:{write.id}}}") if is_new else write.id
        method, path, body = "DELETE", address(write.kind, id), None
        if write.kind == "roleEligibilitySchedules":
            method, path, body = "POST", REQUESTS, {**_mapping(write.body), "action": "adminRemove"}
            body.pop("scheduleInfo", None)
            body = _mapping(self._placed(body))
        self._add(
            Step(
                action=Action.DELETE,
                kind=write.kind,
                id=self._there(write.id),
                name=write.name,
                method=method,
                path=path,
                body=body,
                old=self._said(write.new) if write.action is Action.CREATE else {},
                keys=(key_of(write.kind, self._there(write.id)),),
                risks=[Risk("deletes", {"count": 1})],
            )
        )

    def _update(self, write: Write) -> None:
        if mentions(dict(write.old), self._made):  # it named something that was gone, and is gone again
            for path in write.old:
                self.left.append(replace(_left(write, "target-missing"), key=attribute_key(write.kind, write.id, path)))
            return
        body: Any = self._placed(write.body)
        for path, value in write.old.items():
            body = _put_back(body, write, path, self._placed(_emptied(value, write.new.get(path))))
        if isinstance(body, dict):
            changed = {names_in(path)[0] for path in write.old}
            body = {name: pruned(one, None) if name in changed else one for name, one in body.items()}
        self._add(
            Step(
                action=Action.UPDATE,
                kind=write.kind,
                id=write.id,
                name=write.name,
                method=write.method,
                path=_filled_text(write.path, self._ids),
                body=body,
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
        self._add(
            Step(
                action=Action.UNLINK if is_link else Action.LINK,
                kind=write.kind,
                id=write.id,
                name=write.name,
                method=write.method,
                path=_filled_text(write.path, self._ids),
                body=body,
                relation=write.path_of_link,
                target=there[0].id,
                target_name=write.target_name,
                detail=there[0].detail,
                keys=tuple(link_key(write.kind, write.id, one) for one in there),
                links=there,
            )
        )

    def _link(self, write: Write, link: Link, uses: tuple[str, ...]) -> None:
        target = self._returning.get(link.id, self._there(link.id))
        where = self._returning.get(write.id, self._there(write.id))
        method, path, body = linking(write.kind, where, link, target, PUBLIC_ROOT)
        self._add(
            Step(
                action=Action.LINK,
                kind=write.kind,
                id=write.id,
                name=write.name,
                method=method,
                path=path,
                body=body,
                relation=link.relation,
                target=link.id,
                target_name=write.target_name or link.name,
                detail=link.detail,
                keys=(link_key(write.kind, write.id, link),),
                uses=frozenset((*uses, link.id)),
            )
        )

    def _unlink(self, write: Write, result: WriteResult | None) -> None:
        said = _text(write.body)
        for link in write.links or (_link_of(write),):
            tie = tie_of(write.kind, link.relation)
            if tie is None:
                continue
            via = result.new_id if result is not None else ""
            if tie.tie in (Tie.APP_ROLE, Tie.SCOPED_ROLE, Tie.TARGET) and not via:
                via = f"{{new:link {write.number}}}"
            there = replace(link, via=via)
            place = self._ids.get(write.id, _placeholder(write.path, write.id))
            method, path = unlinking(write.kind, place, there, self._ids.get(link.id, _placeholder(said, link.id)))
            self._add(
                Step(
                    action=Action.UNLINK,
                    kind=write.kind,
                    id=write.id,
                    name=write.name,
                    method=method,
                    path=path,
                    relation=link.relation,
                    target=there.id,
                    target_name=write.target_name if not write.links else link.name,
                    detail=link.detail,
                    keys=(link_key(write.kind, write.id, there),),
                    links=(there,),
                )
            )

    def _bring_back(self, write: Write) -> None:
        kind = self._kind(write)
        key = key_of(write.kind, write.id)
        if kind.keeps_deleted and not _is_deleted_for_good(write):
            path = WAYS[write.kind].revive.format(id=write.id)
            self._add(
                Step(
                    action=Action.REVIVE,
                    kind=write.kind,
                    id=write.id,
                    name=write.name,
                    method="POST",
                    path=path,
                    keys=(key,),
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
        way = WAYS[write.kind]
        path = REQUESTS if write.kind == "roleEligibilitySchedules" else way.path
        body = creation(kind, old, way.after.__contains__)
        is_kept = any(name in old.properties for name in way.kept)
        if not is_kept:
            self._returning[write.id] = f"{{new:{write.id}}}"
        self._add(
            Step(
                action=Action.CREATE,
                kind=write.kind,
                id=write.id,
                name=write.name,
                method="POST",
                path=path,
                body=self._placed(body),
                new={path: value for path, value in write.old.items() if names_in(path)[0] in body},
                keys=(key,),
                also={name: str(old.properties[name]) for name in way.also if old.properties.get(name)},
                risks=[] if is_kept else [Risk("new-ids", {"count": 1})],
            )
        )
        assigned = [link for link in write.links if link.relation == "assignments"]
        if assigned:
            self._assign(write, assigned)
        for link in write.links:
            if link in assigned:
                continue
            if tie_of(write.kind, link.relation) is not None and not (
                link.relation == "members" and refusals.is_dynamic(old.properties)
            ):
                self._link(replace(write, target_name=link.name), link, (write.id,))

    def _assign(self, write: Write, links: Sequence[Link]) -> None:
        method, path, body = assigning(write.kind, self._returning[write.id], links, self._returning)
        self._add(
            Step(
                action=Action.LINK,
                kind=write.kind,
                id=write.id,
                name=write.name,
                method=method,
                path=path,
                body=body,
                relation="assignments",
                target=links[0].id,
                target_name=links[0].name,
                detail=links[0].detail,
                keys=tuple(link_key(write.kind, write.id, one) for one in links),
                links=tuple(links),
                uses=frozenset((write.id, *(one.id for one in links))),
            )
        )

    def _kind(self, write: Write) -> Kind:
        return self._schema.get(write.kind) or Kind(id=write.kind, family="")


def _may_have_happened(result: WriteResult | None) -> bool:
    return result is not None and result.standing in _MAY_HAVE_HAPPENED


def _is_deleted_for_good(write: Write) -> bool:
    """Of groups, only those of Microsoft 365 are kept for a time."""
    types = write.old.get("groupTypes")
    return write.kind == "groups" and not (isinstance(types, list) and "Unified" in types)


def _put_back(body: Any, write: Write, path: str, value: Json) -> Any:
    """A body in which a value is put where the write's own was."""
    names = names_in(path)
    if not isinstance(body, Mapping):
        return body
    if names[0] in body:
        return _put(body, names, value)
    called = next(iter(body), "")
    if len(body) == 1 and len(names) == 1 and called:  # a request of its own, which calls the property so
        return {called: value}
    entries = value if isinstance(value, list) else []
    id = write.path.rpartition("/")[2]
    entry = next((one for one in entries if isinstance(one, Mapping) and one.get("id") == id), None)
    return {name: one for name, one in entry.items() if name != "id"} if entry is not None else body


def _put(value: Any, names: tuple[str, ...], new: Json) -> Any:
    if not names:
        return new
    inside = dict(value) if isinstance(value, Mapping) else {}
    inside[names[0]] = _put(inside.get(names[0]), names[1:], new)
    return inside


def _emptied(value: Json, other: Json) -> Json:
    return [] if value is None and isinstance(other, list) else value


def _link_of(write: Write) -> Link:
    return Link(write.path_of_link, write.target, write.detail)


def _placeholder(said: str, id: str) -> str:
    """An id as a write says it: itself, or the place of a new one."""
    place = f"{{new:{id}}}"
    return place if place in said else id


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return " ".join(_text(one) for one in value.values())
    if isinstance(value, list):
        return " ".join(_text(one) for one in value)
    return ""


def _filled(value: Json, ids: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return _filled_text(value, ids)
    if isinstance(value, Mapping):
        return {name: _filled(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, ids) for one in value]
    return value


def _filled_text(text: str, ids: Mapping[str, str]) -> str:
    if "{new:" not in text:
        return text
    for part in text.split("{new:")[1:]:
        old = part.partition("}")[0]
        if old in ids:
            text = text.replace(f"{{new:{old}}}", ids[old])
    return text


def _mapping(value: Json) -> dict[str, Json]:
    return dict(value) if isinstance(value, dict) else {}


def _left(write: Write, code: str) -> LeftOut:
    return LeftOut(key=key_of(write.kind, write.id), kind=write.kind, id=write.id, name=write.name, code=code)
