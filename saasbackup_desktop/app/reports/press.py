"""Where reports are put together, written and sealed."""

import functools
from pathlib import Path

from saasbackup_desktop import __version__
from saasbackup_desktop.app.home import write_named
from saasbackup_desktop.app.reports import plain, sealing, spreadsheet
from saasbackup_desktop.app.reports.summary import Facts
from saasbackup_desktop.app.reports.views import Form, Kind, Report, Table
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.core.ports import Clock


class Press:
    """Makes reports of one vault."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self._workspace, self._clock = workspace, clock
        self.signing = sealing.Signing(workspace.vault.subkey(sealing.PURPOSE), workspace.vault.id)

    def report(
        self,
        kind: Kind,
        told: tuple[Facts, tuple[Table, ...]],
        since: int | None = None,
        until: int | None = None,
    ) -> Report:
        """Put a report together."""
        facts, tables = told
        return Report(
            kind=kind,
            made=self._clock.now(),
            since=since,
            until=until,
            vault=self._workspace.vault.id,
            by=self._workspace.recorder.who,
            program=f"saasbackup {__version__}",
            facts=facts,
            tables=tables,
        )

    async def written(self, report: Report, form: Form, *, bom: bool = True) -> bytes:
        """Write it in one of the forms; PDF and JSON are sealed."""
        write = {
            Form.CSV: functools.partial(spreadsheet.to_csv, report, bom=bom),
            Form.PDF: functools.partial(self._pdf, report),
            Form.JSON: functools.partial(self._json, report),
        }[form]
        return await self._workspace.bench.offload.on_disk(write)

    async def save(self, report: Report, form: Form, file: Path) -> None:
        """Write it into a file that only its owner can read. Raises HomeFault."""
        data = await self.written(report, form)
        await self._workspace.bench.offload.on_disk(write_named, file, data)

    def _json(self, report: Report) -> bytes:
        return self.signing.seal(plain.to_json(report), report.made)

    def _pdf(self, report: Report) -> bytes:
        # Loading what makes PDFs takes longer than many a command.
        from saasbackup_desktop.app.reports.page import to_pdf

        return self.signing.seal(to_pdf(report, self.signing.fingerprint), report.made)
