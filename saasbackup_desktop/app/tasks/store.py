"""Tasks as they are kept: one sealed file of the home."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.app.tasks import plain
from saasbackup_desktop.app.tasks.views import Pruning, Task
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import TaskId
from saasbackup_desktop.core.schedule import Conditions

_MAGIC: Final = b"saasbackup tasks 1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything that is kept of tasks; how they ran is among the catalog's records."""

    tasks: Mapping[TaskId, Task] = field(default_factory=dict)
    """By the order in which they were made."""
    since: Mapping[TaskId, int] = field(default_factory=dict)
    """From when on their times count: since they were made, got another schedule, or were resumed."""
    conditions: Conditions = field(default_factory=Conditions)
    pruning: Pruning = Pruning.AUTOMATIC


class TaskStore:
    """Reads and writes tasks; what another process of this home wrote is seen."""

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = SealedFile(file, key, _MAGIC)
        self._lock = FileLock(file.with_name(f"{file.name}.lock"), thread_local=False)
        self._known: tuple[tuple[int, int] | None, Book] | None = None

    def read(self) -> Book:
        """What is kept now. Raises Misconfigured if it does not open."""
        mark = self._file.mark()
        if self._known is None or self._known[0] != mark:
            self._known = mark, self._opened()
        return self._known[1]

    def change(self, change: Callable[[Book], Book]) -> Book:
        """Change what is kept, in one write; nothing is written if nothing changes. Raises Misconfigured, HomeFault."""
        with self._lock:
            before = self.read()
            after = change(before)
            if after != before:
                self._file.write(codec.dumps(_to_plain(after)).encode())
                self._known = self._file.mark(), after
        return after

    def _opened(self) -> Book:
        try:
            found = self._file.read()
            return _from_plain(codec.loads(found)) if found is not None else Book()
        except (NotOpened, ValueError, KeyError, TypeError):
            name = str(self._file.file)
            raise Misconfigured("the sealed tasks do not open", what="tasks-unreadable", name=name) from None


def _to_plain(book: Book) -> dict[str, Any]:
    return {
        "tasks": [plain.task_to_plain(task) for task in book.tasks.values()],
        "since": dict(book.since),
        "conditions": plain.conditions_to_plain(book.conditions),
        "pruning": book.pruning.value,
    }


def _from_plain(found: Mapping[str, Any]) -> Book:
    tasks = [plain.task_from_plain(one) for one in found["tasks"]]
    return Book(
        tasks={task.id: task for task in tasks},
        since={TaskId(id): moment for id, moment in found["since"].items()},
        conditions=plain.conditions_from_plain(found["conditions"]),
        pruning=Pruning(found["pruning"]),
    )
