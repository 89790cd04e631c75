"""Choosing whether, and how strictly, a bucket keeps what is stored from being deleted."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from saasbackup_desktop.ui.kit.forms import Count, Field
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.sheets import confirm_typed
from saasbackup_desktop.ui.kit.text import Text, counted, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE

_MODES = ("", "governance", "compliance")
_MOST_DAYS = 36_500


class LockForm(QWidget):
    """Off, governance or compliance, and for how many days."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        choices = (
            (
                self.tr("&Off"),
                self.tr("Whoever has the access key can delete what is in the bucket; so can malware that finds it."),
            ),
            (
                self.tr("&Governance (recommended)"),
                self.tr(
                    "What is stored cannot be deleted or changed for the chosen time, not with this program's key "
                    "either. Whoever owns the storage can lift the lock with a special permission."
                ),
            ),
            (
                self.tr("&Compliance"),
                self.tr(
                    "As governance, but nobody can lift the lock: not you, not the owner of the storage, not its "
                    "provider. It is paid for until the time is over."
                ),
            ),
        )
        self.group = QButtonGroup(self)
        pieces: list[QWidget] = []
        for number, (name, words) in enumerate(choices):
            radio = QRadioButton(name)
            radio.setAccessibleDescription(words)
            radio.setChecked(number == 0)
            self.group.addButton(radio, number)
            caption = Text(words, "caption", wrap=True)
            caption.setContentsMargins(30, 0, 0, 0)
            one = QWidget()
            one.setLayout(column(radio, caption, spacing=SPACE.hair))
            pieces.append(one)
        self.days = Count(1, _MOST_DAYS, 30)
        self.days.setMaximumWidth(scaled(140))
        self._days_field = Field(
            self.tr("For so many &days"),
            self.days,
            self.tr("What is still needed is locked anew before its time is over. The bucket must have been made with "
                    "object lock switched on."),
        )  # fmt: skip
        self.setLayout(column(*pieces, self._days_field, spacing=SPACE.medium))
        self.group.idToggled.connect(lambda *_: self._show())
        self.days.valueChanged.connect(lambda _: self.changed.emit())
        self._show()

    @property
    def mode(self) -> str:
        """``governance``, ``compliance``, or empty for none."""
        return _MODES[self.group.checkedId()]

    def _show(self) -> None:
        self._days_field.setVisible(bool(self.mode))
        self.changed.emit()


async def be_sure_of_compliance(parent: QWidget, days: int) -> bool:
    """Ask a second time before something that nobody can undo."""
    length = counted(days, say("day"), say("days"))
    return await confirm_typed(
        parent,
        say("Lock everything for %1, without a way back?").replace("%1", length),
        say("Everything that is stored in this vault stays for at least %1. Nobody can shorten that or delete it "
            "before: not you, not the owner of the storage, not its provider. Mistakes stay, and "
            "are paid for.").replace("%1", length),
        say("COMPLIANCE"),
        say("Lock in compliance mode"),
    )  # fmt: skip


def lock_words(mode: str, days: int) -> str:
    """Say what lock there is."""
    if not mode:
        return say("Off")
    name = {"governance": say("Governance"), "compliance": say("Compliance")}.get(mode, mode)
    return f"{name}, {counted(days, say('day'), say('days'))}"
