"""The list inside an export of what is not in it, or not with everything, in words."""

from collections.abc import Iterable
from typing import Final

from saasbackup_desktop.app.words.exports import LEFT_OUT
from saasbackup_desktop.app.words.faults import failure_words
from saasbackup_desktop.app.words.losses import loss
from saasbackup_desktop.core.export.ports import Shelf
from saasbackup_desktop.core.jobs import ItemFailure
from saasbackup_desktop.engine.exporting.doors import LeftOut
from saasbackup_desktop.providers.files.tables.cells import row

_HEAD: Final = ("Folder", "Item", "What", "Why", "What to do")
_MISSING: Final = "Not in the export"
_LOSSY: Final = "In the export, without everything"
_WHOLE: Final = "Nothing, if it is not needed. With everything: mail as .eml, other items as .json."
_STATE: Final = "Nothing, if it is not needed. With its state: as .json, or mail as .pst."
_STATES: Final = frozenset(("state-not-held", "keywords-not-held"))
"""What only says how a message was dealt with, not what it says."""


def write_list(shelf: Shelf, some: Iterable[LeftOut]) -> None:
    """Write it as a table that spreadsheets open: UTF-8 with its mark, and no cell is a formula. Raises OSError."""
    with shelf.file(shelf.name((), LEFT_OUT, ".csv")) as file:
        file.write(b"\xef\xbb\xbf" + row(_HEAD))
        for one in some:
            file.write(row(_cells(one)))


def _cells(one: LeftOut) -> tuple[str, ...]:
    place = ("/".join(one.path), one.name)
    if one.is_there:
        advice = _STATE if _STATES.issuperset(code.partition(":")[0] for code in one.codes) else _WHOLE
        return (*place, _LOSSY, " ".join(loss(code) for code in one.codes), advice)
    words = failure_words(ItemFailure(path=place[0], name=one.name, code=one.codes[0], detail=one.detail))
    return (*place, _MISSING, words.what, words.remedy)
