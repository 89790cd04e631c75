"""A desk and an agent's desk are asked for the same, in the same way."""

import inspect

from saasbackup_desktop.agent import surface
from saasbackup_desktop.agent.remote import RemoteDesk
from saasbackup_desktop.agent.surface import Kind
from saasbackup_desktop.app.desk import Desk


def _same(door: type, remote: type, where: str) -> list[str]:
    wrong = []
    for entry in surface.entries(door).values():
        name = f"{where}.{entry.name}"
        there = inspect.getattr_static(remote, entry.name, None)
        if entry.kind is Kind.UNFIT:
            wrong.append(f"{name} is neither a coroutine, nor a stream, nor a static method")
        elif there is None:
            wrong.append(f"{name} is missing")
        elif entry.room is not None:
            room = getattr(remote, entry.name).fget(_Unconnected())
            wrong += _same(entry.room, type(room), name)
        elif isinstance(there, property) != (entry.kind is Kind.VALUE):
            wrong.append(f"{name} is a property on one side alone")
        elif entry.kind is not Kind.VALUE and inspect.signature(getattr(remote, entry.name)) != inspect.signature(
            getattr(door, entry.name)
        ):
            wrong.append(f"{name} takes something else")
        elif entry.kind is Kind.CALL and not inspect.iscoroutinefunction(there):
            wrong.append(f"{name} is no coroutine")
    return wrong


class _Unconnected:
    _connection = None


def test_agents_desk_is_a_desk() -> None:
    assert isinstance(RemoteDesk, type)
    assert not _same(Desk, RemoteDesk, "desk")


def test_what_crosses_is_plain() -> None:
    """Nothing that holds anything but data: no classes of ours that the codec could not take apart."""
    plain = set(surface.classes(Desk))
    strange = {
        f"{'.'.join(path)}: {kind.__name__}"
        for path, entry in surface.calls(Desk)
        for kind in surface.parts(entry.hints)
        if kind.__module__.startswith("saasbackup_desktop.") and kind not in plain
    }
    assert not strange


def test_fingerprint_tells_doors_apart() -> None:
    class Door:
        async def ask(self, words: str) -> int: ...

    class Other:
        async def ask(self, words: str, limit: int = 5) -> int: ...

    assert surface.fingerprint(Door) != surface.fingerprint(Other)
    assert surface.fingerprint(Desk) == surface.fingerprint(Desk)
