"""What letters need to know of where they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from saasbackup_desktop.app.words.moments import MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What words need to know besides."""

    zone: tzinfo
    host: str
    """The computer's name."""
    task_names: Mapping[str, str] = field(default_factory=dict)
    next_runs: Mapping[str, int] = field(default_factory=dict)
    """By task."""

    def moment(self, value: int) -> str:
        """``21 November 2026, 08:12``."""
        found = datetime.fromtimestamp(value, self.zone)
        return f"{found.day} {MONTHS[found.month - 1]} {found.year}, {found.hour:02}:{found.minute:02}"

    def task(self, id: str) -> str:
        """A task's name."""
        return self.task_names.get(id, "")
