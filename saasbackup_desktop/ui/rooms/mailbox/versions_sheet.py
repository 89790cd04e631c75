"""All versions of one message, and the points in time that hold each."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.views import ItemRow, VersionRow
from saasbackup_desktop.app.words.items import NOUNS, title_words
from saasbackup_desktop.core.model import Service, service_of
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.models.mail import flag_words
from saasbackup_desktop.ui.models.sheet import Field, RowSheet


async def show_versions(bridge: Bridge, row: ItemRow, parent: QWidget) -> VersionRow | None:
    """Show them; return the one that the person wants to see at its point in time."""
    service = service_of(row.stream)
    title = say("All versions of this %1").replace("%1", say(NOUNS[service][0]))
    sheet = Sheet(title, title_words(row.item) or say("(no subject)"), parent, width=780)
    flags: Field[VersionRow] = Field(say("Flags"), lambda v: flag_words(v.row.item.flags))
    model: RowSheet[VersionRow] = RowSheet(
        (
            Field(say("Folder"), lambda v: v.row.path, picture=lambda v: ("folder", "muted")),
            flags if service is Service.MAIL else Field(say("Size"), lambda v: text.size(v.row.item.size)),
            Field(say("First seen"), lambda v: text.moment(v.first.finished), lambda v: v.first.finished),
            Field(
                say("Last seen"),
                lambda v: say("still so") if v.is_current else text.moment(v.last.finished),
                lambda v: v.last.finished,
            ),
        ),
        sheet,
    )
    table = Table(say("Versions"))
    table.setModel(model)
    table.widths((170, 200, 170, 170), 1)
    table.setMinimumHeight(220)
    show = Button(say("Show as it was at that time"), "primary", "recovery", sheet.accept)
    show.setDefault(True)
    show.setEnabled(False)
    table.opened.connect(sheet.accept)
    sheet.fill(table)
    sheet.offer(sheet.cancel_button(say("Close")), show)

    async def work() -> None:
        model.show(await bridge.call(bridge.desk.versions(row.stream, row.item.id)))
        table.go_to(0)
        show.setEnabled(model.rowCount() > 0)

    sheet.run(work())
    accepted = await sheet.answer()
    picked = table.picked()
    return model.row_at(picked[0]) if accepted and picked else None
