"""What a tenant does not have: parts of the directory that need a licence or another kind of tenant."""

from typing import Final

from saasbackup_desktop.core.errors import Fault

_CODES: Final = frozenset(
    {
        "aadpremiumlicenserequired",
        "authentication_requestfromnonpremiumtenantorb2ctenant",
        "authentication_requestfromunsupporteduserrole",
        "tenantnotlicensed",
    }
)
_WORDS: Final = ("not applicable to target tenant", "premium license", "not licensed", "does not have a valid license")
"""How services word it that have no code for it."""


def is_not_offered(fault: Fault) -> bool:
    """Tell a part that the tenant does not have from one that may not be read."""
    said = fault.detail.lower()
    return str(fault.facts.get("graph", "")).lower() in _CODES or any(words in said for words in _WORDS)
