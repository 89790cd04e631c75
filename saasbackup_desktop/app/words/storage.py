"""What a pre-flight of a place found, in plain words."""

from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.views import StoreFinding
from saasbackup_desktop.app.words.faults import has_words, words_for
from saasbackup_desktop.app.words.phrases import fill

CHECKS: Final[Mapping[str, str]] = {
    "write": "Write a file",
    "read": "Read it back",
    "ranges": "Read parts of it",
    "missing": "Tell what is missing",
    "list": "List a folder",
    "second": "Refuse to overwrite",
    "race": "Let one of many win",
    "large": "Write a large file",
    "delete": "Remove a file",
    "key": "Refuse a wrong key",
    "clock": "Compare the clocks",
    "versions": "Keep versions",
    "lock": "Lock a file",
    "lock-large": "Lock a large file",
    "lock-hide": "Uncover what was hidden",
    "lock-delete": "Refuse to remove it",
    "lock-extend": "Let the lock end later",
    "lock-shorten": "Refuse to let it end earlier",
    "lock-ends": "Remove it after the end",
    "clean": "Tidy up",
}
"""What was tried, in the order in which it is."""

OUTCOMES: Final[Mapping[str, str]] = {
    "ok": "OK",
    "limited": "Limited",
    "failed": "Failed",
    "skipped": "Not tried",
}

_OTHER_BYTES: Final = "Other bytes came back than were written."
_REASONS: Final[Mapping[str, str]] = {
    "other-bytes": _OTHER_BYTES,
    "not-told": "The storage did not say so.",
    "clock/not-told": "The storage does not tell the time.",
    "missing/not-told": "Something was read that was never written.",
    "not-in-order": "Names are not listed in order.",
    "incomplete": "Not everything that was written is listed.",
    "written-over": "A file was written over.",
    "condition-ignored": "The storage would write over what it has. The vault looks first; two writers that meet by "
    "chance are kept apart by other means.",
    "many-win": "[{winners} of 8 writers were all told that they had won. ]The vault does not rely on it.",
    "still-there": "It can still be read.",
    "still-listed": "It is still listed.",
    "any-key-taken": "A wrong secret key was accepted: whoever reaches this storage can write to it and remove files.",
    "clocks-differ": "This computer's clock differs from the storage's by {seconds} seconds. Set it right.",
    "no-versions": "What is deleted or written over is gone. With versions it could be brought back.",
    "lock/no-versions": "The bucket was made without object lock.",
    "locks-by-itself": "The bucket locks everything by itself ({mode}, {days} days): short-lived files pile up.",
    "not-locked": "The storage took the lock and ignored it.",
    "other-mode": "The storage says that the lock is of another kind: {mode}.",
    "other-end": "The lock ends {seconds} seconds from where it should.",
    "deleted-though-locked": "A locked file was removed.",
    "shortened": "A lock could be shortened.",
    "too-slow": "The storage answered so slowly that the lock ended before.",
    "stays-longer": "The file stays locked longer than it was asked to.",
    "clean/still-listed": "After many had written one file at once, the storage lists what is gone[: {files}]. It can "
    "stay so.",
    "left-behind": "Files of this trial could not be removed from the folder “probe”[: {files}]. A trial after "
    "an hour tries again.",
    "lost": "What had been written was gone.",
    "taken": "The name was taken already.",
}
"""By reason, or by check and reason with a slash between."""


def check_name(check: str) -> str:
    """Say what was tried."""
    return CHECKS.get(check, check)


def explanation(finding: StoreFinding) -> str:
    """Say what went otherwise than it should, and why it matters; empty if nothing did."""
    if not finding.reason:
        return ""
    sentence = _REASONS.get(f"{finding.check}/{finding.reason}") or _REASONS.get(finding.reason)
    if sentence is not None:
        return fill(sentence, finding.facts)
    if has_words(finding.reason):
        words = words_for(finding.reason, finding.facts)
        return f"{words.what} {words.remedy}"
    return finding.reason


def verdict(findings: Sequence[StoreFinding], has_lock: bool) -> str:
    """Sum it up in one sentence."""
    outcomes = {finding.outcome for finding in findings}
    if "failed" in outcomes:
        return "A vault cannot be kept here as asked."
    kept = "with its files locked" if has_lock else "without object lock"
    if "limited" in outcomes:
        return f"A vault can be kept here, {kept}; what is limited does it no harm."
    return f"A vault can be kept here, {kept}."
