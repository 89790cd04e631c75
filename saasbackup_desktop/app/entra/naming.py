"""Names in the lines of a plan: what is told of a write, and of what is left out, says no ids where names are known."""

from collections.abc import Sequence
from dataclasses import replace

from saasbackup_desktop.app.entra.views import WriteLine
from saasbackup_desktop.core.directory.plan import Action, LeftOut, PlanHead, Write
from saasbackup_desktop.core.directory.ticks import link_of
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.naming import Names, ids_in
from saasbackup_desktop.engine.directory.plans import Plans


async def named_lines(bench: Bench, head: PlanHead, lines: Sequence[WriteLine]) -> list[WriteLine]:
    """Writes with the names of what they lead to, and of what stands in their values."""
    ids: dict[str, str] = {}
    for line in lines:
        ids |= _ids_in_line(line)
    names = await _names(bench, head, ids)
    return [_named(line, {id: names[id] for id in _ids_in_line(line) if id in names}) for line in lines]


async def named_left_out(bench: Bench, head: PlanHead, some: Sequence[LeftOut]) -> list[LeftOut]:
    """What is left out, with the names of what it leads to, and of what stands in its values."""
    ids: dict[str, str] = {}
    for one in some:
        ids |= _ids_left(one)
    names = await _names(bench, head, ids)
    return [
        replace(
            one,
            name=one.name or names.get(one.id, ""),
            names={id: names[id] for id in _ids_left(one) if id in names},
        )
        for one in some
    ]


def _ids_in_line(line: WriteLine) -> dict[str, str]:
    found = line.result.old if line.result is not None else None
    return {**dict.fromkeys(ids_in(dict(found or {})), ""), **_ids_of(line.write)}


def _ids_of(write: Write) -> dict[str, str]:
    found = dict.fromkeys((*ids_in(dict(write.old)), *ids_in(dict(write.new)), *ids_in(write.detail)), "")
    if write.target and not write.target_name:
        found |= {write.target: "", **{one.id: one.kind for one in write.links}}
    return found if write.name else {**found, write.id: write.kind}


def _ids_left(one: LeftOut) -> dict[str, str]:
    found = dict.fromkeys((*ids_in(one.old), *ids_in(one.new)), "")
    link = link_of(one.key)
    if link is not None:
        found |= dict.fromkeys((link.id, *ids_in(link.detail)), "")
    return found if one.name else {**found, one.id: one.kind}


def _named(line: WriteLine, names: dict[str, str]) -> WriteLine:
    write = line.write
    ids = [one.id for one in write.links] if len(write.links) > 1 and write.path_of_link else [write.target]
    targets = [name for id in ids if (name := names.get(id, ""))]
    return replace(
        line,
        write=replace(
            write,
            name=write.name or names.get(write.id, ""),
            target_name=write.target_name or ", ".join(targets),
        ),
        names=names,
    )


async def _names(bench: Bench, head: PlanHead, ids: dict[str, str]) -> dict[str, str]:
    """Names as the catalog knows them; of what a restore has made since the last backup, as that restore knows them."""
    found = dict(await Names(bench, head.stream).of_ids(ids))
    unknown = {id for id in ids if id not in found}
    if unknown and head.undoes:
        plans = Plans(bench.catalog, bench.offload)
        done = await plans.head(head.undoes)
        if done is not None and done.counts.get(Action.CREATE, 0):
            for number, result in (await plans.results(done.id)).items():
                if result.new_id in unknown:
                    [made] = await plans.writes(done.id, number - 1, 1)
                    found[result.new_id] = made.name
    return found
