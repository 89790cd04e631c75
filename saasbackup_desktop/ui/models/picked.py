"""What a person ticked of what differs in a directory: everything, kinds, objects, and parts of objects."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal

from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks, lies_in


@dataclass(frozen=True, slots=True)
class Count:
    """How much is ticked."""

    whole: int = 0
    """Objects with all that differs in them."""
    partly: int = 0

    @property
    def is_nothing(self) -> bool:
        """Nothing is ticked."""
        return not self.whole and not self.partly


@dataclass(slots=True)
class Marks:
    """Ticks, and how many there are below each key."""

    wanted: set[str] = field(default_factory=set)
    unwanted: set[str] = field(default_factory=set)
    below: dict[str, int] = field(default_factory=dict)

    def copy(self) -> "Marks":
        """The same once more, to be changed."""
        return Marks(set(self.wanted), set(self.unwanted), dict(self.below))

    def has(self, key: str) -> bool:
        """Is it picked? As ``Ticks.has`` says it."""
        for one in lies_in(key):
            if one in self.unwanted:
                return False
            if one in self.wanted:
                return True
        return False

    def put(self, key: str, on: bool) -> None:
        """Pick or leave a thing with all that lies in it."""
        if self.below.get(key):
            self._clear_below(key)
        self._drop(key)
        if self.has(key) != on:
            (self.wanted if on else self.unwanted).add(key)
            for above in _above(key):
                self.below[above] = self.below.get(above, 0) + 1

    def _clear_below(self, key: str) -> None:
        start = _start_below(key)
        before = len(self.wanted) + len(self.unwanted)
        self.wanted = {one for one in self.wanted if one == key or not one.startswith(start)}
        self.unwanted = {one for one in self.unwanted if one == key or not one.startswith(start)}
        gone = before - len(self.wanted) - len(self.unwanted)
        for one in lies_in(key):
            self.below[one] = self.below.get(one, 0) - gone
        self.below = {
            one: many for one, many in self.below.items() if many > 0 and (one == key or not one.startswith(start))
        }

    def put_all(self, keys: Iterable[str], on: bool) -> None:
        """Pick or leave many things."""
        for key in keys:
            self.put(key, on)

    def _drop(self, key: str) -> None:
        for side in (self.wanted, self.unwanted):
            if key in side:
                side.discard(key)
                for above in _above(key):
                    self.below[above] -= 1
                    if not self.below[above]:
                        del self.below[above]


class Picked(QObject):
    """The ticks of one comparison."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._marks = Marks()

    @property
    def marks(self) -> Marks:
        """Of now; to be changed only after it was copied."""
        return self._marks

    def put(self, key: str, on: bool) -> None:
        """Tick or untick one thing with all that lies in it."""
        self._marks.put(key, on)
        self.changed.emit()

    def put_all(self, keys: Iterable[str], on: bool) -> None:
        """Tick or untick several."""
        self._marks.put_all(keys, on)
        self.changed.emit()

    def become(self, marks: Marks) -> None:
        """Take over ticks that were made elsewhere."""
        self._marks = marks
        self.changed.emit()

    def clear(self) -> None:
        """Untick everything."""
        self.become(Marks())

    def state(self, key: str) -> Qt.CheckState:
        """How a box looks."""
        if self._marks.below.get(key):
            return Qt.CheckState.PartiallyChecked
        return Qt.CheckState.Checked if self._marks.has(key) else Qt.CheckState.Unchecked

    def toggled(self, key: str) -> bool:
        """What a box becomes when it is pressed: ticked, unless it is ticked whole."""
        return self.state(key) != Qt.CheckState.Checked

    @property
    def is_empty(self) -> bool:
        """Nothing is ticked."""
        return not self._marks.wanted

    def ticks(self) -> Ticks:
        """Say it in the core's words."""
        return Ticks(frozenset(self._marks.wanted), frozenset(self._marks.unwanted))

    def count(self, totals: Mapping[str, int]) -> Count:
        """How much is ticked, if there are so many objects of each kind."""
        marks = self._marks
        touched: dict[str, dict[str, bool]] = {}
        for key in (*marks.wanted, *marks.unwanted):
            thing, part, _ = key.partition("#")
            kind, slash, _ = thing.partition("/")
            if slash:
                objects = touched.setdefault(kind, {})
                objects[thing] = objects.get(thing, False) or bool(part)
        whole = partly = 0
        for kind, total in totals.items():
            objects = touched.get(kind, {})
            in_part = sum(objects.values())
            single = sum(marks.has(thing) for thing, is_part in objects.items() if not is_part)
            partly += in_part
            whole += single + (total - len(objects) if marks.has(kind) else 0)
        return Count(max(0, whole), partly)


def _above(key: str) -> Iterator[str]:
    return (one for one in lies_in(key) if one != key)


def _start_below(key: str) -> str:
    """How the keys of all begin that lies in a thing."""
    if key == EVERYTHING:
        return ""
    if "#" in key:
        return f"{key}."
    return f"{key}#" if "/" in key else f"{key}/"
