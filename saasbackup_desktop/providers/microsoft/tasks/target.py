"""Somebody's Microsoft To Do as a target: tasks with their steps, links and attachments."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.providers.microsoft import attaching
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.marks import RESTORED, mark_of
from saasbackup_desktop.providers.microsoft.tasks import composing
from saasbackup_desktop.providers.microsoft.tasks.source import Tasks
from saasbackup_desktop.providers.microsoft.writing import ObjectTarget, Saved, are_within, differing

_EXTENSION: Final = "io.saasbackup.item"
"""Our open extension: tasks have no extended properties."""
_WHOLE: Final = "checklistItems,linkedResources,attachments"


def tasks_target(graph: Graph, user: str) -> ObjectTarget:
    """Write into somebody's lists of tasks."""
    return ObjectTarget(graph, user, Lists(graph, user))


class Lists:
    """``writing.Kind``: tasks. The mark comes last: what has none and looks like ours was left unfinished."""

    prefer: Sequence[str] = ()
    is_nested = False
    goes_on = True

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._at = f"/users/{user}/todo/lists"
        self._tasks = Tasks(graph, user)

    async def folders(self) -> Sequence[Folder]:
        """All lists. Raises Fault."""
        return await self._tasks.folders({})

    async def make(self, parent: NodeId | None, name: str) -> None:
        """Make a list. Raises Fault."""
        del parent
        await self._graph.send("POST", self._at, {"displayName": name}, mailbox=self._user)

    def listing(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """A list's tasks."""
        return f"{self._at}/{folder}/tasks", {"$expand": "extensions", "$top": "100"}

    def whole(self, folder: NodeId, id: str) -> str:
        """A task with steps, links and attachments."""
        return f"{self._at}/{folder}/tasks/{id}?$expand={_WHOLE}"

    def mark(self, plain: Mapping[str, Any]) -> str:
        """Our extension's word."""
        for one in plain.get("extensions") or ():
            if str(one.get("id") or one.get("extensionName") or "").endswith(_EXTENSION):
                return str(one.get("item") or "")
        return ""

    def look(self, plain: Mapping[str, Any]) -> str:
        """All that a task says itself."""
        return composing.look(plain)

    def is_begun(self, saved: Saved, there: Mapping[str, Any]) -> bool:
        """Whether steps, links and attachments are all ours, and only some are missing."""
        ours = composing.steps(saved.plain)
        return (
            ours[: len(composing.steps(there))] == composing.steps(there)
            and set(composing.links(there)) <= set(composing.links(saved.plain))
            and set(map(_brief, there.get("attachments") or ()))
            <= set(map(_brief, saved.plain.get("attachments") or ()))
        )

    def lost(self, plain: Mapping[str, Any]) -> tuple[str, ...]:
        """The service sets when a task was made and changed: of every task, so nothing is said of a single one."""
        del plain
        return ()

    async def difference(self, saved: Saved, folder: NodeId, there: Mapping[str, Any], *, is_strict: bool) -> str:
        """Compare a task, its steps, links and attachments. Raises Fault."""
        ours = saved.plain
        if wrong := differing(composing.shown(ours), composing.shown(there)):
            return wrong
        mine, theirs = ours.get("attachments") or (), there.get("attachments") or ()
        pairs = (
            ("checklistItems", composing.steps(ours), composing.steps(there)),
            ("linkedResources", sorted(composing.links(ours)), sorted(composing.links(there))),
            ("attachments", sorted(map(_brief, mine)), sorted(map(_brief, theirs))),
        )
        for name, wanted_here, found in pairs:
            if wanted_here != found and (is_strict or not are_within(wanted_here, found)):
                return name
        if not is_strict:
            return ""
        wanted = sorted([await self._fingerprint(saved, one) for one in mine])
        return "" if wanted == sorted(await self._fingerprints(folder, there)) else "attachments"

    async def create(self, saved: Saved, folder: NodeId) -> NodeId:
        """Make a task with its links. Raises Fault."""
        task = {name: value for name, value in composing.compose(saved.plain).items() if value not in (None, [])}
        links = [composing.link(one) for one in saved.plain.get("linkedResources") or ()]
        if links:
            task["linkedResources"] = links
        made = await self._graph.send("POST", f"{self._at}/{folder}/tasks", task, mailbox=self._user)
        return NodeId(str(made["id"]))

    async def complete(self, saved: Saved, folder: NodeId, id: NodeId) -> None:
        """Add what is missing of steps, links and attachments, then our mark. Raises Fault."""
        await self._fill(saved, folder, str(id))
        mark = {
            "@odata.type": "#microsoft.graph.openTypeExtension",
            "extensionName": _EXTENSION,
            "item": mark_of(saved.item),
        }
        await self._graph.send("POST", f"{self._at}/{folder}/tasks/{id}/extensions", mark, mailbox=self._user)

    async def bring_back(self, saved: Saved, folder: NodeId, there: Mapping[str, Any]) -> NodeId:
        """Change a task back. Raises Fault."""
        id = NodeId(str(there["id"]))
        at = f"{self._at}/{folder}/tasks/{id}"
        task = composing.compose(saved.plain)
        task["categories"] = [*task["categories"], RESTORED]
        await self._graph.send("PATCH", at, task, mailbox=self._user)
        await self._fill(saved, folder, str(id))
        return id

    async def remove(self, folder: NodeId, id: NodeId) -> None:
        """Remove a task that we made. Raises Fault."""
        await self._graph.send("DELETE", f"{self._at}/{folder}/tasks/{id}", mailbox=self._user)

    async def _fill(self, saved: Saved, folder: NodeId, id: str) -> None:
        """Add what is missing. Raises Fault."""
        plain, at = saved.plain, f"{self._at}/{folder}/tasks/{id}"
        if not any(plain.get(name) for name in ("checklistItems", "linkedResources", "attachments")):
            return
        there = await self._graph.get(self.whole(folder, id), mailbox=self._user)
        await self._fill_steps(plain, there, f"{at}/checklistItems")
        have = composing.links(there)
        for one, look in zip(plain.get("linkedResources") or (), composing.links(plain), strict=True):
            if look not in have:
                await self._graph.send("POST", f"{at}/linkedResources", composing.link(one), mailbox=self._user)
        files = await self._fingerprints(folder, there)
        for one in plain.get("attachments") or ():
            found = await self._fingerprint(saved, one)
            if found in files:
                files.remove(found)
            else:
                await self._attach(saved, at, one)

    async def _fill_steps(self, plain: Mapping[str, Any], there: Mapping[str, Any], at: str) -> None:
        """Add the steps that are missing, after the others, and tick those that are there as they were."""
        left = [dict(one) for one in there.get("checklistItems") or ()]
        for one in plain.get("checklistItems") or ():
            found = next((other for other in left if other.get("displayName") == one.get("displayName")), None)
            if found is None:
                await self._graph.send("POST", at, composing.step(one), mailbox=self._user)
                continue
            left.remove(found)
            if bool(found.get("isChecked")) != bool(one.get("isChecked")):
                ticked = {"isChecked": bool(one.get("isChecked"))}
                await self._graph.send("PATCH", f"{at}/{found['id']}", ticked, mailbox=self._user)

    async def _attach(self, saved: Saved, at: str, attachment: Mapping[str, Any]) -> None:
        data = await saved.part(f"attachment/{attachment['id']}")
        if len(data) < attaching.SMALL:
            plain = attaching.as_file("taskFileAttachment", attachment, data)
            await self._graph.send("POST", f"{at}/attachments", plain, mailbox=self._user)
        else:
            said = {"attachmentInfo": attaching.announced(attachment, len(data))}
            session = await self._graph.send("POST", f"{at}/attachments/createUploadSession", said, mailbox=self._user)
            await self._graph.upload(session, attaching.pieces(data), len(data), is_inside=True)

    async def _fingerprint(self, saved: Saved, attachment: Mapping[str, Any]) -> str:
        data = await saved.part(f"attachment/{attachment['id']}")
        return attaching.fingerprint(str(attachment.get("name") or ""), data)

    async def _fingerprints(self, folder: NodeId, task: Mapping[str, Any]) -> list[str]:
        found = []
        for one in task.get("attachments") or ():
            at = f"{self._at}/{folder}/tasks/{task['id']}/attachments/{one['id']}/$value"
            data = await self._graph.content(at, mailbox=self._user)
            found.append(attaching.fingerprint(str(one.get("name") or ""), data))
        return found


def _brief(attachment: Mapping[str, Any]) -> str:
    return f"{attachment.get('name')} {attachment.get('size')}"
