"""What a tenant does not have: parts of the directory that need a licence or another kind of tenant."""

from typing import Final

from saasbackup_desktop.core.errors import Denied, Fault
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe

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


def is_not_offered(recipe: Recipe, fault: Fault) -> bool:
    """Tell a kind that is not there for this application and tenant from one that could be read and was not."""
    if isinstance(fault, Denied) and (recipe.for_people or recipe.is_optional):
        return True
    said = fault.detail.lower()
    return str(fault.facts.get("graph", "")).lower() in _CODES or any(words in said for words in _WORDS)
