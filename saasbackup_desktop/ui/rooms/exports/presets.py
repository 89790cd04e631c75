"""What all services become together, where one format does not fit all of them."""

from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.core.export.values import Format

FOR_ALL: Final = (Format.PDF, Format.PDF_FOLDER, Format.JSON)
"""Formats that several services take."""


def wanted_by(preset: str) -> Sequence[Format]:
    """What a service becomes, the best first: what has no order of time is a document each."""
    chosen = Format(preset)
    return (chosen, Format.PDF) if chosen is Format.PDF_FOLDER else (chosen,)
