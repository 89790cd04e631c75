"""What is at stake, said once more before a plan is carried out."""

from collections.abc import Collection

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.entra.views import EntraTenant, PlanState
from saasbackup_desktop.app.words.entra.plans import risk_words
from saasbackup_desktop.core.directory.plan import Action, OnSurprise
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm_typed
from saasbackup_desktop.ui.kit.text import Text, counted, say
from saasbackup_desktop.ui.rooms.entra.plan_words import is_begun, not_written, plan_title


def _tr(words: str) -> str:
    return QCoreApplication.translate("restore", words)


async def confirm_restore(
    parent: QWidget, state: PlanState, tenant: EntraTenant, on_surprise: OnSurprise, refused: Collection[str]
) -> bool:
    """Ask before a plan is carried out; ``refused``: codes of grave risks that it leaves out."""
    head = state.head
    risks = [one for one in head.risks if one.code not in refused]
    is_grave = any(one.is_grave for one in risks)
    stakes = [Text(f"• {line}", wrap=True) for line in _stakes(state, on_surprise)]
    for risk in sorted(risks, key=lambda one: not one.is_grave):
        what, help = risk_words(risk, undoes=bool(head.undoes))
        stakes.append(
            Text(f"• {_tr('Grave risk') if risk.is_grave else _tr('Risk')}: {say(what)}. {say(help)}", wrap=True)
        )
    word = _tr("Go on") if is_begun(state) else _tr("Undo") if head.undoes else _tr("Restore")
    if is_grave:
        name = tenant.domain or tenant.name
        return await confirm_typed(parent, _title(state, tenant), _lead(state), name, word, details=[column(*stakes)])
    sheet = _Stakes(_title(state, tenant), _lead(state), parent)
    sheet.fill(column(*stakes, None))
    deletes = head.counts.get(Action.DELETE.value, 0) > 0
    stay = sheet.cancel_button()
    sheet.offer(stay, Button(word, "danger" if deletes else "primary", pressed=sheet.accept))
    stay.setFocus()  # who presses Enter twice has not agreed
    return await sheet.answer()


class _Stakes(Sheet):
    def showEvent(self, event: QShowEvent) -> None:
        """Leave no empty room between the lines."""
        super().showEvent(event)
        self.hug()


def _title(state: PlanState, tenant: EntraTenant) -> str:
    many = not_written(state)
    if is_begun(state):
        left = counted(many, _tr("write that is left"), _tr("writes that are left"))
        return _tr("Go on with the %1, in %2?").replace("%1", left).replace("%2", tenant.name)
    writes = counted(many, _tr("write"), _tr("writes"))
    return _tr("Send %1 to %2?").replace("%1", writes).replace("%2", tenant.name)


def _lead(state: PlanState) -> str:
    head = state.head
    words = f"{plan_title(state)}. {_tr('Each write is looked at before it is sent, and read back at the end.')}"
    return words if head.undoes else f"{words} {_tr('All of it can be undone.')}"


def _stakes(state: PlanState, on_surprise: OnSurprise) -> list[str]:
    head, said = state.head, []
    if deletes := head.counts.get(Action.DELETE.value, 0):
        objects = counted(deletes, _tr("object is"), _tr("objects are"))
        said.append(
            (_tr("Over the whole plan %1 deleted.") if is_begun(state) else _tr("%1 deleted.")).replace("%1", objects)
        )
    if left := sum(head.left_out.values()):
        things = counted(left, _tr("thing is"), _tr("things are"))
        said.append(_tr("%1 left out, and stay as now: see “Left out”.").replace("%1", things))
    goes_on = on_surprise is OnSurprise.GO_ON
    said.append(_tr("At a surprise it goes on with the rest.") if goes_on else _tr("At the first surprise it stops."))
    return said
