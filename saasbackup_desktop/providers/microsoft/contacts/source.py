"""Contacts: all folders, every property, and the photo."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item, Role
from saasbackup_desktop.core.ports import Fetched
from saasbackup_desktop.providers.microsoft import objects
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE
from saasbackup_desktop.providers.microsoft.census import LISTED
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.messages import moment
from saasbackup_desktop.providers.microsoft.walking import DeltaSource, Told

MAIN: Final = NodeId("contacts")
"""The default folder, which lists leave out: what Graph calls it when it is asked for by name."""
_LONGEST: Final = 8 * 1024


def contacts_source(graph: Graph, user: str) -> DeltaSource:
    """Read a mailbox's contacts."""
    return DeltaSource(graph, user, Contacts(graph, user))


class Contacts:
    """``walking.Kind``: contacts."""

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._at = f"/users/{user}"

    @property
    def prefer(self) -> Sequence[str]:
        """Ids that stay, and large pages."""
        return IMMUTABLE, "odata.maxpagesize=200"

    async def folders(self, known: dict[str, str]) -> Sequence[Folder]:
        """The default folder and all others, parents first. Raises Fault."""
        found = [Folder(id=MAIN, parent=None, name="Contacts", role=Role.MAIN, facets={"well-known": "contacts"})]
        level: list[tuple[NodeId | None, str]] = [(None, f"{self._at}/contactFolders")]
        while level:
            parent, path = level.pop(0)
            for plain in await self._graph.all(path, {"$top": "250"}, mailbox=self._user, prefer=[IMMUTABLE]):
                folder = Folder(id=NodeId(plain["id"]), parent=parent, name=str(plain.get("displayName") or ""))
                found.append(folder)
                level.append((folder.id, f"{self._at}/contactFolders/{folder.id}/childFolders"))
        return found

    def lists(self, folders: Sequence[Folder]) -> Sequence[str]:
        """The folders of each level."""
        named = [folder.id for folder in folders if folder.id != MAIN]
        below = [f"{self._at}/contactFolders/{id}/childFolders?$top=250" for id in named]
        return [f"{self._at}/contactFolders?$top=250", *below]

    def start(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """A folder's contacts."""
        if folder == MAIN:
            return f"{self._at}/contacts/delta", {}
        return f"{self._at}/contactFolders/{folder}/contacts/delta", {}

    def item(self, plain: Mapping[str, Any], folder: NodeId) -> Item | None:
        """A contact without its bytes."""
        mails = [str(one.get("address") or "") for one in plain.get("emailAddresses") or ()]
        phones = [*(plain.get("businessPhones") or ()), plain.get("mobilePhone"), *(plain.get("homePhones") or ())]
        facets = {
            "email": "\n".join(filter(None, mails)),
            "phone": "\n".join(filter(None, phones)),
            "company": str(plain.get("companyName") or ""),
            "title": str(plain.get("jobTitle") or ""),
            "address": _address(plain),
            "birthday": str(plain.get("birthday") or "")[:10],
            "categories": "\n".join(plain.get("categories") or ()),
        }
        return Item(
            id=NodeId(plain["id"]),
            parent=folder,
            name=str(plain.get("displayName") or plain.get("fileAs") or "")[:_LONGEST],
            # What a page does not tell (a photo) changes this key alone.
            revision=objects.revision({**plain, "_": plain.get("changeKey")}),
            time=moment(plain.get("createdDateTime")),
            place=str(plain["id"]),
            facets={name: value[:_LONGEST] for name, value in facets.items() if value},
        )

    def listing(self, folder: NodeId) -> tuple[str, str]:
        """A folder's contacts."""
        at = self._at if folder == MAIN else f"{self._at}/contactFolders/{folder}"
        return f"{at}/contacts", LISTED

    def listed(self, plain: Mapping[str, Any], folder: NodeId) -> str | None:
        """Its id."""
        del folder
        return str(plain["id"])

    def single(self, id: NodeId) -> None:
        """A contact that left its folder is another one in the next: lists tell of both."""

    def fetch(self, items: Sequence[Item], told: Told) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read contacts whole, with their photos. Raises Fault."""
        del told
        return objects.fetched(
            self._graph,
            self._user,
            items,
            lambda item: f"{self._at}/contacts/{item.id}",
            lambda item, _plain: [("photo", f"{self._at}/contacts/{item.id}/photo/$value")],
        )


def _address(plain: Mapping[str, Any]) -> str:
    for kind in ("businessAddress", "homeAddress", "otherAddress"):
        address = plain.get(kind) or {}
        said = [address.get(name) for name in ("street", "postalCode", "city", "state", "countryOrRegion")]
        if any(said):
            return ", ".join(str(part) for part in said if part)
    return ""
