"""Tasks of Microsoft To Do: all lists, with steps, links and attachments."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item, Role
from saasbackup_desktop.core.ports import Fetched
from saasbackup_desktop.providers.microsoft import objects
from saasbackup_desktop.providers.microsoft.census import LISTED
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.messages import moment
from saasbackup_desktop.providers.microsoft.walking import DeltaSource, Told

_WHOLE: Final = "$expand=checklistItems,linkedResources,attachments"
_LONGEST: Final = 8 * 1024


def tasks_source(graph: Graph, user: str) -> DeltaSource:
    """Read somebody's tasks."""
    return DeltaSource(graph, user, Tasks(graph, user))


class Tasks:
    """``walking.Kind``: tasks, each with its steps and links inside."""

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._at = f"/users/{user}/todo/lists"

    @property
    def prefer(self) -> Sequence[str]:
        """Large pages."""
        return ("odata.maxpagesize=200",)

    async def folders(self, known: dict[str, str]) -> Sequence[Folder]:
        """All lists. Raises Fault."""
        lists = await self._graph.all(self._at, {"$top": "100"}, mailbox=self._user)
        return [_list(plain) for plain in lists]

    def lists(self, folders: Sequence[Folder]) -> Sequence[str]:
        """All lists."""
        del folders
        return [f"{self._at}?$top=100"]

    def start(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """A list's tasks."""
        return f"{self._at}/{folder}/tasks/delta", {}

    def item(self, plain: Mapping[str, Any], folder: NodeId) -> Item | None:
        """A task without its bytes."""
        due = (plain.get("dueDateTime") or {}).get("dateTime", "")
        facets = {
            "status": str(plain.get("status") or ""),
            "due": str(due)[:19],
            "importance": "" if plain.get("importance") == "normal" else str(plain.get("importance") or ""),
            "categories": "\n".join(plain.get("categories") or ()),
        }
        return Item(
            id=NodeId(plain["id"]),
            parent=folder,
            name=str(plain.get("title") or "")[:_LONGEST],
            # What a page does not tell (steps, links, files) changes this moment alone.
            revision=objects.revision({**plain, "_": plain.get("lastModifiedDateTime")}),
            time=moment(plain.get("createdDateTime")),
            place=f"{folder}/{plain['id']}",
            facets={name: value for name, value in facets.items() if value},
        )

    def listing(self, folder: NodeId) -> tuple[str, str]:
        """A list's tasks."""
        return f"{self._at}/{folder}/tasks", LISTED

    def listed(self, plain: Mapping[str, Any], folder: NodeId) -> str | None:
        """List and id."""
        return f"{folder}/{plain['id']}"

    def single(self, id: NodeId) -> None:
        """A task that is moved to another list is another one there."""

    def fetch(self, items: Sequence[Item], told: Told) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read tasks whole, with steps and links, and their attachments' bytes. Raises Fault."""
        del told
        return objects.fetched(
            self._graph,
            self._user,
            items,
            lambda item: f"{self._task(item)}?{_WHOLE}",
            lambda item, plain: [
                (f"attachment/{one['id']}", f"{self._task(item)}/attachments/{one['id']}/$value")
                for one in plain.get("attachments") or ()
            ],
        )

    def _task(self, item: Item) -> str:
        return f"{self._at}/{item.parent}/tasks/{item.id}"


def _list(plain: Mapping[str, Any]) -> Folder:
    name = str(plain.get("wellknownListName") or "none")
    facets = {"well-known": name} if name != "none" else {}
    if plain.get("isShared"):
        facets["shared"] = "yes" if plain.get("isOwner") else "by somebody else"
    role = Role.MAIN if name == "defaultList" else None
    return Folder(
        id=NodeId(plain["id"]), parent=None, name=str(plain.get("displayName") or ""), role=role, facets=facets
    )
