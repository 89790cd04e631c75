"""Traits that several kinds have in common, and a short way to write a table of them."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.core.directory.schema import WRITABLE, Nature, Trait

READ_ONLY: Final = Trait(Nature.READ_ONLY, "read-only")
SERVICE: Final = Trait(Nature.READ_ONLY, "set-by-the-service")
SYNCHRONISED: Final = Trait(Nature.READ_ONLY, "synchronised")
LICENCE: Final = Trait(Nature.READ_ONLY, "licence")
SECRET: Final = Trait(Nature.READ_ONLY, "secret")
"""What counts of it was never told, so that nothing can be brought back."""
NEEDS_PERSON: Final = Trait(Nature.READ_ONLY, "needs-a-person")
"""Graph lets only somebody who is signed in change it."""
ON_CREATION: Final = Trait(Nature.ON_CREATION, "on-creation")
NOISE: Final = Trait(Nature.READ_ONLY, "set-by-the-service", is_noise=True)
SUBTYPE: Final = "@odata\\.type"
"""The path of the property that tells an object's type."""


def table(
    writable: str = "",
    *,
    on_creation: str = "",
    read_only: str = "",
    service: str = "",
    synchronised: str = "",
    licence: str = "",
    secret: str = "",
    needs_person: str = "",
    noise: str = "",
) -> Mapping[str, Trait]:
    """Give each of the named attributes its trait; names are set apart by spaces."""
    rows = (
        (writable, WRITABLE),
        (on_creation, ON_CREATION),
        (read_only, READ_ONLY),
        (service, SERVICE),
        (synchronised, SYNCHRONISED),
        (licence, LICENCE),
        (secret, SECRET),
        (needs_person, NEEDS_PERSON),
        (noise, NOISE),
    )
    return {name: trait for names, trait in rows for name in names.split()}


def names_in(attributes: Mapping[str, Trait]) -> frozenset[str]:
    """The properties that a table speaks of."""
    return frozenset(path.partition(".")[0] for path in attributes if not path.startswith("@"))
