"""Plans and what came of them, as they are kept: in the catalog, piece by piece, since a plan may be long."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, ParamSpec, TypeVar

from saasbackup_desktop.catalog.catalog import Catalog, Record
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.directory.drafting import Wish
from saasbackup_desktop.core.directory.objects import Link, key_of
from saasbackup_desktop.core.directory.plan import (
    Action,
    LeftOut,
    Mode,
    PlanHead,
    Risk,
    Standing,
    Write,
    WriteResult,
)
from saasbackup_desktop.core.directory.ticks import Ticks
from saasbackup_desktop.core.ids import AccountId, SnapshotId, StreamId
from saasbackup_desktop.engine.offload import Offload

P = ParamSpec("P")
T = TypeVar("T")

ROOM: Final = "directory plans"
"""The room of records that keeps what each plan is, by the plan's id."""
PAGE: Final = 250
"""Writes, or things left out, that one record holds."""
_KEYS: Final = 5000
"""Keys of what was ticked that one record holds."""
_STANDINGS: Final = tuple(Standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """How far a plan was carried out."""

    by_standing: Mapping[Standing, int]
    """Of those writes that anything came of."""
    verified: int
    not_verified: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A password that was made up and waits to be shown."""

    id: str
    """Of the object, as the snapshot has it."""
    name: str
    sealed: str
    """Text that only whoever sealed it can read."""


@dataclass(frozen=True, slots=True)
class Made:
    """Something that a plan made anew."""

    old: str
    """The id that it had."""
    key: str
    """Its key since."""
    also: Mapping[str, str]
    """Other ids that were new with it: old -> new."""


class Plans:
    """The plans of one home. Reads and writes the catalog off the loop."""

    def __init__(self, catalog: Catalog, offload: Offload) -> None:
        self._catalog = catalog
        self._offload = offload

    async def put(
        self, head: PlanHead, writes: Sequence[Write], left_out: Sequence[LeftOut] = (), wish: Wish | None = None
    ) -> None:
        """Write a plan down, whole or not at all to whoever asks. Raises CatalogFault.

        ``wish``: what it was made of, where it can be made anew.
        """

        def work() -> None:
            for start in range(0, len(writes), PAGE):
                self._put_page(
                    _writes(head.id), head, start, [codec.plain_fields(one) for one in writes[start:][:PAGE]]
                )
            for start in range(0, len(left_out), PAGE):
                some = [codec.plain_fields(one) for one in left_out[start : start + PAGE]]
                self._put_page(_left_out(head.id), head, start, some)
            if wish is not None:
                self._catalog.put_records(_wish(head.id), [Record(*one) for one in _wish_parts(wish, head.made)])
            self._catalog.put_records(ROOM, [_record(head)])  # last: a plan without it is none

        await self._writing(work)

    def _put_page(self, room: str, head: PlanHead, start: int, plain: Sequence[Any]) -> None:
        self._catalog.put_records(room, [Record(f"{start // PAGE:08d}", head.made, plain)])

    async def head(self, plan: str) -> PlanHead | None:
        """Look up what a plan is; None: there is none of that id."""
        found = await self._reading(self._catalog.record, ROOM, plan)
        return None if found is None else _head(found.plain)

    async def all(self, stream: StreamId | None = None) -> list[PlanHead]:
        """List plans, newest first; None: of all streams."""
        found = [_head(one.plain) for one in await self._reading(self._catalog.records, ROOM)]
        return [one for one in found if stream is None or one.stream == stream]

    async def writes(self, plan: str, offset: int = 0, limit: int | None = None) -> list[Write]:
        """Read writes in their order, from the one at ``offset`` on; without ``limit``: all."""
        return [_write(one) for one in await self._stretch(_writes(plan), offset, limit)]

    async def left_out(self, plan: str, offset: int = 0, limit: int | None = None) -> list[LeftOut]:
        """Read what a plan leaves out, from the one at ``offset`` on; without ``limit``: all."""
        return [LeftOut(**one) for one in await self._stretch(_left_out(plan), offset, limit)]

    async def wish(self, plan: str) -> Wish | None:
        """Read what a plan was made of; None: it was not kept."""
        found = await self._reading(self._catalog.records, _wish(plan))
        return _wish_of({one.key: one.plain for one in found}) if found else None

    async def _stretch(self, room: str, offset: int, limit: int | None) -> list[Any]:
        def pages() -> Iterator[Any]:
            page = offset // PAGE
            while (record := self._catalog.record(room, f"{page:08d}")) is not None:
                yield from record.plain[offset - page * PAGE if page == offset // PAGE else 0 :]
                page += 1

        def work() -> list[Any]:
            found: list[Any] = []
            for one in pages():
                if limit is not None and len(found) >= limit:
                    break
                found.append(one)
            return found

        return await self._reading(work)

    # --- what came of it ------------------------------------------------------------------------------------

    async def put_results(self, plan: str, results: Sequence[WriteResult]) -> None:
        """Write down what came of writes, new or changed; it is on the disk when this returns."""
        records = [
            Record(f"{one.number:08d}", _mark(one.standing, one.is_verified), codec.plain_fields(one))
            for one in results
        ]
        await self._writing(self._catalog.put_records, _results(plan), records)

    async def results(self, plan: str) -> dict[int, WriteResult]:
        """Read all that came of a plan, by the writes' numbers."""
        found = await self._reading(self._catalog.records, _results(plan))
        return {one.number: one for one in (_result(record.plain) for record in reversed(found))}

    async def results_of(self, plan: str, numbers: Sequence[int]) -> dict[int, WriteResult]:
        """Read what came of some writes, by their numbers; those that nothing came of yet are not among them."""

        def work() -> dict[int, WriteResult]:
            found = (self._catalog.record(_results(plan), f"{number:08d}") for number in numbers)
            return {one.number: one for one in (_result(record.plain) for record in found if record is not None)}

        return await self._reading(work)

    async def standings(self, plan: str) -> Standings:
        """Count how a plan's writes stand."""
        found = await self._reading(self._catalog.count_records, _results(plan))
        counts: dict[Standing, int] = {}
        verified = {True: 0, False: 0}
        for mark, count in found.items():
            standing, seen = _STANDINGS[mark // 3], mark % 3
            counts[standing] = counts.get(standing, 0) + count
            if seen:
                verified[seen == 1] += count
        return Standings(by_standing=counts, verified=verified[True], not_verified=verified[False])

    async def made(self, stream: StreamId) -> list[Made]:
        """List what plans of a stream have made anew, oldest first. What became of it since is not known here."""
        found: list[Made] = []
        for head in reversed(await self.all(stream)):
            if not head.counts.get(Action.CREATE, 0):
                continue
            results = await self.results(head.id)
            if not any(one.new_id for one in results.values()):
                continue
            for write in await self.writes(head.id):
                result = results.get(write.number)
                if write.action is Action.CREATE and result is not None and result.new_id:
                    found.append(Made(write.id, key_of(write.kind, result.new_id), result.also))
        return found

    async def set_undone_by(self, plan: str, undo: str) -> None:
        """Write down which plan takes it back."""
        await self._amend(plan, lambda head: replace(head, undone_by=undo))

    async def set_revived(self, plan: str, count: int) -> None:
        """Write down how much it took out of the recycle bin."""
        await self._amend(plan, lambda head: replace(head, revived=count))

    async def _amend(self, plan: str, change: Callable[[PlanHead], PlanHead]) -> None:
        def work() -> None:
            record = self._catalog.record(ROOM, plan)
            if record is not None:
                self._catalog.put_records(ROOM, [_record(change(_head(record.plain)))])

        await self._writing(work)

    async def drop(self, plan: str) -> None:
        """Forget a plan and all that came of it."""

        def work() -> None:
            self._catalog.drop_records(ROOM, [plan])
            for room in (_writes(plan), _left_out(plan), _results(plan), _passwords(plan), _wish(plan)):
                self._catalog.drop_records(room, [one.key for one in self._catalog.records(room)])

        await self._writing(work)

    # --- passwords ------------------------------------------------------------------------------------------

    async def put_password(self, plan: str, sealed: Sealed) -> None:
        """Keep a sealed password until it is shown; it is on the disk when this returns."""
        plain = {"name": sealed.name, "sealed": sealed.sealed}
        await self._writing(self._catalog.put_records, _passwords(plan), [Record(sealed.id, 0, plain)])

    async def passwords(self, plan: str) -> list[Sealed]:
        """Read the sealed passwords of a plan that nobody has seen yet, by name."""
        found = await self._reading(self._catalog.records, _passwords(plan))
        return sorted(
            (Sealed(one.key, one.plain["name"], one.plain["sealed"]) for one in found), key=lambda one: one.name
        )

    async def drop_passwords(self, plan: str, ids: Sequence[str]) -> None:
        """Forget passwords, by the objects' ids as the snapshot has them."""
        await self._writing(self._catalog.drop_records, _passwords(plan), ids)

    async def _writing(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._offload.on_catalog(function, *args, **kwargs)

    async def _reading(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._offload.on_reading(function, *args, **kwargs)


def _writes(plan: str) -> str:
    return f"directory plan {plan} writes"


def _left_out(plan: str) -> str:
    return f"directory plan {plan} left out"


def _results(plan: str) -> str:
    return f"directory plan {plan} results"


def _passwords(plan: str) -> str:
    return f"directory plan {plan} passwords"


def _wish(plan: str) -> str:
    return f"directory plan {plan} wish"


def _wish_parts(wish: Wish, made: int) -> Iterator[tuple[str, int, Any]]:
    """Keys, moments and contents of the records that hold a wish; a person may have ticked very much."""
    plain = {
        "mode": wish.mode.value,
        "break_glass": sorted(wish.break_glass),
        "myself": wish.myself,
        "accepts": sorted(wish.accepts),
        "own": sorted(wish.own),
    }
    yield "how", made, plain
    for name, keys in (("wanted", sorted(wish.ticks.wanted)), ("unwanted", sorted(wish.ticks.unwanted))):
        for start in range(0, len(keys), _KEYS):
            yield f"{name} {start // _KEYS:08d}", made, keys[start : start + _KEYS]


def _wish_of(parts: Mapping[str, Any]) -> Wish:
    def keys(name: str) -> frozenset[str]:
        return frozenset(key for part, some in parts.items() if part.startswith(f"{name} ") for key in some)

    how = parts["how"]
    return Wish(
        ticks=Ticks(wanted=keys("wanted"), unwanted=keys("unwanted")),
        mode=Mode(how["mode"]),
        break_glass=frozenset(how["break_glass"]),
        myself=how["myself"],
        accepts=frozenset(how["accepts"]),
        own=frozenset(how["own"]),
    )


def _mark(standing: Standing, is_verified: bool | None) -> int:
    """What results are counted by; it takes the place of a moment."""
    return _STANDINGS.index(standing) * 3 + {None: 0, True: 1, False: 2}[is_verified]


def _record(head: PlanHead) -> Record:
    return Record(head.id, head.made, codec.plain_fields(head))


def _head(plain: Mapping[str, Any]) -> PlanHead:
    return PlanHead(
        **{
            **plain,
            "stream": StreamId(plain["stream"]),
            "account": AccountId(plain["account"]),
            "snapshot": SnapshotId(plain["snapshot"]),
            "mode": Mode(plain["mode"]),
            "risks": _risks(plain["risks"]),
            "accepts": tuple(plain.get("accepts", ())),
        }
    )


def _write(plain: Mapping[str, Any]) -> Write:
    return Write(
        **{
            **plain,
            "action": Action(plain["action"]),
            "keys": tuple(plain["keys"]),
            "risks": _risks(plain["risks"]),
            "needs": tuple(plain["needs"]),
            "links": tuple(Link(**one) for one in plain["links"]),
        }
    )


def _result(plain: Mapping[str, Any]) -> WriteResult:
    return WriteResult(**{**plain, "standing": Standing(plain["standing"])})


def _risks(plain: Sequence[Mapping[str, Any]]) -> tuple[Risk, ...]:
    return tuple(Risk(**one) for one in plain)
