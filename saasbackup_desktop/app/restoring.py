"""From what a person wants back to a job: names checked, folders named, the plan made."""

from collections.abc import Collection
from datetime import datetime

from saasbackup_desktop.app.views import Plan, PlanFolder, RestoreRequest
from saasbackup_desktop.core.errors import Misconfigured, NameRefused
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import Restore
from saasbackup_desktop.core.model import Conflict
from saasbackup_desktop.core.ports import Target
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.plan import RestorePlan, make_plan

LONGEST_NAME = 60
"""Characters in a new folder's name: short enough for every server that is known."""
BANNED = frozenset('\\*%"<>|?:')


def new_folder_fault(name: str) -> str | None:
    """Say why a new folder's path (with ``/``) is not a good one, as a reason code; None if it is."""
    parts = name.split("/")
    if not name.strip() or any(not part.strip() for part in parts):
        return "empty"
    if any(len(part) > LONGEST_NAME for part in parts):
        return "too-long"
    if any(part != part.strip() for part in parts):
        return "outer-blank"
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        return "control-character"
    if BANNED & set(name):
        return "banned-character"
    return None


def require_span(since: int | None, until: int | None) -> None:
    """Make sure that a span of time holds something. Raises Misconfigured."""
    if since is not None and until is not None and since >= until:
        raise Misconfigured("the span ends before it begins", what="empty-span")


def spec_of(
    request: RestoreRequest, target: StreamId, protects_target: bool, there: Collection[str], now: int
) -> Restore:
    """Make the job. A folder that is ``there`` may have any name.

    Raises NameRefused for a folder name that cannot be, Misconfigured for a contradiction.
    """
    try:
        conflict = Conflict(request.conflict)
    except ValueError:
        raise Misconfigured(request.conflict, what="unknown-mode", name=request.conflict) from None
    require_span(request.selection.since, request.selection.until)
    folder, whole = request.folder, False
    if folder is not None:
        reason = new_folder_fault(folder)
        if reason is not None and folder not in there:
            raise NameRefused(reason, name=folder, reason=reason)
    elif conflict is Conflict.NON_DESTRUCTIVE:
        folder, whole = f"Restored {datetime.fromtimestamp(now).astimezone():%Y-%m-%d %H-%M-%S}", True
    return Restore(
        stream=request.stream,
        snapshot=request.snapshot,
        selection=request.selection,
        connection=request.connection,
        conflict=conflict,
        folder=folder,
        whole_paths=whole,
        backup_first=conflict is Conflict.REPLACE and protects_target,
    )


async def plan_of(
    bench: Bench, request: RestoreRequest, spec: Restore, target: Target, address: str, other: bool
) -> Plan:
    """Compare with the target and say what would be done; nothing is written."""
    try:
        plan = await make_plan(bench, spec, target, Meter())
    finally:
        await target.close()
    folders = [
        PlanFolder(
            path="/".join(one.path),
            exists=one.exists is not None,
            add=len(one.add),
            skip=len(one.skip) + len(one.altered),
            change=len(one.replace),
            size=sum(item.body.size for item in one.add if item.body is not None),
            problem=one.problem,
        )
        for one in plan.folders
    ]
    return Plan(
        request=request,
        target=address,
        folders=folders,
        add=plan.add,
        skip=sum(one.skip for one in folders),
        change=sum(one.change for one in folders),
        size=plan.size,
        room=plan.room,
        too_large=plan.too_large,
        warnings=_warnings(plan, other),
    )


def _warnings(plan: RestorePlan, other: bool) -> list[str]:
    warnings = []
    if plan.room is not None and plan.size > plan.room:
        warnings.append("not-enough-room")
    if plan.too_large:
        warnings.append("too-large")
    if any(folder.problem for folder in plan.folders):
        warnings.append("name-refused")
    if other:
        warnings.append("other-account")
    return warnings
