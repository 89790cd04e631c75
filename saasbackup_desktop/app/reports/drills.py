"""The report of restore drills: what was read back, compared, and found."""

from collections import Counter
from collections.abc import Sequence

from saasbackup_desktop.app.drills.views import OUTCOMES, Proof
from saasbackup_desktop.app.reports.summary import Facts
from saasbackup_desktop.app.reports.views import Table, Value

_PROOFS = (
    *("account", "service", "outcome", "time", "snapshot", "read", "matched", "missing", "damaged", "at-source"),
    *("proven", "job"),
)
_FINDINGS = ("account", "service", "what", "folder", "name", "reason")


def drills(proofs: Sequence[Proof]) -> tuple[Facts, tuple[Table, ...]]:
    """Say it, the newest first."""
    some = sorted(proofs, key=lambda proof: proof.time, reverse=True)
    counts = Counter(proof.outcome for proof in some)
    facts: Facts = (
        *((f"drills-{outcome}", counts[outcome]) for outcome in OUTCOMES),
        ("read", sum(proof.read for proof in some)),
        ("matched", sum(proof.matched for proof in some)),
        ("missing", sum(proof.missing for proof in some)),
        ("damaged", sum(proof.damaged for proof in some)),
    )
    tables = [Table(code="proofs", columns=_PROOFS, rows=tuple(map(_row, some)))]
    findings = tuple(
        (proof.account.address, _service(proof), f"finding-{one.kind}", one.where, one.name, one.code)
        for proof in some
        for one in proof.findings
    )
    if findings:
        tables.append(Table(code="findings", columns=_FINDINGS, rows=findings))
    return facts, tuple(tables)


def _service(proof: Proof) -> str:
    return proof.stream.rpartition("/")[2]


def _row(proof: Proof) -> tuple[Value, ...]:
    return (
        proof.account.address,
        _service(proof),
        proof.outcome,
        proof.time,
        proof.snapshot,
        proof.read,
        proof.matched,
        proof.missing,
        proof.damaged,
        proof.at_source,
        proof.proven,
        proof.job,
    )
