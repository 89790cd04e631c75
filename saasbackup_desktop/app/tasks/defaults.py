"""The task that every connection gets which no other covers."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.tasks.store import Book
from saasbackup_desktop.app.tasks.views import Task
from saasbackup_desktop.core.ids import ConnectionName, TaskId
from saasbackup_desktop.core.schedule import Rhythm, Schedule

_NIGHT: Final = 6 * 60
"""Minutes after midnight over which tasks are spread, so that not all begin at once."""


def new_id() -> TaskId:
    """An id that no task has."""
    return TaskId(secrets.token_hex(6))


def usual(name: str) -> Schedule:
    """Once a night, at a minute that depends on the name alone."""
    digits = hashlib.sha256(name.encode()).digest()
    return Schedule(rhythm=Rhythm.DAILY, at=int.from_bytes(digits[:4], "big") % _NIGHT)


def uncovered(book: Book, names: Iterable[ConnectionName]) -> list[ConnectionName]:
    """Connections that no task covers."""
    if any(not task.connections for task in book.tasks.values()):
        return []
    covered = {name for task in book.tasks.values() for name in task.connections}
    return [name for name in names if name not in covered]


def completed(book: Book, names: Sequence[ConnectionName], now: int) -> Book:
    """With a task for each connection that had none."""
    fresh: dict[TaskId, Task] = {}
    taken = {task.name.casefold() for task in book.tasks.values()}
    for name in uncovered(book, names):
        id = new_id()
        called = free_name(name, taken)
        taken.add(called.casefold())
        fresh[id] = Task(id=id, name=called, connections=(name,), schedule=usual(name), created=now)
    if not fresh:
        return book
    return replace(book, tasks={**book.tasks, **fresh}, since={**book.since, **dict.fromkeys(fresh, now)})


def free_name(name: str, taken: Iterable[str]) -> str:
    """A name that is not taken: this one, or with a number behind it."""
    known = {one.casefold() for one in taken}
    called, number = name, 1
    while called.casefold() in known:
        number += 1
        called = f"{name} {number}"
    return called
