"""Two moments of a directory side by side, and an object through time."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.entra.exporting.saving import save_comparison
from saasbackup_desktop.app.entra.room import Room
from saasbackup_desktop.app.entra.views import (
    CompareRequest,
    Comparison,
    DifferencePage,
    DifferenceQuery,
    DifferenceView,
    ObjectVersion,
)
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.engine.directory.naming import Names
from saasbackup_desktop.engine.directory.versions import history


class Comparing(Room):
    """The part of the door for comparisons. Every method may raise Fault."""

    async def history(self, stream: StreamId, key: str) -> Sequence[ObjectVersion]:
        """An object's states, newest first, and what changed when each came to be."""
        found = await history(self._workspace.bench, stream, key)
        names = Names(self._workspace.bench, stream)
        return [
            one if one.difference is None else replace(one, names=await names.of([one.difference])) for one in found
        ]

    async def compare(self, request: CompareRequest) -> Comparison:
        """Begin to compare; it goes on by itself, and is let go when nobody asks for it in half an hour."""
        return await self._comparisons.begin(request)

    async def comparison(self, id: str) -> Comparison:
        """How far a comparison is. Raises Misconfigured if it is not held any more."""
        return self._comparisons.state(id)

    async def differences(self, id: str, query: DifferenceQuery) -> DifferencePage:
        """A stretch of the objects that differ, as far as they are found."""
        return await self._comparisons.page(id, query)

    async def difference(self, id: str, key: str) -> DifferenceView:
        """One object at both moments, attribute by attribute, with names for the ids in it."""
        found = await self._comparisons.one(id, key)
        stream = self._comparisons.state(id).request.stream
        return DifferenceView(difference=found, names=await Names(self._workspace.bench, stream).of([found]))

    @noted("comparison-exported", file="file", form="form")
    async def export_comparison(self, id: str, form: str, file: Path, with_noise: bool = False) -> Path:
        """Write what differs, as far as it is found, as ``json``, ``csv``, ``html`` or ``pdf``.

        Raises HomeFault if the file cannot be written.
        """
        by = self._workspace.recorder.who
        bench = self._workspace.bench
        await save_comparison(bench, self._comparisons, id, form, file, by, with_noise=with_noise)
        return file

    async def forget_comparison(self, id: str) -> None:
        """Stop it, and let go of it."""
        await self._comparisons.forget(id)
