"""What a script does, object by object, in an order in which it can be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saasbackup_desktop.core.directory.objects import key_of
from saasbackup_desktop.core.directory.plan import Write


@dataclass(frozen=True, slots=True, kw_only=True)
class Bring:
    """Bring one object back: leave it if it is there, else revive it, else make it anew; then set what it was."""

    kind: str
    id: str
    name: str
    look: str
    """Path that answers if it is there; empty if nothing does."""
    revive: Write | None = None
    create: Write | None = None
    updates: tuple[Write, ...] = ()
    """What sets it as it was, where it is there or was revived."""

    @property
    def key(self) -> str:
        """The object's key."""
        return key_of(self.kind, self.id)


Act = Bring | Write
"""A write alone is sent as it is: a link, or what an object gets after others are there."""


def numbered(acts: Sequence[Act]) -> Mapping[str, int]:
    """A number for each id that may become another one; by the old one."""
    made = [
        id
        for act in acts
        if isinstance(act, Bring) and act.create is not None
        for id in (act.id, *act.create.also.values())
    ]
    return {id: number for number, id in enumerate(dict.fromkeys(made), 1)}


def verb(write: Write) -> str:
    """A write's method, which is a plain word. Raises ValueError if it is none."""
    if not write.method.isascii() or not write.method.isalpha():
        raise ValueError(write.method)
    return write.method
