"""What a restore drill is to look at."""

from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Count, Field
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text

_MOST = 100_000


@dataclass(frozen=True)
class Wish:
    """How much is restored, and whether the source is asked."""

    items: int
    against_source: bool


class DrillSheet(Sheet):
    """How many items, and whether the source is asked; ``wish`` says what was chosen."""

    def __init__(self, name: str, items: int, parent: QWidget, *, has_source: bool) -> None:
        super().__init__(
            self.tr("Prove restorability: %1").replace("%1", name),
            self.tr(
                "A sample is restored into a folder of its own on this computer, read back and compared to the last "
                "byte with what was stored. Nothing is written to the mailbox, and the folder is removed at once."
            ),
            parent,
            width=560,
        )
        self.items = Count(1, _MOST, items)
        self.items.setGroupSeparatorShown(True)
        self.source = QCheckBox(self.tr("Also &ask the source what it has, and compare"))
        self.source.setChecked(has_source)
        self.source.setEnabled(has_source)
        note = Text(
            self.tr("Finds what the backup was never told of. Without it, the vault alone is proven.")
            if has_source
            else self.tr("No connection reaches this account any more: the vault alone is proven."),
            "caption",
            wrap=True,
        )
        note.setContentsMargins(30, 0, 0, 0)
        self.source.setAccessibleDescription(note.text())
        sample = Field(
            self.tr("&Items to restore"),
            self.items,
            self.tr("Three quarters from the newest point in time, the rest from older ones, each in its turn."),
        )
        self.go = Button(self.tr("&Prove it"), "primary", "shield", self.accept)
        self.go.setDefault(True)
        self.fill(sample, self.source, note)
        self.body.addStretch(1)
        self.offer(self.cancel_button(), self.go)
        self.items.setFocus()

    @property
    def wish(self) -> Wish:
        """What was chosen."""
        return Wish(self.items.value(), self.source.isChecked())


async def ask_drill(name: str, items: int, parent: QWidget, *, has_source: bool) -> Wish | None:
    """Ask what a drill is to look at; None: not at all."""
    sheet = DrillSheet(name, items, parent, has_source=has_source)
    accepted = await sheet.answer()
    return sheet.wish if accepted else None
