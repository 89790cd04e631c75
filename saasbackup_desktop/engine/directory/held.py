"""One comparison, as it is kept while somebody looks at it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from saasbackup_desktop.core.directory.comparison import CompareRequest, Comparison
from saasbackup_desktop.core.directory.objects import parts_of
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.engine.directory.findings import Findings
from saasbackup_desktop.engine.directory.pairs import Scope


@dataclass(slots=True)
class Held:
    """What was asked, and what is known so far. Changed on the loop alone."""

    id: str
    request: CompareRequest
    schema: Schema
    asked: int
    """When somebody last asked for it (seconds since 1970 UTC)."""
    findings: Findings = field(default_factory=Findings)
    kinds: list[str] = field(default_factory=list)
    """All that are looked at, in order."""
    read: set[str] = field(default_factory=set)
    """Kinds of which all is known."""
    unread: set[str] = field(default_factory=set)
    """Kinds that could not be read on one of the sides."""
    lost: set[str] = field(default_factory=set)
    """Keys of objects that could not be read on one of the sides."""
    scope: Scope = field(default_factory=lambda: Scope(frozenset()))
    live: dict[str, bytes] = field(default_factory=dict)
    """By key, objects as they are now, compressed: those that differ and are there."""
    is_done: bool = False
    code: str = ""
    detail: str = ""

    def set_out(self, old: Iterable[str], new: Iterable[str], known: Iterable[str], owed: frozenset[str]) -> None:
        """Say what can be compared: kinds that were read on both sides. ``known``: of those that were not, which there
        are.
        """
        asked = set(self.request.kinds) | {parts_of(key)[0] for key in self.request.objects}
        there = set(old) & set(new)
        every = {*old, *new, *known}
        wanted = every & asked if asked else every
        place = {kind: number for number, kind in enumerate(self.schema)}
        self.kinds = sorted(wanted, key=lambda kind: (place.get(kind, len(place)), kind))
        self.findings.order = self.kinds
        self.scope = Scope(frozenset(wanted & there), frozenset(self.request.objects), owed)
        self.unread = wanted - there
        for kind in self.kinds:
            if kind in there:
                self.findings.begin(kind)
        self.pass_over(key for key in owed if parts_of(key)[0] in self.scope.kinds)

    def pass_over(self, keys: Iterable[str]) -> None:
        """Note objects that could not be read on one of the sides."""
        for key in keys:
            is_asked = not self.request.objects or key in self.request.objects
            if key not in self.lost and is_asked:
                self.lost.add(key)
                self.findings.unread(parts_of(key)[0], 1)

    def drop(self, kind: str) -> None:
        """Note that a kind could not be read after all: nothing is told of it."""
        self.unread.add(kind)
        self.findings.drop(kind)
        for key in [key for key in self.live if parts_of(key)[0] == kind]:
            del self.live[key]

    def require_compared(self, key: str) -> None:
        """Raise Misconfigured for an object that could not be read on one of the sides, or was not yet."""
        kind, id = parts_of(key)
        if key in self.lost or not (kind in self.read or self.findings.has(kind, id)):
            raise Misconfigured(key, what="not-compared", name=key)

    def told(self) -> Comparison:
        """How far it is."""
        return Comparison(
            id=self.id,
            request=self.request,
            is_done=self.is_done,
            kinds_read=len(self.read | self.unread),
            kinds_total=len(self.kinds),
            counts=self.findings.counts(),
            code=self.code,
            detail=self.detail,
            unread=[kind for kind in self.kinds if kind in self.unread],
        )
