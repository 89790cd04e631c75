"""One download: how it stands, what is in it, where its files are, and what can be done with them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from saasbackup_desktop.app.exports.views import AccountShare, ExportResult, ExportStatus, ShareStatus
from saasbackup_desktop.app.words.exports import PACKINGS, SHARES, SHORT_FORMATS, export_status
from saasbackup_desktop.app.words.states import doing
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.export.values import DESTINATION, Format, Made, Packing
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Grid, column, row, scroll
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES, StatusMark
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import ElidedText, Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress, Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.rooms.job_words import accounts_done

ACTIVE = frozenset({ExportStatus.QUEUED, ExportStatus.RUNNING, ExportStatus.RETRYING, ExportStatus.PAUSED})
READY = frozenset({ExportStatus.COMPLETED, ExportStatus.PARTIAL})
_ORDER = (
    ShareStatus.PARTIAL,
    ShareStatus.WITHOUT,
    ShareStatus.RUNNING,
    ShareStatus.WAITING,
    ShareStatus.COMPLETED,
)
"""What needs a look comes first."""
_GO_ON = frozenset({ExportStatus.PAUSED, ExportStatus.RETRYING, ExportStatus.FAILED, ExportStatus.CANCELLED})


class ResultCard(QFrame):
    """Signals say which button was pressed; the page does it."""

    open_wanted = Signal()
    check_wanted = Signal()
    keep_wanted = Signal()
    again_wanted = Signal()
    remove_wanted = Signal()
    job_wanted = Signal()
    pause_wanted = Signal()
    resume_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.result: ExportResult | None = None
        self._name = ElidedText("", "heading")
        self._of = ElidedText("", "muted")
        self._where = ElidedText("", "muted")
        self._status = StatusMark()
        self._remedy = Text("", wrap=True)
        self._progress = Progress(self.tr("Progress of this download"))
        self._doing = ElidedText("", "strong")
        self.pause = Button(self.tr("&Pause"), picture="pause", pressed=self.pause_wanted.emit)
        self.resume = Button(self.tr("R&esume"), "primary", "play", self.resume_wanted.emit)
        self.stop = Button(self.tr("&Cancel…"), "danger", "stop", self.stop_wanted.emit)
        self.open = Button(self.tr("&Open folder"), "primary", "open", self.open_wanted.emit)
        self.check = Button(self.tr("&Check the files"), picture="shield", pressed=self.check_wanted.emit)
        self.keep = Button(self.tr("&Keep until…"), picture="calendar", pressed=self.keep_wanted.emit)
        self.again = Button(self.tr("Make &again…"), picture="save", pressed=self.again_wanted.emit)
        self.remove = Button(self.tr("&Remove…"), "danger", "trash", self.remove_wanted.emit)
        self.job = Button(self.tr("Show the &job"), "link", "jobs", self.job_wanted.emit)
        self._parts: RowSheet[Made] = RowSheet(
            (
                Field(say("File"), lambda one: one.name, hint=_hash),
                Field(say("Size"), lambda one: text.size(one.size), lambda one: one.size, right=True),
                Field(say("Items"), lambda one: text.number(one.items), lambda one: one.items, right=True),
            ),
            self,
        )
        self._shares: RowSheet[AccountShare] = RowSheet(
            (
                Field(say("Account"), lambda one: one.account.name or one.account.address, hint=_whose),
                Field(
                    say("Status"),
                    _standing,
                    lambda one: (_ORDER.index(one.status), -one.failed, -one.lost),
                    _picture,
                    _missing,
                ),
                Field(say("Items"), _items, lambda one: one.items or 0, right=True),
            ),
            self,
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState("save", self.tr("No download is open"), self.tr("Choose one from the list.")))

    def show_result(self, result: ExportResult | None) -> None:
        """Show one of them; None: none."""
        before, self.result = self.result, result
        if result is None or not self.is_built:
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentIndex(1)
        status = export_status(result)
        self._name.say(result.name)
        self._of.say(_owners(result))
        where = result.where or result.to.removeprefix(DESTINATION)
        self._where.say(where)
        self._where.setVisible(bool(where) and result.status is not ExportStatus.EXPIRED)
        self._status.become(say(status.label), status.tone)
        self._remedy.setText(say(status.remedy))
        self._remedy.setVisible(bool(status.remedy))
        self._tell_progress(result)
        self._figures(result)
        if before is None or before.parts != result.parts:
            self._parts.show(result.parts)
            self.parts.go_to(0)
        if before is None or before.job != result.job:
            self._shares.show(())
        self.accounts.setVisible(result.is_several)
        left = result.files - len(result.parts)
        self._more.setText(self.tr("and %1 more").replace("%1", text.counted(left, say("file"), say("files"))))
        self._more.setVisible(bool(result.parts) and left > 0)
        self.parts.setVisible(bool(result.parts) and result.status is not ExportStatus.EXPIRED)
        self._buttons(result)

    def show_shares(self, shares: Sequence[AccountShare]) -> None:
        """Show how each of several accounts stands."""
        if len(shares) == len(self._shares.rows) and self.accounts.horizontalHeader().sortIndicatorSection() < 0:
            self._shares.renew(shares)
        else:
            self._shares.show(shares)

    def _buttons(self, result: ExportResult) -> None:
        status = result.status
        is_ready = status in READY
        self.pause.setVisible(status in (ExportStatus.RUNNING, ExportStatus.QUEUED, ExportStatus.RETRYING))
        self.resume.setVisible(status in _GO_ON)
        self.resume.setText(self.tr("Try n&ow") if status is ExportStatus.RETRYING else self.tr("R&esume"))
        self.stop.setVisible(status in ACTIVE)
        is_here = is_ready and bool(result.where) and not result.to.startswith(DESTINATION)
        self.open.setVisible(is_here)
        self.check.setVisible(is_here)
        self.keep.setVisible(is_ready)
        self.again.setVisible(is_ready or status is ExportStatus.EXPIRED)
        self.remove.setVisible(status not in ACTIVE)

    def _tell_progress(self, result: ExportResult) -> None:
        is_active = result.status in ACTIVE
        self._progress.setVisible(is_active)
        self._doing.setVisible(is_active)
        if not is_active:
            return
        tally = result.tally
        rests = result.status is not ExportStatus.RUNNING
        self._progress.show_share(tally.items_done, tally.items_total or (1 if rests else 0))
        words = say(export_status(result).label) if rests else say(doing(tally.doing))
        words += accounts_done(tally)
        if tally.items_done:
            words += f" · {text.number(tally.items_done)}"
            words += f" / {text.number(tally.items_total)}" if tally.items_total else ""
        self._doing.say(f"{words} · {tally.where}" if tally.where and not rests else words)

    def _figures(self, result: ExportResult) -> None:
        tally = result.tally
        is_over, is_gone = result.status not in ACTIVE, result.status is ExportStatus.EXPIRED
        packing = say(PACKINGS[result.packing][0])
        if result.is_locked:
            packing += self.tr(", locked")
        took = result.finished - result.created if result.finished is not None else 0
        values = {
            "what": (", ".join(_services(result)), True),
            "accounts": (text.number(result.accounts), result.accounts > 1),
            "as": (", ".join(_formats(result)), True),
            "packing": (packing, result.packing is Packing.ZIP or Format.PST not in _kinds(result)),
            "items": (text.number(tally.items_done), tally.items_done > 0),
            "size": (text.size(result.size), result.size > 0),
            "files": (text.number(result.files), result.files > 0),
            "failed": (text.number(result.failed), result.failed > 0),
            "lost": (text.number(result.lost), result.lost > 0),
            "verified": (self.tr("all sound"), result.is_verified),
            "made": (text.brief(result.created), True),
            "took": (text.span(took), is_over and result.finished is not None),
            "expires": (text.brief(result.expires), result.expires is not None and not is_gone),
            "gone": (text.brief(result.expires), result.expires is not None and is_gone),
        }
        until = text.utc(result.expires)
        hints = {"made": text.utc(result.created), "expires": until, "gone": until}
        for name, (value, shown) in values.items():
            self._stats[name].say(value, hints.get(name, value))
            self._stats[name].setVisible(shown)

    @property
    def is_built(self) -> bool:
        """There is something that can show a download."""
        return self._stack.count() > 1

    def build(self) -> None:
        """Make what shows a download; it takes so long that the page does not wait for it."""
        self.result = None
        self._stats = {
            name: Stat(head)
            for name, head in (
                ("what", self.tr("What")),
                ("accounts", self.tr("Accounts")),
                ("as", self.tr("As")),
                ("packing", self.tr("Packed as")),
                ("items", self.tr("Items")),
                ("size", self.tr("Size")),
                ("files", self.tr("Files")),
                ("failed", self.tr("Not in it")),
                ("lost", self.tr("Not wholly in it")),
                ("verified", self.tr("Verified")),
                ("made", self.tr("Asked for")),
                ("took", self.tr("Took")),
                ("expires", self.tr("Files are removed")),
                ("gone", self.tr("Files were removed")),
            )
        }
        self.parts = Table(self.tr("Files of this download"))
        self.parts.setModel(self._parts)
        self.parts.widths((160, 78, 72), 0, least=110)
        self.parts.setMinimumHeight(scaled(120))
        self.accounts = Table(self.tr("Accounts of this download"))
        self.accounts.setModel(self._shares)
        self.accounts.setSortingEnabled(True)
        self.accounts.horizontalHeader().setSortIndicator(-1, self.accounts.horizontalHeader().sortIndicatorOrder())
        self.accounts.widths((120, 132, 66), 0, least=90)
        self.accounts.setMinimumHeight(scaled(150))
        self._more = Text("", "caption")
        inside = self._inside()
        self._stack.addWidget(scroll(inside))
        inside.setAutoFillBackground(False)  # the card is its ground

    def _inside(self) -> QWidget:
        figures = QWidget()
        grid = Grid(130, SPACE.medium)
        figures.setLayout(grid)
        for stat in self._stats.values():
            grid.addWidget(stat)
        head = row(column(self._name, self._of, self._where, spacing=0))
        head.setStretch(0, 1)
        made = QWidget()
        made.setObjectName("cardBody")
        outer = QVBoxLayout(made)
        outer.setContentsMargins(SPACE.large, SPACE.large, SPACE.large, SPACE.large)
        outer.setSpacing(SPACE.medium)
        outer.addLayout(head)
        outer.addWidget(self._status)
        outer.addWidget(self._remedy)
        outer.addLayout(column(self._progress, self._doing, spacing=SPACE.small))
        buttons = QWidget()
        wrapping = Grid(126, SPACE.small)
        buttons.setLayout(wrapping)
        for button in (self.open, self.check, self.keep, self.resume, self.pause, self.stop, self.again, self.remove):
            wrapping.addWidget(button)
        outer.addWidget(buttons)
        outer.addWidget(figures)
        outer.addWidget(self.accounts, 1)
        outer.addWidget(self.parts, 1)
        outer.addWidget(self._more)
        outer.addStretch(0)
        outer.addLayout(row(self.job, None))
        return made


def _owners(result: ExportResult) -> str:
    if result.is_several:
        return text.counted(result.accounts, say("account"), say("accounts"))
    return ", ".join(dict.fromkeys(one.name or one.address for one in result.owners))


def _whose(one: AccountShare) -> str:
    return "\n".join(dict.fromkeys((one.account.name or one.account.address, one.account.address, one.folder)))


def _picture(one: AccountShare) -> tuple[str, str]:
    tone = SHARES[one.status].tone
    return TONE_ICONS[tone], TONE_ROLES[tone]


def _standing(one: AccountShare) -> str:
    """How it stands; where something is missing, how much."""
    if one.failed:
        return say("%1 not in it").replace("%1", text.number(one.failed))
    if one.lost:
        return say("%1 not wholly").replace("%1", text.number(one.lost))
    return say(SHARES[one.status].label)


def _missing(one: AccountShare) -> str:
    status = SHARES[one.status]
    parts = [f"{say(status.label)}. {say(status.remedy)}".strip()]
    parts += [f"{say('Not in it')}: {text.number(one.failed)}"] if one.failed else []
    parts += [f"{say('Not wholly in it')}: {text.number(one.lost)}"] if one.lost else []
    return "\n".join(parts)


def _items(one: AccountShare) -> str:
    return text.number(one.items) if one.items is not None else "–"


def _kinds(result: ExportResult) -> list[Format]:
    return list(dict.fromkeys(pick.format for pick in result.picks))


def _formats(result: ExportResult) -> list[str]:
    return [SHORT_FORMATS[one] for one in _kinds(result)]


def _services(result: ExportResult) -> list[str]:
    found = dict.fromkeys(service_of(pick.stream) for pick in result.picks)
    return [say(SHORT_SERVICES[one]) for one in found]


def _hash(one: Made) -> str:
    return f"{one.name}\nSHA-256 {one.sha256}"
