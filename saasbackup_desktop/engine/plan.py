"""Work out what a restore would do at its target. Nothing is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.jobs import Restore
from saasbackup_desktop.core.model import Body, Conflict, Folder, Item, Role
from saasbackup_desktop.core.ports import Reading, Target
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.paths import folder_paths

Path = tuple[str, ...]


@dataclass(slots=True)
class FolderPlan:
    """What is to be done in one folder of the target."""

    path: Path
    exists: NodeId | None
    add: list[Item] = field(default_factory=list)
    skip: list[Item] = field(default_factory=list)
    found: dict[NodeId, NodeId] = field(default_factory=dict)
    """The target's ids of what is skipped."""
    replace: list[tuple[NodeId, Item]] = field(default_factory=list)
    altered: list[Item] = field(default_factory=list)
    """There already, but the target has made something else of the bytes."""
    problem: str = ""


@dataclass(slots=True)
class RestorePlan:
    """What is to be done altogether."""

    folders: list[FolderPlan]
    room: int | None
    limit: int | None

    @property
    def add(self) -> int:
        """Items to be written."""
        return sum(len(folder.add) for folder in self.folders)

    @property
    def size(self) -> int:
        """Bytes to be written."""
        return sum(length(item) for folder in self.folders for item in folder.add)

    @property
    def too_large(self) -> int:
        """Items that the target will not take."""
        if self.limit is None:
            return 0
        return sum(length(item) > self.limit for folder in self.folders for item in folder.add)


def length(item: Item) -> int:
    """Bytes of the original."""
    return item.body.size if item.body is not None else (item.size or 0)


async def make_plan(bench: Bench, spec: Restore, target: Target, meter: Meter) -> RestorePlan:
    """Compare what was selected with what the target has. Raises Fault if the target cannot be read."""
    meter.doing = "planning"
    nodes = await bench.offload.on_reading(
        lambda: list(bench.catalog.nodes_at(spec.stream, spec.snapshot, spec.selection))
    )
    folders = [node for node in nodes if isinstance(node, Folder)]
    items: dict[NodeId, list[Item]] = defaultdict(list)
    for node in nodes:
        if isinstance(node, Item):
            items[node.parent].append(node)
    everything = await bench.offload.on_reading(bench.catalog.folders_at, spec.stream, spec.snapshot)
    sources = {row.folder.id: row.folder for row in everything}
    there = list(await target.folders())
    paths_there = {path: folder.id for folder, path in _with_paths(there) if not _holds_no_items(folder)}
    # A name that only holds folders comes back with them.
    wanted = {folder.id for folder in folders if not _holds_no_items(folder)} | set(items)
    gathered: dict[Path, list[Item]] = {}
    for id, path in target_paths(spec, sources, wanted, there).items():
        gathered.setdefault(target.as_listed(path), []).extend(items.get(id, []))
    plans: list[FolderPlan] = []
    for path in sorted(gathered):
        plan = FolderPlan(path, paths_there.get(path))
        plan.problem = "" if plan.exists else target.folder_fault(path) or ""
        await _plan_items(bench, spec, target, plan, gathered[path])
        meter.items_total += len(gathered[path])
        plans.append(plan)
    room, limit = await target.room()
    return RestorePlan(plans, room, limit)


def _holds_no_items(folder: Folder) -> bool:
    return "noselect" in folder.facets


def target_paths(
    spec: Restore, sources: Mapping[NodeId, Folder], wanted: set[NodeId], there: Sequence[Folder]
) -> dict[NodeId, Path]:
    """Say for each wanted folder of the snapshot which path it gets at the target."""
    originals = folder_paths(sources.values())
    if spec.folder is not None:
        base = _as_there(tuple(part for part in spec.folder.split("/") if part), there)
        if spec.whole_paths or spec.selection.is_everything:
            return {id: base + originals[id] for id in wanted}
        return {id: base + _below_selected(id, sources, originals, set(spec.selection.folders)) for id in wanted}
    roles_there: dict[Role, list[Path]] = defaultdict(list)
    for folder, path in _with_paths(there):
        if folder.role is not None:
            roles_there[folder.role].append(path)
    return {id: _original_place(id, sources, originals, roles_there) for id in wanted}


def _as_there(path: Path, there: Sequence[Folder]) -> Path:
    """Spell the beginning of a path as the target spells its inbox, whose name has no case (RFC 3501 section 5.1)."""
    for folder in there:
        if folder.role is Role.INBOX and folder.parent is None and folder.name.casefold() == path[0].casefold():
            return (folder.name, *path[1:])
    return path


def _with_paths(folders: Sequence[Folder]) -> list[tuple[Folder, Path]]:
    paths = folder_paths(folders)
    return [(folder, paths[folder.id]) for folder in folders]


def _below_selected(
    id: NodeId, sources: Mapping[NodeId, Folder], originals: Mapping[NodeId, Path], selected: set[NodeId]
) -> Path:
    """The path from the topmost selected folder down; nothing for items that were picked one by one."""
    top: NodeId | None = None
    step: NodeId | None = id
    while step is not None and step in sources:
        if step in selected:
            top = step
        step = sources[step].parent
    if top is None:
        return ()
    return originals[id][len(originals[top]) - 1 :]


def _original_place(
    id: NodeId,
    sources: Mapping[NodeId, Folder],
    originals: Mapping[NodeId, Path],
    roles_there: Mapping[Role, Sequence[Path]],
) -> Path:
    """The original path; below a folder with a role, the path of the target's folder with that role.

    Of several with that role the one of the same path is meant: two folders of one role stay two.
    """
    below: list[str] = []
    step: NodeId | None = id
    while step is not None and step in sources:
        folder = sources[step]
        if folder.role is not None and folder.role in roles_there:
            paths = roles_there[folder.role]
            return (*(originals[step] if originals[step] in paths else paths[0]), *reversed(below))
        below.append(folder.name)
        step = folder.parent
    return originals[id]


async def _plan_items(bench: Bench, spec: Restore, target: Target, plan: FolderPlan, items: list[Item]) -> None:
    if plan.exists is None or not items:
        plan.add.extend(items)
        return
    twins = await target.twins(plan.exists, items, reading(bench))
    for item in items:
        if item.id in twins.altered:
            plan.altered.append(item)
        elif item.id in twins.differing and spec.conflict is Conflict.REPLACE:
            plan.replace.append((twins.differing[item.id], item))
        elif item.id in twins.equal or item.id in twins.differing:
            plan.skip.append(item)
            plan.found[item.id] = twins.equal.get(item.id) or twins.differing[item.id]
        else:
            plan.add.append(item)


def reading(bench: Bench) -> Reading:
    """Let a target read bodies from the vault."""

    async def read(body: Body) -> bytes:
        return await bench.offload.on_disk(bench.vault.read, body)

    return read
