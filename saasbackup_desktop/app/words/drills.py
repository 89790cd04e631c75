"""Restore drills in words: what one came to, what it found, and what it looked at."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.drills.views import (
    DAMAGED,
    INCOMPLETE,
    PROVEN,
    UNREACHABLE,
    Finding,
    Proof,
)
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.states import DAMAGES, Status, Tone, label

OUTCOMES: Final[Mapping[str, Status]] = {
    PROVEN: Status("Proven restorable", "", Tone.GOOD),
    INCOMPLETE: Status("Not complete", words_for("drill-incomplete").remedy, Tone.BAD),
    DAMAGED: Status("Not restorable", words_for("drill-damaged").remedy, Tone.BAD),
    UNREACHABLE: Status(
        "Source not reached",
        "What is in the vault was restored and compared, and is as it should be. Whether it is all that the source has "
        "could not be told: see that the source can be signed in to, then repeat the drill.",
        Tone.ATTENTION,
    ),
}

FINDINGS: Final[Mapping[str, str]] = {
    "damaged": "Cannot be restored",
    "link": "Point in time not whole",
    "catalog": "Catalog and vault differ",
    "missing": "Missing in the backup",
    "count": "Count differs",
    "moved": "Perhaps newer than the backup",
    "newer": "Newer than the backup",
    "gone": "Only in the backup",
}
"""What a finding is, by its kind; those before “count” are faults."""

EXPECTED: Final = frozenset({"moved", "newer", "gone"})
"""Findings that a backup must have between one run and the next."""

_CODES: Final[Mapping[str, str]] = {
    "point-missing": "Missing, and nobody removed it on purpose",
    "differs": "Not what was stored",
}

_NUMBER: Final = re.compile(r"[0-9]+:([0-9]+)")
"""UIDVALIDITY and UID of a message."""

SOURCES: Final[Mapping[str, str]] = {
    "compared": "Asked, and compared",
    "not-asked": "Not asked",
    "not-told": "Does not tell what it has",
    "not-reached": "Could not be reached",
}


def finding_place(finding: Finding) -> str:
    """Say where it is; a message that only its mailbox's numbers tell of, by its number."""
    number = _NUMBER.fullmatch(finding.name)
    name = f"UID {number[1]}" if number is not None else finding.name
    return "/".join(part for part in (finding.where, name) if part)


def finding_reason(finding: Finding) -> str:
    """Say why; empty if the kind says it all."""
    if finding.kind in ("count", "catalog") or "/" in finding.code:
        one, _, other = finding.code.partition("/")
        if finding.kind == "count":
            return f"{one} counted, {other} listed"
        return f"{one} in the vault, {other} expected"
    if not finding.code:
        return ""
    if finding.kind == "missing":
        return words_for(finding.code).title
    return _CODES.get(finding.code) or label(DAMAGES, finding.code)


def proof_text(proof: Proof, moment: Callable[[int], str]) -> str:
    """One sentence on what a drill came to. ``moment`` writes a time."""
    if proof.outcome == DAMAGED:
        if proof.damaged == 1:
            return "One thing cannot be had as it was stored."
        return f"{proof.damaged:,} things cannot be had as they were stored."
    if proof.outcome == INCOMPLETE:
        items = "one item" if proof.missing == 1 else f"{proof.missing:,} items"
        return f"The source has {items} that the backup should hold and does not."
    told = f"{proof.matched:,} of {proof.read:,} restored items are the same, to the last byte."
    if proof.outcome == UNREACHABLE:
        before = f" Last proven {moment(proof.proven)}." if proof.proven is not None else ""
        return f"{told} The source could not be asked.{before}"
    if proof.at_source is not None:
        return f"{told} The source has {proof.at_source:,} items; none from before the last backup is missing."
    return told


def lines_of(proof: Proof, moment: Callable[[int], str], size: Callable[[int], str]) -> Sequence[tuple[str, str]]:
    """What was looked at, as labels and values in order: for the report of one drill."""
    facts = proof.facts

    def number(name: str) -> str:
        return f"{int(facts[name]):,}" if name in facts else "–"

    def when(name: str) -> str:
        return moment(int(facts[name])) if name in facts else "–"

    older = (
        [
            ("Older point in time, in turn", str(facts["older"])),
            ("Its items, walked and expected", f"{number('older_walked')} / {number('older_held')}"),
        ]
        if "older" in facts
        else []
    )
    source = label(SOURCES, str(facts.get("source", "not-asked")))
    reason = words_for(str(facts["reason"])).title if facts.get("source") == "not-reached" else ""
    at_source = (
        [
            ("Items at the source", f"{proof.at_source:,}" if proof.at_source is not None else "–"),
            ("Folders at the source", number("folders")),
            ("Of these, not told", number("not_told")),
            ("Missing in the backup", f"{proof.missing:,}"),
            ("Newer than the backup", number("newer")),
            ("Perhaps newer", number("moved")),
            ("Only in the backup", number("gone")),
        ]
        if facts.get("source") == "compared"
        else []
    )
    return [
        ("Outcome", OUTCOMES[proof.outcome].label),
        ("Account", proof.account.address),
        ("Begun", when("started")),
        ("Ended", moment(proof.time)),
        ("Newest point in time", str(proof.snapshot) or "–"),
        ("Its end", when("snapshot_taken")),
        ("Its items, walked and expected", f"{number('walked')} / {number('held')}"),
        *older,
        ("Heads read, links followed", number("chain")),
        ("Items restored", f"{proof.read:,}"),
        ("The same, to the last byte", f"{proof.matched:,}"),
        ("SHA-256 compared", number("hashes")),
        ("Files read to the last byte, of all", f"{number('packs_read')} / {number('packs')}"),
        ("Bytes restored", size(int(facts.get("bytes", 0)))),
        ("Damaged", f"{proof.damaged:,}"),
        ("Source", f"{source}: {reason}" if reason else source),
        *at_source,
        ("Seed of the sample", str(facts.get("seed", "–"))),
        ("Digest of the sample", str(facts.get("sample", "–"))),
        ("Job", str(proof.job)),
        ("Program", str(facts.get("program", "–"))),
        ("Vault", str(facts.get("vault", "–"))),
    ]
