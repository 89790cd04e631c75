"""What happened to a collection, in order: the memory behind delta queries."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Feed:
    """Changes of one collection. Positions rise by one with each change."""

    position: int = 0
    forgotten: int = 0
    """Positions before this one are not known any more."""
    _changed: dict[str, int] = field(default_factory=dict)
    _gone: dict[str, str] = field(default_factory=dict)

    def touch(self, id: str) -> None:
        """Note that something is new or changed."""
        self.position += 1
        self._changed.pop(id, None)
        self._changed[id] = self.position
        self._gone.pop(id, None)

    def drop(self, id: str, reason: str = "deleted") -> None:
        """Note that something is not in the collection any more."""
        self.touch(id)
        self._gone[id] = reason

    def overlook(self, id: str) -> None:
        """Never tell of something that is there, until it changes: no promise of the service keeps it from that."""
        self._changed.pop(id, None)

    def since(self, position: int) -> list[tuple[str, str | None]]:
        """Ids that changed after a position, oldest change first, with the reason if they are gone."""
        return [(id, self._gone.get(id)) for id, at in self._changed.items() if at > position]

    def at(self, id: str) -> int:
        """Position of something's last change."""
        return self._changed[id]

    def forget(self) -> None:
        """Let all positions that were handed out expire."""
        self.forgotten = self.position + 1
        self.position += 1
