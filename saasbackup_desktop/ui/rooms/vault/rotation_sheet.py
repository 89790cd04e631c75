"""New keys for all: what falls away is listed first, then the word is typed, then the new kit is shown."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit, QWidget

from saasbackup_desktop.app.views import KeySlot, Rotation
from saasbackup_desktop.app.words.states import KEY_KINDS, Tone, label
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, NewPassphrase
from saasbackup_desktop.ui.kit.layout import Card
from saasbackup_desktop.ui.kit.marks import Mark, Marks
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, counted, say
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.rooms.recovery_kit import KitSheet


class RotationSheet(Sheet):
    """A new passphrase for the new keys. ``rotation`` is what became of the old ones."""

    def __init__(self, bridge: Bridge, slots: Sequence[KeySlot], parent: QWidget) -> None:
        super().__init__(
            self.tr("Replace all keys"),
            self.tr(
                "The vault gets a new master key. Only the new passphrase and a new recovery kit open it from then on. "
                "What is stored stays where it is and can be read as before."
            ),
            parent,
            width=600,
        )
        self.bridge = bridge
        self.rotation: Rotation | None = None
        self._word = self.tr("REPLACE")
        self.falling = Marks(self.tr("Keys that fall away"))
        self.falling.show_marks([_mark(slot) for slot in slots])
        self.passphrase = NewPassphrase(self.tr("New passphrase"))
        self.typed = QLineEdit()
        self._moving = Progress(self.tr("Replacing the keys"))
        self._moving.show_share(0, 0)
        self._moving.hide()
        self.go = Button(self.tr("&Replace all keys"), "danger", pressed=lambda: self.run(self._work(), only="go"))
        self.passphrase.changed.connect(self._judge)
        self.typed.textChanged.connect(lambda _: self._judge())
        self.fill(
            Card(Text(self.tr("These open the vault no more:"), "strong"), self.falling),
            self.passphrase,
            Field(self.tr("Type %1 to go on").replace("%1", self._word), self.typed),
            self._moving,
        )
        self.offer(self.cancel_button(), self.go)
        self._judge()
        self.passphrase.first.setFocus()

    def _judge(self) -> None:
        sure = self.typed.text().strip().casefold() == self._word.casefold()
        self.go.setEnabled(sure and self.passphrase.is_good())

    @property
    def must_stay(self) -> bool:
        """The keys are being replaced: the new kit is still to be shown."""
        return self.tasks.is_running("go")

    def reject(self) -> None:
        """Leave, unless the keys are being replaced."""
        if not self.must_stay:
            super().reject()

    async def _work(self) -> None:
        self.go.setEnabled(False)
        self._moving.show()
        try:
            self.rotation = await self.bridge.call(self.bridge.desk.rotate_keys(self.passphrase.text))
        finally:
            self._moving.hide()
            self._judge()
        self.accept()


async def replace_keys(bridge: Bridge, slots: Sequence[KeySlot], parent: QWidget) -> bool:
    """Replace all keys and show the new kit; tell whether they were replaced."""
    sheet = RotationSheet(bridge, slots, parent)
    if not await sheet.answer() or sheet.rotation is None:
        return False
    await _show_new_kit(bridge, sheet.rotation, parent)
    return True


async def _show_new_kit(bridge: Bridge, done: Rotation, parent: QWidget) -> None:
    sheet = KitSheet(
        bridge,
        done.kit,
        say("All keys are replaced"),
        say("The new passphrase opens the vault, and so does this new recovery key. It is shown this once: save or "
            "print the kit now, and destroy older ones."),
        parent,
    )  # fmt: skip
    sheet.fill(Text(rotation_words(done), "muted", wrap=True), sheet.view)
    if done.left:
        files = counted(len(done.left), say("old key's file"), say("old keys' files"))
        sheet.banner.say(Tone.ATTENTION, say("%1 could not be removed").replace("%1", files), _why_left(done))
    await sheet.answer()


def rotation_words(done: Rotation) -> str:
    """Say what became of the old keys."""
    words = say("Fell away: %1.").replace("%1", ", ".join(slot.label or _kind(slot) for slot in done.fallen))
    if any(slot.kind == "device" for slot in done.fallen):
        words += " " + (
            say("This computer has a key of its own again; other computers ask for the passphrase.")
            if done.is_remembered
            else say("Computers that opened the vault without asking ask for the passphrase now.")
        )
    return words


def _why_left(done: Rotation) -> str:
    if done.kept_until is not None:
        return say("The storage's lock keeps them until %1. They open nothing that is written from now on.").replace(
            "%1", text.day(done.kept_until)
        )
    return say("They open nothing that is written from now on.")


def _kind(slot: KeySlot) -> str:
    return say(label(KEY_KINDS, slot.kind))


def _mark(slot: KeySlot) -> Mark:
    made = say("added %1").replace("%1", text.day(slot.created))
    here = say("this computer's; made anew") if slot.is_here else ""
    return Mark(slot.label or _kind(slot), _kind(slot), Tone.QUIET, ", ".join(part for part in (made, here) if part))
