"""Tasks and conditions as they are written down, and read back."""

from collections.abc import Mapping
from typing import Any

from saasbackup_desktop.app.tasks.views import Task
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import ConnectionName, TaskId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.core.schedule import Cap, Conditions, Rhythm, Schedule, Span


def task_to_plain(task: Task) -> dict[str, Any]:
    """Write a task down."""
    return codec.plain_fields(task)


def task_from_plain(plain: Mapping[str, Any]) -> Task:
    """Read it back."""
    keep = plain["keep"]
    return Task(
        **{
            **plain,
            "id": TaskId(plain["id"]),
            "connections": tuple(ConnectionName(name) for name in plain["connections"]),
            "services": tuple(Service(one) for one in plain["services"]),
            "schedule": schedule_from_plain(plain["schedule"]),
            "keep": Keep.from_plain(keep) if keep is not None else None,
        }
    )


def schedule_from_plain(plain: Mapping[str, Any]) -> Schedule:
    """Read a schedule."""
    return Schedule(**{**plain, "rhythm": Rhythm(plain["rhythm"])})


def conditions_to_plain(conditions: Conditions) -> dict[str, Any]:
    """Write conditions down."""
    return codec.plain_fields(conditions)


def conditions_from_plain(plain: Mapping[str, Any]) -> Conditions:
    """Read them back."""
    return Conditions(
        **{
            **plain,
            "blackout": tuple(_span(one) for one in plain["blackout"]),
            "caps": tuple(Cap(span=_span(one["span"]), rate=one["rate"]) for one in plain["caps"]),
        }
    )


def _span(plain: Mapping[str, Any]) -> Span:
    return Span(days=tuple(plain["days"]), start=plain["start"], end=plain["end"])
