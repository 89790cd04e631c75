"""Limited vaults inside the vault: how many there are, a new one, and the end of one."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.views import Erasure, RecoveryKit
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Field, Line, NewPassphrase
from saasbackup_desktop.ui.kit.layout import Card, row, take_out
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm_typed
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import Text, clear, counted, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.recovery_kit import KitSheet
from saasbackup_desktop.ui.rooms.vault.leaf import head


class LimitedCard(Card):
    """Each limited vault in a line of its own; its id is all that can be told without its keys."""

    def __init__(self, page: Page) -> None:
        lines = QWidget()
        rows = QVBoxLayout(lines)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE.hair)
        add = Button(say("New l&imited vault…"), "plain", "plus", lambda: page.run(self._add()))
        words = Text(
            say("For accounts that the keys above must not open: a vault inside this one, with a passphrase and a "
                "recovery kit of its own. It is worked with in a home of its own; the command line's help tells how."),
            "muted",
            wrap=True,
        )  # fmt: skip
        super().__init__(head("lock", say("Limited vaults")), words, lines, row(add, None))
        self._page, self._lines, self._rows, self.add = page, lines, rows, add

    async def look(self) -> None:
        """Ask for them again."""
        bridge = self._page.bridge
        self._show(await bridge.call(bridge.desk.limited_vaults()))

    def _show(self, ids: Sequence[str]) -> None:
        take_out(self._rows)
        clear(self._lines)
        for id in ids:
            erase = Button(say("Erase…"), "quiet", "trash", self._erasing(id))
            erase.setAccessibleName(say("Erase %1").replace("%1", id[:8]))
            name = Text(id, "muted")
            name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown = QWidget()
            shown.setLayout(row(Picture("lock"), name, None, erase))
            self._rows.addWidget(shown)

    def _erasing(self, id: str) -> Callable[[], object]:
        return lambda: self._page.run(self._erase(id))

    async def _add(self) -> None:
        if await add_limited(self._page.bridge, self._page):
            await self.look()

    async def _erase(self, id: str) -> None:
        bridge = self._page.bridge
        if await confirm_typed(
            self._page,
            say("Erase the limited vault %1?").replace("%1", id[:8]),
            say("Its keys are destroyed first, then its files: all its points in time are lost for ever. Copies and "
                "mirrors of the vault are not reached; erase it there, too."),
            id[:8],
            say("Erase for ever"),
        ):  # fmt: skip
            done = await bridge.call(bridge.desk.erase_limited(id))
            self._page.banner.say(Tone.GOOD, say("The limited vault is erased"), erased_words(done))
            await self.look()


async def add_limited(bridge: Bridge, parent: QWidget) -> bool:
    """Take a label and a passphrase, make a limited vault and show its kit; tell whether there is one now."""
    sheet = Sheet(
        say("New limited vault"),
        say("Only this passphrase and its own recovery kit open it. The keys of the vault around it do not."),
        parent,
    )
    name, new = Line(placeholder=say("For example: Board"), most=LABEL), NewPassphrase()
    make = Button(say("Make it"), "primary")
    make.setEnabled(False)
    made: list[RecoveryKit] = []

    async def work() -> None:
        made.append(await bridge.call(bridge.desk.add_limited(new.text, name.text().strip())))
        sheet.accept()

    new.changed.connect(lambda: make.setEnabled(new.is_good()))
    make.clicked.connect(lambda: sheet.run(work(), busy=make, only="make"))
    sheet.fill(Field(say("What to call it; only its own keys show that"), name), new)
    sheet.offer(sheet.cancel_button(), make)
    name.setFocus()
    if not await sheet.answer() or not made:
        return False
    await _show_kit(bridge, made[0], parent)
    return True


async def _show_kit(bridge: Bridge, kit: RecoveryKit, parent: QWidget) -> None:
    sheet = KitSheet(
        bridge,
        kit,
        say("The limited vault is made"),
        say("This is its recovery key, shown this once. Save or print its kit now."),
        parent,
        is_proven_here=False,
    )
    where = Text(kit.location, "muted", wrap=True)
    where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    sheet.fill(sheet.view, where)
    await sheet.answer()


def erased_words(done: Erasure) -> str:
    """Say what became of its files."""
    words = say("%1 removed.").replace("%1", counted(done.files, say("file"), say("files")))
    if done.kept_until is None:
        return words
    kept = say("The storage's lock keeps %1 until %2, its keys among them.")
    return f"{words} " + kept.replace("%1", counted(done.kept, say("file"), say("files"))).replace(
        "%2", text.day(done.kept_until)
    )
