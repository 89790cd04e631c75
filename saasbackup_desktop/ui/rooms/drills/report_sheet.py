"""The report of a restore drill: what was looked at, what came of it, and every difference."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QTabWidget, QWidget

from saasbackup_desktop.app.drills.views import Finding, Proof
from saasbackup_desktop.app.flows.saving import file_name, save_text
from saasbackup_desktop.app.words.drills import (
    EXPECTED,
    FINDINGS,
    OUTCOMES,
    finding_place,
    finding_reason,
    lines_of,
    proof_text,
)
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.sheets import Sheet, pick_new_file
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet

_MARK: Final = "\ufeff"
"""Tells spreadsheets that the text is UTF-8."""

Line = tuple[str, str]


class ReportSheet(Sheet):
    """Outcome and remedy above; figures and findings as lists that can be read, copied and saved."""

    def __init__(self, bridge: Bridge, proof: Proof, history: Sequence[Proof], parent: QWidget) -> None:
        name = proof.account.name or proof.account.address
        super().__init__(self.tr("Restore drill of %1").replace("%1", name), "", parent, width=760)
        self.bridge = bridge
        self.proof = proof
        outcome = OUTCOMES[proof.outcome]
        status = StatusMark(say(outcome.label), outcome.tone)
        words = Text(proof_text(proof, text.moment), wrap=True)
        self.remedy = Text(say(outcome.remedy) if outcome.remedy else "", "muted", wrap=True)
        self.figures: RowSheet[Line] = RowSheet(
            (Field(self.tr("What"), lambda line: say(line[0])), Field(self.tr("Value"), lambda line: line[1])), self
        )
        self.findings: RowSheet[Finding] = RowSheet(_fields(), self)
        self.earlier: RowSheet[Proof] = RowSheet(history_fields(), self)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Parts of the report"))
        for title, model, widths, stretch in (
            (self.tr("Findings"), self.findings, (210, 240, 240), 1),
            (self.tr("What was looked at"), self.figures, (280, 380), 1),
            (self.tr("Earlier drills"), self.earlier, (170, 190, 90, 90, 90, 90), 1),
        ):
            table = Table(title)
            table.setModel(model)
            table.widths(widths, stretch)
            table.setMinimumHeight(scaled(300))
            inside = QWidget()
            inside.setLayout(column(table))
            self.tabs.addTab(inside, title)
        self.figures.show(list(lines_of(proof, text.precise, text.size)))
        self.findings.show(list(proof.findings))
        self.earlier.show(list(history))
        if not proof.findings:
            self.tabs.setCurrentIndex(1)
        self.save = Button(self.tr("&Save as CSV…"), picture="save", pressed=lambda: self.run(self._save()))
        close = Button(self.tr("&Close"), "primary", pressed=self.accept)
        close.setDefault(True)
        self.fill(column(status, words, self.remedy, spacing=SPACE.small), self.tabs)
        self.remedy.setVisible(bool(outcome.remedy))
        self.offer(self.save, close)
        self.tabs.tabBar().setFocus()

    async def _save(self) -> None:
        name = f"drill {self.proof.account.address} {text.day(self.proof.time)}"
        file = await pick_new_file(self, self.tr("Save as CSV"), file_name(name, ".csv"), self.tr("Tables (*.csv)"))
        if file is not None:
            await self.bridge.call(save_text(_MARK + as_csv(self.proof), file))
            self.banner.say(Tone.GOOD, self.tr("Saved %1").replace("%1", str(file)))


def as_csv(proof: Proof) -> str:
    """Figures, then findings, each as a line of four fields."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(("part", "what", "where", "value"))
    for label, value in lines_of(proof, text.precise, str):
        sheet.writerow(("figure", label, "", value))
    for one in proof.findings:
        sheet.writerow((FINDINGS[one.kind], one.name, one.where, finding_reason(one)))
    return out.getvalue()


def history_fields() -> tuple[Field[Proof], ...]:
    """Columns for the drills of one account."""
    return (
        Field(say("When"), lambda p: text.moment(p.time), lambda p: p.time, hint=lambda p: text.utc(p.time)),
        outcome_field(),
        Field(say("Restored"), lambda p: text.number(p.read), lambda p: p.read, right=True),
        Field(say("The same"), lambda p: text.number(p.matched), lambda p: p.matched, right=True),
        Field(say("Damaged"), lambda p: text.number(p.damaged), lambda p: p.damaged, right=True),
        Field(say("Missing"), lambda p: text.number(p.missing), lambda p: p.missing, right=True),
    )


def outcome_field() -> Field[Proof]:
    """The column that says what came of a drill."""
    return Field(say("Outcome"), lambda p: say(OUTCOMES[p.outcome].label), picture=_outcome_picture)


def _outcome_picture(proof: Proof) -> tuple[str, str]:
    return {"proven": ("ok", "good"), "unreachable": ("attention", "attention")}.get(proof.outcome, ("bad", "bad"))


def _fields() -> tuple[Field[Finding], ...]:
    return (
        Field(
            say("Finding"),
            lambda one: say(FINDINGS[one.kind]),
            picture=lambda one: ("info", "muted") if one.kind in EXPECTED else ("bad", "bad"),
        ),
        Field(say("Where"), finding_place),
        Field(say("Why"), lambda one: say(finding_reason(one)) if finding_reason(one) else ""),
    )
