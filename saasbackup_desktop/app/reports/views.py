"""What a report holds: plain values under codes; words for them are in ``app.words.reports``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Value = str | int | None
"""Text, a number, or nothing. Times are seconds since 1970 UTC, sizes are bytes, spans are seconds."""


class Kind(StrEnum):
    """What a report is about."""

    SUMMARY = "summary"
    FAILURES = "failures"
    USAGE = "usage"
    RESTORE = "restore"
    DRILLS = "drills"
    ACTIVITY = "activity"


class Form(StrEnum):
    """What a report is written as."""

    CSV = "csv"
    PDF = "pdf"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns, each named by a code."""

    code: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a report says."""

    kind: Kind
    made: int
    since: int | None = None
    until: int | None = None
    vault: str = ""
    """The vault's id."""
    by: str = ""
    """Who had it made: user of the operating system and host."""
    program: str = ""
    facts: tuple[tuple[str, Value], ...] = ()
    tables: tuple[Table, ...] = ()


class Outcome(StrEnum):
    """What becomes of looking at a file's seal."""

    WHOLE = "whole"
    """As it was written, by who holds the key that is told."""
    ALTERED = "altered"
    """What is above the seal is not what was sealed."""
    FORGED = "forged"
    """The seal itself was altered, or made without the key that it names."""
    UNSEALED = "unsealed"
    """There is no whole seal at the end: cut short, or never sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a file's seal says."""

    outcome: Outcome
    fingerprint: str = ""
    """SHA-256 of the public key, hexadecimal."""
    vault: str = ""
    """Id of the vault that it says it comes from; of a whole one, that is true."""
    made: int | None = None
    sha256: str = ""
    """Of what is above the seal, as it is now."""
    is_ours: bool | None = None
    """It is this home's vault's; None: no vault was at hand to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one task or account's service stands, for monitoring."""

    name: str
    kind: str
    """``task`` or ``account``."""
    service: str = ""
    state: str = ""
    problem: str = ""
    """Code of why it failed last."""
    last_success: int | None = None
    next_run: int | None = None
    overdue_since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What a reason of the monitoring is about."""

    kind: str
    """``task``, ``account``, ``alert`` or ``job``."""
    name: str = ""
    """A task's name or an account's address; empty for whom names are withheld from."""
    id: str = ""
    """Of a task, an alert or a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorStatus:
    """The home as a whole, for monitoring."""

    level: str
    """``ok``, ``warning`` or ``critical``."""
    vault: str
    """``open``, ``locked``, ``missing`` or ``none``."""
    is_known: bool
    """False: the vault is locked, and what is below could not be read."""
    made: int = 0
    agent: str = ""
    """``running``, ``not-running``; empty: cannot be told."""
    reasons: Sequence[str] = ()
    """Codes of why it is not ``ok``: ``app.words.monitoring``."""
    concerns: Mapping[str, Sequence[Concern]] = field(default_factory=dict)
    """What each reason is about, by its code, where that can be told."""
    standings: Sequence[Standing] = ()
    running: int = 0
    waiting: int = 0
    queued: int = 0
    failed: int = 0
    """Jobs that failed within a day, and were not followed by a success."""
    alerts: int = 0
    """Open ones."""
    proofs: Sequence[tuple[str, str, int]] = ()
    """Account, outcome and time of the newest drill of each stream."""
    next_run: int | None = None
    record: str = ""
    """``unbroken`` or ``broken``: the record of activity."""
    is_scheduled: bool = False
    """Some task begins by itself."""
