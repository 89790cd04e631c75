"""From what was picked to every request that would be sent: the whole way, one thing after the other."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.core.directory.drafting import Draft, Pair, Reference, Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.placeholders import as_written, escaped
from saasbackup_desktop.core.directory.plan import Write, WriteResult
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.planning import risks, undoing
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Fate, cases, matched
from saasbackup_desktop.providers.microsoft.entra.planning.changing import amend
from saasbackup_desktop.providers.microsoft.entra.planning.choosing import drop_what_lacks, stand_around, take_in
from saasbackup_desktop.providers.microsoft.entra.planning.creating import create
from saasbackup_desktop.providers.microsoft.entra.planning.deleting import delete
from saasbackup_desktop.providers.microsoft.entra.planning.following import follow, let_scoped_roles_follow
from saasbackup_desktop.providers.microsoft.entra.planning.references import PLACES, references
from saasbackup_desktop.providers.microsoft.entra.planning.reviving import revive
from saasbackup_desktop.providers.microsoft.entra.planning.scene import KINDS
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.steps import numbered
from saasbackup_desktop.providers.microsoft.entra.planning.swapping import part_swaps


class EntraPlanning:
    """``core.directory.drafting.Planning`` for Microsoft Entra."""

    def references(self, one: DirectoryObject) -> Sequence[Reference]:
        """List what an object's properties refer to; links are not among it."""
        return list(references(one))

    def referring(self) -> Collection[str]:
        """The kinds whose objects refer to others, by properties or links."""
        return {*PLACES, *(id for id, kind in SCHEMA.items() if kind.relations)}

    def standing(self) -> Collection[str]:
        """The kinds of which all objects have to be known so that risks can be weighed."""
        return KINDS

    def involved(self, standing: Sequence[DirectoryObject], coming: Sequence[DirectoryObject] = ()) -> Collection[str]:
        """Keys of people and groups that those objects name, and that have to be known, too.

        ``coming``: objects as they would be if they came back.
        """
        return risks.involved(standing, coming)

    def plan(self, survey: Survey, wish: Wish) -> Draft:
        """Say every request that would be sent, in order, and what is left out and why."""
        return plan(survey, wish)

    def coming_back(self, writes: Sequence[Write]) -> Sequence[DirectoryObject]:
        """Objects by which risks are weighed, as far as taking writes back changes them: as they would be."""
        return list(undoing.coming_back(writes))

    def undo(
        self,
        schema: Schema,
        writes: Sequence[Write],
        results: Sequence[WriteResult] = (),
        wish: Wish | None = None,
        standing: Sequence[DirectoryObject] = (),
    ) -> Draft:
        """Say what would take back what a plan wrote; without results: all that it would write.

        ``standing``: by what risks are weighed. Without ``wish``, nothing is refused, however grave.
        """
        return undoing.undo(schema, writes, results, wish, standing)


def plan(survey: Survey, wish: Wish) -> Draft:
    """Say every request that would be sent, in order, and what is left out and why."""
    survey = _escaped(survey)
    sketch = Sketch(survey, wish)
    for case in cases(survey, matched(survey.pairs, survey.renewed)):
        take_in(sketch, case)
    for case in cases(survey, matched(survey.around, survey.renewed)):
        stand_around(sketch, case)
    drop_what_lacks(sketch)
    for case in sketch.cases:
        _WRITTEN[case.fate](sketch, case)
    for case in sketch.around:
        follow(sketch, case)
    let_scoped_roles_follow(sketch)
    sketch.steps += list(part_swaps(sketch.steps))
    kept, left, told = risks.weighed(sketch.steps, survey, wish)
    return Draft(writes=numbered(kept), left_out=[as_written(one) for one in (*sketch.left, *left)], risks=told)


def _escaped(survey: Survey) -> Survey:
    """Texts of people as plans hold them: whatever is put together from them, none is taken for a placeholder."""
    return replace(
        survey,
        pairs=[Pair(_object(one.old), _object(one.now)) for one in survey.pairs],
        around=[Pair(_object(one.old), _object(one.now)) for one in survey.around],
        bin={key: _as_held(one) for key, one in survey.bin.items()},
    )


def _as_held(one: DirectoryObject) -> DirectoryObject:
    return replace(one, properties={name: escaped(value) for name, value in one.properties.items()})


def _object(one: DirectoryObject | None) -> DirectoryObject | None:
    return None if one is None else _as_held(one)


_WRITTEN: Final = {Fate.STAYS: amend, Fate.REVIVED: revive, Fate.MADE: create, Fate.DELETED: delete}
"""What is said of an object, by what is to become of it."""
