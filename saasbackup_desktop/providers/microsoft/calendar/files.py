"""Files and items on events: read, compared and put there again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.providers.microsoft import attaching
from saasbackup_desktop.providers.microsoft.calendar import enclosing
from saasbackup_desktop.providers.microsoft.calendar.composing import is_item, is_link
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.writing import Saved

FILE: Final = "id,name,contentType,size,isInline,microsoft.graph.fileAttachment/contentId"
"""What is told of an attachment without its bytes."""


class Files:
    """Attachments of a mailbox's events."""

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user

    async def listed(self, event: str) -> Sequence[Mapping[str, Any]]:
        """What is on an event. Raises Fault."""
        return await self._graph.all(self._at(event), {"$select": FILE}, mailbox=self._user, prefer=[IMMUTABLE])

    async def ours(self, saved: Saved, attachment: Mapping[str, Any]) -> str:
        """A saved attachment in a form that compares. Raises Fault."""
        if is_link(attachment):
            return ""
        return _fingerprint(attachment, await saved.part(f"attachment/{attachment['id']}"))

    async def theirs(self, event: str, attachment: Mapping[str, Any]) -> str:
        """One that is on an event, in the same form. Raises Fault."""
        if is_link(attachment):
            return ""
        how = "?$expand=microsoft.graph.itemAttachment/item" if is_item(attachment) else "/$value"
        data = await self._graph.content(f"{self._at(event)}/{attachment['id']}{how}", mailbox=self._user)
        return _fingerprint(attachment, data)

    async def attach(self, saved: Saved, event: str, attachment: Mapping[str, Any]) -> None:
        """Put a saved attachment on an event; a link is nothing that can be put. Raises Fault."""
        if is_link(attachment):
            return
        at = self._at(event)
        data = await saved.part(f"attachment/{attachment['id']}")
        if is_item(attachment):
            plain = enclosing.enclose(attachment, codec.loads(data).get("item") or {})
            await self._graph.send("POST", at, plain, mailbox=self._user, prefer=[IMMUTABLE])
        elif len(data) < attaching.SMALL:
            plain = attaching.as_file("fileAttachment", attachment, data)
            await self._graph.send("POST", at, plain, mailbox=self._user, prefer=[IMMUTABLE])
        else:
            said = {"AttachmentItem": attaching.announced(attachment, len(data))}
            session = await self._graph.send("POST", f"{at}/createUploadSession", said, mailbox=self._user)
            await self._graph.upload(session, attaching.pieces(data), len(data))

    async def add_missing(self, saved: Saved, event: str, there: Sequence[Mapping[str, Any]]) -> None:
        """Put on an event what it lacks of its own. Raises Fault."""
        have = [await self.theirs(event, one) for one in there]
        for attachment in saved.plain.get("attachments") or ():
            found = await self.ours(saved, attachment)
            if found in have:
                have.remove(found)
            else:
                await self.attach(saved, event, attachment)

    async def settle(self, saved: Saved, occurrence: Mapping[str, Any], event: str) -> None:
        """Give an occurrence its own files: it has those of its series until somebody says otherwise. Raises Fault."""
        wanted = [one for one in occurrence.get("attachments") or () if not is_link(one)]
        if not wanted and not saved.plain.get("attachments"):
            return
        have = {await self.theirs(event, one): str(one["id"]) for one in await self.listed(event) if not is_link(one)}
        for attachment in wanted:
            if have.pop(await self.ours(saved, attachment), None) is None:
                await self.attach(saved, event, attachment)
        for left in have.values():
            try:
                path = f"{self._at(event)}/{left}"
                await self._graph.send("DELETE", path, mailbox=self._user, prefer=[IMMUTABLE])
            except NotFound:
                continue

    def _at(self, event: str) -> str:
        return f"/users/{self._user}/events/{event}/attachments"


def brief(attachment: Mapping[str, Any]) -> str:
    """An attachment by what lists tell of it."""
    return f"{attachment.get('name')} {'' if is_item(attachment) else attachment.get('size')}"


def _fingerprint(attachment: Mapping[str, Any], data: bytes) -> str:
    if is_item(attachment):
        data = enclosing.gist(codec.loads(data).get("item") or {}).encode("utf-8", "surrogatepass")
    return attaching.fingerprint(str(attachment.get("name") or ""), data)
