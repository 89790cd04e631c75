"""Calls that have one lawful place, or none."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.arch.source import Module, calls, modules


@dataclass(frozen=True, slots=True)
class Ban:
    """What must not be called, where, and why."""

    name: str
    why: str
    is_meant: Callable[[str], bool]
    where: Callable[[str], bool]
    """Whether the ban holds for a file, by its path within the package."""


def _everywhere(room: str) -> bool:
    return True


def _in_clocks(room: str) -> bool:
    return room.rsplit("/", 1)[-1].startswith("clock")


BANS = (
    Ban(
        "exec",
        "a dialog's own event loop stops every other task: open() and await instead",
        lambda called: called.endswith((".exec", ".exec_")),
        lambda room: room.startswith("ui/"),
    ),
    Ban("processEvents", "re-entrance: await instead", lambda called: called.endswith("processEvents"), _everywhere),
    Ban(
        "QApplication.instance",
        "pass what is needed instead of reaching for a global",
        lambda called: called.endswith(("QApplication.instance", "QCoreApplication.instance")),
        lambda room: room != "ui/boot.py",
    ),
    Ban(
        "asyncio.to_thread",
        "engine/offload.py is the only way to threads",
        lambda called: called in ("asyncio.to_thread", "to_thread"),
        lambda room: room != "engine/offload.py" and not room.startswith("sim/"),
    ),
    Ban(
        "time.time",
        "ask the clock that was handed in",
        lambda called: called in ("time.time", "time.time_ns", "datetime.now", "datetime.datetime.now", "date.today"),
        lambda room: not _in_clocks(room) and not room.startswith("sim/"),
    ),
    Ban(
        "print",
        "only the command line speaks to the terminal",
        lambda called: called == "print",
        lambda room: not room.startswith("cli/"),
    ),
)


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.name)
def test_nobody_calls(ban: Ban) -> None:
    found = [call.place for call in calls() if ban.where(call.room) and ban.is_meant(call.called)]
    assert not found, f"{ban.name}: {ban.why}\n" + "\n".join(found)


def _swallows(handler: ast.ExceptHandler) -> bool:
    """``except Exception: pass``, or the like."""
    names = ast.unparse(handler.type) if handler.type is not None else ""
    return names in ("", "Exception", "BaseException") and all(
        isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in handler.body
    )


def test_nobody_swallows_exceptions() -> None:
    found = [
        module.at(node)
        for module in modules()
        if "except" in module.path.read_text()
        for node in ast.walk(module.tree())
        if isinstance(node, ast.ExceptHandler) and _swallows(node)
    ]
    assert not found, "\n".join(found)


def _unfinished(module: Module) -> list[str]:
    words = re.compile(r"(?<!V)TODO|FIXME|XXX|TO SAY")  # tasks are called VTODO (RFC 5545)
    lines = module.path.read_text().splitlines()
    return [f"saasbackup_desktop/{module.room}:{number}" for number, line in enumerate(lines, 1) if words.search(line)]


def test_nothing_is_marked_unfinished() -> None:
    found = [place for module in modules() for place in _unfinished(module)]
    assert not found, "\n".join(found)
