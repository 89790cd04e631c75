"""Making a vault, step by step, without a window: its place, its lock, and whether the storage is fit for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from saasbackup_desktop.app.flows.bucket import BucketEntry
from saasbackup_desktop.app.views import StoreFinding
from saasbackup_desktop.core.ports import ObjectLock


class Where(StrEnum):
    """The kinds of places."""

    FOLDER = "folder"
    BUCKET = "bucket"


class Step(StrEnum):
    """The pages."""

    PLACE = "place"
    LOCK = "lock"
    TEST = "test"
    PASSPHRASE = "passphrase"


class Fitness(StrEnum):
    """What the test of a storage came to."""

    UNKNOWN = "unknown"
    FIT = "fit"
    LIMITED = "limited"  # a vault can lie there, but something asked for or usual is missing
    UNFIT = "unfit"


def fitness(found: Sequence[StoreFinding]) -> Fitness:
    """Sum up what a test found."""
    outcomes = {finding.outcome for finding in found}
    if not outcomes:
        return Fitness.UNKNOWN
    if "failed" in outcomes:
        return Fitness.UNFIT
    return Fitness.LIMITED if "limited" in outcomes else Fitness.FIT


_STEPS: Final = {
    Where.FOLDER: (Step.PLACE, Step.PASSPHRASE),
    Where.BUCKET: (Step.PLACE, Step.LOCK, Step.TEST, Step.PASSPHRASE),
}
COMPLIANCE: Final = "compliance"


@dataclass(slots=True, kw_only=True)
class NewVault:
    """Where the person is, and what was entered so far. Secrets are never part of it."""

    step: Step = Step.PLACE
    where: Where = Where.FOLDER
    folder: str = ""
    entry: BucketEntry = field(default_factory=BucketEntry)
    lock_mode: str = ""
    """``governance``, ``compliance``, or empty for none."""
    lock_days: int = 30
    is_sure: bool = False
    """Compliance was asked about a second time, and confirmed."""
    fitness: Fitness = Fitness.UNKNOWN
    is_limit_accepted: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """The pages in their order."""
        return _STEPS[self.where]

    @property
    def number(self) -> int:
        """Which of the pages is open, from 1."""
        return self.steps.index(self.step) + 1

    @property
    def lock(self) -> ObjectLock | None:
        """The lock that was asked for; a folder has none."""
        if self.where is Where.FOLDER or not self.lock_mode:
            return None
        return ObjectLock(mode=self.lock_mode, days=self.lock_days)

    @property
    def location(self) -> str:
        """Where the vault is to lie."""
        return self.folder.strip() if self.where is Where.FOLDER else self.entry.location

    @property
    def must_be_sure(self) -> bool:
        """Nobody, not even the owner of the storage, can undo this lock: asked twice."""
        return self.step is Step.LOCK and self.lock_mode == COMPLIANCE and not self.is_sure

    def missing(self, *, has_secret: bool, has_passphrase: bool) -> dict[str, str]:
        """Say what the open page still lacks: field and code."""
        match self.step:
            case Step.PLACE if self.where is Where.FOLDER:
                return {} if self.folder.strip() else {"folder": "needed"}
            case Step.PLACE:
                return self.entry.missing(has_secret=has_secret)
            case Step.LOCK:
                return {"lock": "unsure"} if self.must_be_sure else {}
            case Step.TEST:
                accepted = self.fitness is Fitness.LIMITED and self.is_limit_accepted
                return {} if self.fitness is Fitness.FIT or accepted else {"test": self.fitness.value}
            case Step.PASSPHRASE:
                return {} if has_passphrase else {"passphrase": "needed"}

    def advance(self) -> Step:
        """Go to the next page; a test before which something can still change says nothing any more."""
        if self.step in (Step.PLACE, Step.LOCK):
            self.fitness, self.is_limit_accepted = Fitness.UNKNOWN, False
        self.step = self.steps[min(self.number, len(self.steps) - 1)]
        return self.step

    def back(self) -> Step:
        """Go to the page before; whoever goes back to the lock is asked again."""
        self.step = self.steps[max(self.number - 2, 0)]
        if self.step is Step.LOCK:
            self.is_sure = False
        return self.step

    def choose_lock(self, mode: str, days: int) -> None:
        """Choose how long nothing can be deleted."""
        if (mode, days) != (self.lock_mode, self.lock_days):
            self.lock_mode, self.lock_days, self.is_sure = mode, days, False
