"""When drills begin by themselves, as it is kept: one sealed file of the home."""

from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.app.drills.views import DrillPlan
from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.schedule import Rhythm, Schedule

_MAGIC: Final = b"saasbackup drills 1\n"
USUAL: Final = DrillPlan(schedule=Schedule(rhythm=Rhythm.DAILY, at=210))
"""Every night a share of the accounts, so that each has its turn once a week."""


class DrillStore:
    """Reads and writes the plan; what another process of this home wrote is seen."""

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = SealedFile(file, key, _MAGIC)
        self._known: tuple[tuple[int, int] | None, DrillPlan] | None = None

    def read(self) -> DrillPlan:
        """What is kept now. Raises Misconfigured if it does not open."""
        mark = self._file.mark()
        if self._known is None or self._known[0] != mark:
            self._known = mark, self._opened()
        return self._known[1]

    def write(self, plan: DrillPlan) -> None:
        """Keep another one. Raises HomeFault."""
        plain = {"schedule": codec.plain_fields(plan.schedule), "items": plan.items, "days": plan.days}
        self._file.write(codec.dumps(plain).encode())

    def _opened(self) -> DrillPlan:
        try:
            found = self._file.read()
            return USUAL if found is None else _from_plain(codec.loads(found))
        except (NotOpened, ValueError, KeyError, TypeError):
            name = str(self._file.file)
            raise Misconfigured("the sealed plan does not open", what="drills-unreadable", name=name) from None


def _from_plain(plain: dict[str, Any]) -> DrillPlan:
    schedule = Schedule(**{**plain["schedule"], "rhythm": Rhythm(plain["schedule"]["rhythm"])})
    return DrillPlan(schedule=schedule, items=int(plain["items"]), days=int(plain["days"]))
