"""What went wrong, why, and what to do: words for every fault of the core."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.app.words.entra.kinds import path_words
from saasbackup_desktop.app.words.phrases import fill
from saasbackup_desktop.app.words.table import TABLE, Words
from saasbackup_desktop.core.errors import (
    ArchiveForeign,
    ArchiveUnreadable,
    FileUnsound,
    FormatUnfit,
    ItemUnreadable,
    NameRefused,
    NotMirrored,
    NotVerified,
    PointPartial,
    Refused,
    Surprised,
)
from saasbackup_desktop.core.jobs import ItemFailure

__all__ = ["Words", "failure_words", "has_words", "readable", "words_for"]

_SYNONYMS: Final = {"wrong-name": "name", "unknown-authority": "authority"}


def has_words(code: str) -> bool:
    """Tell whether a code has words of its own."""
    return code in TABLE


def readable(facts: Mapping[str, str | int]) -> Mapping[str, str | int]:
    """Put a reason that is a fault's code into words, for a line of a job's log."""
    reason = str(facts.get("reason", ""))
    return {**facts, "reason": words_for(reason).title} if has_words(reason) else facts


def words_for(code: str, facts: Mapping[str, str | int] | None = None) -> Words:
    """Put a fault into words: its facts are filled in where they are known. Never raises."""
    facts = facts or {}
    template = _particular(code, facts) or TABLE.get(code)
    if template is None:
        facts = {**facts, "code": code}
        template = Words(TABLE["fault"].title, "Something went wrong[: {code}].", TABLE["fault"].remedy)
    return Words(fill(template.title, facts), fill(template.what, facts), fill(template.remedy, facts))


def _particular(code: str, facts: Mapping[str, str | int]) -> Words | None:
    for name in ("reason", "what"):
        variant = str(facts.get(name, ""))
        found = TABLE.get(f"{code}/{_SYNONYMS.get(variant, variant)}")
        if found is not None:
            return found
    return None


def failure_words(failure: ItemFailure) -> Words:
    """Put one failed item into words; its detail is a code in some faults, else it is for logs."""
    facts: dict[str, str | int] = {}
    if failure.code == NotVerified.code:
        facts["what"] = failure.detail
    elif failure.code == Refused.code:
        facts["reason"] = failure.detail if has_words(f"{Refused.code}/{failure.detail}") else ""
    elif failure.code == NotMirrored.code:
        facts["reason"] = failure.detail
    elif failure.code == Surprised.code and failure.detail:
        facts["what"] = ", ".join(path_words(path) for path in failure.detail.split(", "))
    elif failure.code == PointPartial.code:
        facts["count"] = failure.detail
    elif failure.code in (FileUnsound.code, FormatUnfit.code):
        facts["reason"] = failure.detail
    elif failure.code in (ItemUnreadable.code, ArchiveUnreadable.code, ArchiveForeign.code):
        facts["reason"] = failure.detail if has_words(f"{failure.code}/{failure.detail}") else ""
    elif failure.code == NameRefused.code:
        facts.update(name=failure.path.rsplit("/", 1)[-1], reason=failure.detail)
    return words_for(failure.code, facts)
