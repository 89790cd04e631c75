"""What a person ticked of what differs in a directory: everything, kinds, objects, and parts of objects."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal

from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks, is_picked, lies_in


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
        return is_picked(key, self.wanted, self.unwanted)

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
        is_wanted, is_unwanted = key in self.wanted, key in self.unwanted
        is_all = self.below[key] == before - is_wanted - is_unwanted
        self.wanted = set() if is_all else {one for one in self.wanted if not one.startswith(start)}
        self.unwanted = set() if is_all else {one for one in self.unwanted if not one.startswith(start)}
        if is_wanted:
            self.wanted.add(key)
        if is_unwanted:
            self.unwanted.add(key)
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

    def put_links(self, thing: str, keys: Set[str], on: bool) -> None:
        """Pick or leave many links of one object: the same as one by one, and quick."""
        before = len(self.wanted) + len(self.unwanted)
        self.wanted -= keys
        self.unwanted -= keys
        if self.has(thing) != on:
            (self.wanted if on else self.unwanted).update(keys)
        more = len(self.wanted) + len(self.unwanted) - before
        for one in lies_in(thing):
            self.below[one] = self.below.get(one, 0) + more
            if not self.below[one]:
                del self.below[one]

    def links(self, thing: str, keys: Set[str]) -> int:
        """How many of an object's links are picked."""
        return len(keys) - len(keys & self.unwanted) if self.has(thing) else len(keys & self.wanted)

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

    def put_links(self, thing: str, keys: Set[str], on: bool) -> None:
        """Tick or untick many links of one object."""
        self._marks.put_links(thing, keys, on)
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
        in_part, single, parts = Counter[str](), Counter[str](), Counter[str]()
        for thing, many in marks.below.items():
            kind, slash, _ = thing.partition("/")
            if slash and "#" not in thing:
                in_part[kind] += 1
                parts[kind] += many
                single[kind] -= thing in marks.wanted or thing in marks.unwanted
        whole = partly = 0
        for kind, total in totals.items():
            # What is said of single objects of a kind is always the opposite of what is said of the kind.
            others = single[kind] + marks.below.get(kind, 0) - parts[kind]
            whole += total - others - in_part[kind] if marks.has(kind) else others
            partly += in_part[kind]
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
