"""Choosing how long points in time are kept, without a window: three ways, and what each means as a rule."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.retention import Keep

_SHORTEST: Final = 1


class Way(StrEnum):
    """The ways to choose."""

    EVERYTHING = "everything"
    AGE = "age"
    THIN = "thin"


class Unit(StrEnum):
    """What an age is counted in."""

    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


_DAYS: Final = {Unit.DAYS: 1, Unit.MONTHS: 31, Unit.YEARS: 366}
"""Never less than the calendar's own."""

USUAL: Final = Keep(days=30, weekly=12, monthly=12)
"""What thinning out starts from."""


@dataclass(slots=True, kw_only=True)
class Keeping:
    """What was chosen so far."""

    way: Way = Way.EVERYTHING
    amount: int = 1
    unit: Unit = Unit.YEARS
    thin: Keep = field(default_factory=lambda: USUAL)

    @classmethod
    def of(cls, keep: Keep) -> "Keeping":
        """Begin with a rule that is in force."""
        if keep.is_everything:
            return cls()
        if keep == Keep(days=keep.days) and keep.days:
            amount, unit = _in_units(keep.days)
            return cls(way=Way.AGE, amount=amount, unit=unit)
        return cls(way=Way.THIN, thin=keep)

    def keep(self) -> Keep:
        """The rule that was chosen."""
        match self.way:
            case Way.EVERYTHING:
                return Keep()
            case Way.AGE:
                return Keep(days=max(_SHORTEST, self.amount) * _DAYS[self.unit])
            case Way.THIN:
                return self.thin

    @property
    def is_empty(self) -> bool:
        """Thinning out without any count would keep everything: not what was meant."""
        return self.way is Way.THIN and self.thin.is_everything


def _in_units(days: int) -> tuple[int, Unit]:
    for unit in (Unit.YEARS, Unit.MONTHS):
        if days % _DAYS[unit] == 0:
            return days // _DAYS[unit], unit
    return days, Unit.DAYS
