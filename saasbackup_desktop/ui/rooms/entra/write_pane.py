"""One write of a plan: what it does, why, what it changes, what could go wrong, and what came of it."""

import json

from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from saasbackup_desktop.app.entra.views import WriteLine
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.entra.kinds import path_words
from saasbackup_desktop.app.words.entra.plans import STANDINGS, reason_words, risk_words, write_words
from saasbackup_desktop.app.words.entra.values import NOTHING, changed_words, value_words
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.directory.plan import Action, Standing, WriteResult
from saasbackup_desktop.core.errors import NotReached
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row, scroll
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.text import Text, number, plain, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.details import DetailRow, DetailSheet, Shape
from saasbackup_desktop.ui.rooms.entra.detail_table import DetailTable


class WritePane(QFrame):
    """A plain sentence first; the request itself is folded away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading")
        self.sentence = Text("", "heading", wrap=True)
        self.reason = Text("", "muted", wrap=True)
        self.standing = StatusMark()
        self.outcome = Text("", wrap=True)
        self.risks = Banner()
        self.carries = Text("", "muted", wrap=True)
        self.sheet = DetailSheet(parent=self)
        self.sheet.call(self.tr("Attribute"), self.tr("Now"), self.tr("Will be"))
        self.table = DetailTable(self.tr("What it changes"), self.sheet)
        self.table.setMinimumHeight(scaled(180))
        self.more = Button(self.tr("Show the request"), "link", "right")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._unfold)
        self.request = QPlainTextEdit()
        self.request.setReadOnly(True)
        self.request.setTabChangesFocus(True)
        self.request.setAccessibleName(self.tr("Request"))
        self.request.setMinimumHeight(scaled(160))
        self.request.hide()
        inside = QWidget()
        body = column(
            self.sentence, self.reason, self.standing, self.outcome, self.risks, self.carries, spacing=SPACE.small
        )
        body.setContentsMargins(SPACE.large, SPACE.large, SPACE.large, SPACE.small)
        foot = column(row(self.more, None), self.request, spacing=SPACE.small)
        foot.setContentsMargins(SPACE.large, SPACE.small, SPACE.large, SPACE.large)
        whole = column(body, self.table, foot, None, spacing=0)
        whole.setStretch(1, 1)
        inside.setLayout(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll(inside))
        self.show_nothing()

    def show_nothing(self) -> None:
        """No write is chosen."""
        self.sentence.setText(self.tr("Choose a write to see what it does."))
        for piece in (
            self.reason, self.standing, self.outcome, self.risks, self.carries, self.table, self.more, self.request,
        ):  # fmt: skip
            piece.hide()

    def show_line(self, line: WriteLine, *, undoes: bool = False) -> None:
        """Show another write."""
        write, result = line.write, line.result
        self.sentence.setText(write_words(write))
        reason = say(reason_words(write.reason)) if write.reason else ""
        if write.needs:
            before = ", ".join(number(one) for one in write.needs)
            reason += " " + self.tr("It comes after write %1, without which it cannot be done.").replace("%1", before)
        if write.is_beta:
            reason += " " + self.tr("It uses a part of Microsoft Graph that may change (beta).")
        self.reason.setText(reason.strip())
        self.reason.setVisible(bool(reason))
        self.standing.setVisible(result is not None)
        self.outcome.hide()
        if result is not None:
            status = STANDINGS[result.standing]
            self.standing.become(say(status.label), status.tone)
            self.outcome.setText(self._outcome(line))
            self.outcome.setVisible(bool(self.outcome.text()))
        # What helps is said once, on top of the page; here only what this write has to do with it.
        grave = [risk_words(risk, undoes=undoes)[0] for risk in write.risks if risk.is_grave]
        if grave:
            self.risks.say(Tone.BAD, "\n".join(grave), closable=False)
        else:
            self.risks.hide()
        others = [risk_words(risk, undoes=undoes)[0] for risk in write.risks if not risk.is_grave]
        self.carries.setText("\n".join(f"{self.tr('Risk')}: {what}" for what in others))
        self.carries.setVisible(bool(others))
        self.sheet.call(self.tr("Attribute"), *self._sides(result))
        rows = _rows(line)
        self.table.setVisible(bool(rows))
        self.sheet.show(rows)
        self.more.show()
        body = json.dumps(write.body, indent=2, ensure_ascii=False) if write.body is not None else ""
        self.request.setPlainText(plain(f"{write.method} {write.path}\n\n{body}".strip()))
        self._unfold(self.more.isChecked())

    def _outcome(self, line: WriteLine) -> str:
        result = line.result
        assert result is not None
        lines = []
        if result.standing is Standing.SURPRISED:  # its code says no more, and its detail is what the rows show
            lines.append(say(STANDINGS[result.standing].remedy))
            if result.old is not None and not result.old:
                lines.append(self._instead(line))
        elif result.code:
            words = words_for(result.code)
            lines += [f"{words.what} {words.remedy}".strip(), _detail(line)]
        elif STANDINGS[result.standing].remedy:
            lines.append(say(STANDINGS[result.standing].remedy))
        if result.new_id:
            lines.append(self.tr("Its new id is %1.").replace("%1", result.new_id))
        if result.is_verified is True and result.standing in (Standing.DONE, Standing.WAS_SO):
            lines.append(self.tr("Read back afterwards: it is as it should be."))
        elif result.is_verified is False:
            lines.append(self.tr("Read back afterwards: it is not as it should be."))
        return "\n".join(filter(None, lines))

    def _sides(self, result: WriteResult | None) -> tuple[str, str]:
        if result is not None and result.standing in (Standing.DONE, Standing.WAS_SO):
            return self.tr("Before"), self.tr("After")
        if result is not None and result.standing is Standing.SURPRISED:
            return self.tr("Found"), self.tr("Would be")
        return self.tr("Now"), self.tr("Will be")

    def _instead(self, line: WriteLine) -> str:
        if line.write.action is Action.REVIVE:
            return self.tr("It is not in the recycle bin any more.")
        return self.tr("The object is not there any more.")

    def _unfold(self, shown: bool) -> None:
        self.request.setVisible(shown)
        self.more.setText(self.tr("Hide the request") if shown else self.tr("Show the request"))
        self.more.show_picture("down" if shown else "right")


def _rows(line: WriteLine) -> list[DetailRow]:
    write, names, found = line.write, line.names, []
    result = line.result
    seen = result.old or {} if result is not None and result.standing is Standing.SURPRISED else {}
    for path in sorted({*write.old, *write.new, *seen}, key=lambda one: (one not in seen, one)):
        old, new = value_words(write.old.get(path), names, path), value_words(write.new.get(path), names, path)
        if path in seen:
            found.append(_surprise(path, value_words(seen[path], names, path), old, new))
            continue
        if old == new == NOTHING:
            continue
        there, here = changed_words(old, new)
        found.append(
            DetailRow(
                shape=Shape.VALUE,
                title=path_words(path),
                section="",
                old=old,
                new=new,
                old_marks=there,
                new_marks=here,
                hint=path,
            )
        )
    return found


def _surprise(path: str, seen: str, planned: str, new: str) -> DetailRow:
    """What is there, and below it what the plan had found."""
    found = f"{seen}\n{say('When planned: %1').replace('%1', planned)}"
    return DetailRow(
        shape=Shape.VALUE,
        title=path_words(path),
        section="",
        old=found,
        new=new,
        old_marks=[(0, len(seen))],
        hint=path,
        picture=("attention", "attention"),
    )


def _detail(line: WriteLine) -> str:
    """What goes with a code: the number of another write, or what a service said."""
    assert line.result is not None
    if line.result.code == NotReached.code:
        return say("Write %1 was not done.").replace("%1", line.result.detail) if line.result.detail else ""
    return line.result.detail
