"""The import dialog: which files; what lies in them; then the jobs."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.imports.views import ImportRequest
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Leaves
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.rooms.exports.door import imports
from saasbackup_desktop.ui.rooms.exports.findings import Findings
from saasbackup_desktop.ui.rooms.exports.sources import Sources

_SOURCES, _FINDINGS = range(2)


class ImportSheet(Sheet):
    """Two leaves: files, and what was found in them."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(
            say("Import files"),
            say(
                "What lies in old archives comes into the vault as an account of its own, to be browsed, searched, "
                "restored elsewhere and downloaded. Importing the same again adds only what is new."
            ),
            parent,
            width=720,
            scrolls=True,
        )
        self.bridge = bridge
        self.jobs: Sequence[JobId] = ()
        self._is_at_work = False
        self.sources = Sources()
        self.findings = Findings()
        self.leaves = Leaves()
        self.leaves.addWidget(self.sources)
        self.leaves.addWidget(self.findings)
        self.fill(self.leaves)
        self._back = Button(self.tr("&Back"), pressed=self._to_sources)
        self._next = Button(self.tr("&Look into them"), "primary", pressed=self._to_findings)
        self._start = Button(self.tr("&Start the import"), "primary", "restore", self._go)
        self.offer(self._back, self.cancel_button(), self._next, self._start)
        self.sources.changed.connect(self._judge)
        self.sources.failed.connect(self.failed)
        self.findings.changed.connect(self._judge)
        self.findings.again.connect(self._to_findings)
        self.findings.name.editTextChanged.connect(lambda _: self.run(self._check_name(), only="name"))
        self._turn(_SOURCES)
        self._judge()
        self.sources.files.setFocus()
        self.run(self._prepare(), only="prepare")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens archives with the password that it was typed after; it does not start the import as well."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (is_enter and self.findings.password.hasFocus()):
            super().keyPressEvent(event)

    @property
    def secret(self) -> str | None:
        """The archives' password; None: they need none."""
        return self.findings.password.text() or None

    async def _prepare(self) -> None:
        self.findings.know(await self.bridge.call(imports(self.bridge).accounts()))

    async def _check_name(self) -> None:
        name = self.findings.account
        code = await self.bridge.call(imports(self.bridge).name_fault(name)) if name else ""
        words = words_for("misconfigured", {"what": code, "name": name})
        self.findings.complain(f"{words.what} {words.remedy}".strip() if code else "")

    def _judge(self) -> None:
        self._next.setEnabled(bool(self.sources.paths) and not self._is_at_work)
        self._start.setEnabled(self.findings.is_good and not self._is_at_work)
        self._say_why()
        self.fit()

    def _say_why(self) -> None:
        """Say what is missing before it can go on."""
        why = "" if self._is_at_work else self.findings.lack
        if self.leaves.currentIndex() == _SOURCES and not self._is_at_work:
            why = "" if self.sources.paths else self.tr("Add files or a folder first.")
        for button in (self._next, self._start):
            self.explain(button, why)

    def _work(self, is_at_work: bool) -> None:
        """Let nothing be changed while it is looked at, or begun with."""
        self._is_at_work = is_at_work
        self.sources.setEnabled(not is_at_work)
        self.findings.setEnabled(not is_at_work)
        self._judge()

    def _turn(self, leaf: int) -> None:
        self.leaves.setCurrentIndex(leaf)
        self._back.setVisible(leaf == _FINDINGS)
        for at, button in ((_SOURCES, self._next), (_FINDINGS, self._start)):
            button.setVisible(at == leaf)
            button.setDefault(at == leaf)
        self._judge()

    def _to_sources(self) -> None:
        self.tasks.drop("survey")
        self.banner.hide()
        self._turn(_SOURCES)
        self._next.setFocus()

    def _to_findings(self) -> None:
        if not self._is_at_work:
            self.run(self._look(), only="survey")

    async def _look(self) -> None:
        self.banner.hide()
        focus = self.focusWidget()
        self._next.setText(self.tr("Looking into them…"))
        self.findings.look.setText(self.tr("Opening…"))
        self._work(True)
        try:
            found = await self.bridge.call(imports(self.bridge).survey(self.sources.paths, self.secret))
        finally:
            self._next.setText(self.tr("&Look into them"))
            self.findings.look.setText(self.tr("&Open with it"))
            self._work(False)
            (focus if focus is not None and focus.isVisible() else self._next).setFocus()
        self.findings.show_survey(found)
        self._turn(_FINDINGS)
        first = self.findings.password if found.needs_password else self.findings.name
        first.setFocus()

    def _go(self) -> None:
        async def work() -> None:
            survey = self.findings.survey
            if survey is None:
                return
            request = ImportRequest(paths=survey.paths, name=self.findings.account, services=self._services())
            self._work(True)
            self._back.setEnabled(False)
            try:
                self.jobs = await self.bridge.call(imports(self.bridge).start(request, self.secret))
            finally:
                self._back.setEnabled(True)
                self._work(False)
            self.accept()

        if not self._is_at_work:
            self.run(work(), only="start")

    def _services(self) -> tuple[Service, ...]:
        """Empty if all are taken: also those that were not seen yet."""
        chosen = self.findings.chosen
        return () if len(chosen) == len(self.findings.boxes) else chosen


async def import_files(bridge: Bridge, parent: QWidget, paths: Sequence[Path] = ()) -> Sequence[JobId]:
    """Let a person import archives; the jobs that were started."""
    sheet = ImportSheet(bridge, parent)
    sheet.sources.add(paths)
    sheet.setWindowModality(Qt.WindowModality.WindowModal)
    return sheet.jobs if await sheet.answer() else ()
