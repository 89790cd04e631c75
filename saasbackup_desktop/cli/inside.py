"""Where a limited vault lies in the vault around it."""

import re
from typing import Annotated

import typer

from saasbackup_desktop.core.errors import Misconfigured

LimitedOption = Annotated[
    str, typer.Option("--limited", metavar="ID", help="The limited vault of this id inside it, not the vault itself.")
]


def inside(location: str, id: str) -> str:
    """Name the place of a limited vault; without an id, that of the vault. Raises Misconfigured for what is no id."""
    if not id:
        return location
    if not re.fullmatch(r"[0-9a-f]{32}", id):
        raise Misconfigured(id, what=f"“{id}” is not the id of a limited vault")
    return f"{location.rstrip('/')}/limited/{id}"
