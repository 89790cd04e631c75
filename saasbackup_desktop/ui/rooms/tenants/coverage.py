"""What is covered in a tenant and what is not: said plainly, before anybody relies on it."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tenants.views import Capability
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES, StatusMark
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.leaf import TenantLeaf


class CoverageLeaf(TenantLeaf):
    """A table, what is not covered last."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.mark = StatusMark()
        self.model: RowSheet[Capability] = RowSheet(_fields(), self)
        self.table = Table(self.tr("What is covered"))
        self.table.setModel(self.model)
        self.table.widths((300, 190, 300), 2, least=200)
        self.table.setMinimumHeight(scaled(240))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        self.whole = Text("", wrap=True)
        self.whole.setMinimumHeight(scaled(40))
        self._holder = QWidget()
        self._holder.setLayout(row(self.mark, None))
        self.body.addWidget(self._holder)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.whole)
        self.depends(self._holder, self.table, self.whole)

    def forget(self) -> None:
        """Take back what was shown of the tenant before."""
        self.model.show(())

    def refresh(self) -> None:
        """Ask again."""
        self.run(self._ask(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _ask(self) -> None:
        self._show(await self.known(self.bridge.call(self.door.capabilities(self.name))))

    def _show(self, found: Sequence[Capability]) -> None:
        covered = sum(one.cover == "covered" for one in found)
        said = (
            self.tr("%1 of %2 are covered").replace("%1", text.number(covered)).replace("%2", text.number(len(found)))
        )
        self.mark.become(said, Tone.GOOD if covered == len(found) else Tone.QUIET)
        self.model.show(found)
        if found:
            self.table.go_to(0)

    def _picked(self) -> None:
        index = self.table.currentIndex()
        self.whole.setText(words.cover_reason(self.model.row_at(index.row())) if index.isValid() else "")


def _picture(one: Capability) -> tuple[str, str]:
    tone = words.cover(one)[1]
    return TONE_ICONS[tone], TONE_ROLES[tone]


def _fields() -> tuple[Field[Capability], ...]:
    say = text.say
    order = {code: place for place, code in enumerate(("covered", "partly", "pending", "not-yet", "not-offered"))}
    return (
        Field(say("What"), words.capability),
        Field(
            say("Covered"),
            lambda one: words.cover(one)[0],
            lambda one: order.get(one.cover, len(order)),
            picture=_picture,
        ),
        Field(say("Why"), words.cover_reason),
    )
