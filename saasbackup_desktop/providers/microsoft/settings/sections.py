"""What a mailbox's settings consist of: where each part is told, and what an item of it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Denied, ItemFault
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.providers.microsoft import objects
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE, Call
from saasbackup_desktop.providers.microsoft.graph import Graph

READ_ONLY: Final = "about"
"""The item of what Graph tells and nobody can set."""
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "automatic-replies": ("automaticRepliesSetting",),
    "region": ("language", "timeZone", "dateFormat", "timeFormat"),
    "working-hours": ("workingHours",),
    "meeting-requests": ("delegateMeetingMessageDeliveryOptions",),
    READ_ONLY: ("userPurpose", "archiveFolder"),
}
"""Properties of the resource type mailboxSettings, by the item that keeps them."""
_PASSING: Final = frozenset({"id", "hasError", "isReadOnly", "allowedRoles"})
"""What Graph tells of a setting and what is not its content."""
_SCHEDULE: Final = frozenset({"scheduledStartDateTime", "scheduledEndDateTime"})


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of settings."""

    id: str
    name: str
    path: str
    """Where all of them are told and new ones are made, below the user."""
    is_optional: bool = False
    """It needs a permission of its own: without it, nothing is said of this section."""


GENERAL: Final = Section("general", "Settings", "mailboxSettings")
RULES: Final = Section("rules", "Rules", "mailFolders/inbox/messageRules")
CATEGORIES: Final = Section("categories", "Categories", "outlook/masterCategories")
SHARING: Final = Section("sharing", "Calendar sharing", "calendar/calendarPermissions", is_optional=True)
SENDERS: Final = Section("senders", "Focused Inbox", "inferenceClassification/overrides", is_optional=True)
SECTIONS: Final = (GENERAL, RULES, CATEGORIES, SHARING, SENDERS)
FOLDERS: Final = tuple(
    Folder(id=NodeId(section.id), parent=None, name=section.name, facets={"settings": section.id})
    for section in SECTIONS
)
BY_ID: Final[Mapping[str, Section]] = {section.id: section for section in SECTIONS}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as Graph tells it."""

    section: Section
    id: NodeId
    content: Mapping[str, Any]
    key: str = ""
    """Graph's own id of it, to change it by."""

    @property
    def body(self) -> bytes:
        """Its bytes."""
        return objects.written(self.content)

    @property
    def item(self) -> Item:
        """What the vault keeps it as."""
        name, facets = _described(self.section, self.id, self.content)
        return Item(
            id=self.id,
            parent=NodeId(self.section.id),
            name=name,
            revision=objects.revision(self.content),
            place=self.key,
            facets={name: value for name, value in {"settings": self.section.id, **facets}.items() if value},
        )


async def read_settings(graph: Graph, user: str) -> dict[Section, list[Setting]]:
    """Read all settings in one request; optional sections that may not be read are left out. Raises Fault."""
    calls = [Call("GET", f"/users/{user}/{section.path}") for section in SECTIONS]
    found: dict[Section, list[Setting]] = {}
    for section, answer in zip(SECTIONS, await graph.batch(calls, mailbox=user), strict=True):
        if answer.fault is not None:
            if section.is_optional and isinstance(answer.fault, Denied | ItemFault):
                continue
            raise answer.fault
        if section is GENERAL:
            found[section] = _general(answer.body)
            continue
        values = list(answer.body.get("value", ()))
        if link := answer.body.get("@odata.nextLink"):
            values += await graph.all(link, mailbox=user, prefer=[IMMUTABLE])
        found[section] = [_setting(section, plain) for plain in values]
    return found


def section_of(item: Item) -> Section:
    """Which section an item belongs to; it says so itself, wherever it lies."""
    return BY_ID[item.facets["settings"]]


def read_body(data: bytes) -> dict[str, Any]:
    """The setting that an item's bytes stand for."""
    content: dict[str, Any] = codec.loads(data)
    return content


def _general(plain: Mapping[str, Any]) -> list[Setting]:
    settings = []
    replies = plain.get("automaticRepliesSetting")
    if isinstance(replies, Mapping) and replies.get("status") != "scheduled":
        # Where nothing is scheduled, Exchange tells the hour at which it is asked.
        kept = {name: value for name, value in replies.items() if name not in _SCHEDULE}
        plain = {**plain, "automaticRepliesSetting": kept}
    for name, properties in _GROUPS.items():
        content = {one: plain[one] for one in properties if plain.get(one) is not None}
        if content:
            settings.append(Setting(GENERAL, NodeId(f"{GENERAL.id}/{name}"), content, name))
    return settings


def _setting(section: Section, plain: Mapping[str, Any]) -> Setting:
    content = {name: value for name, value in plain.items() if name not in _PASSING}
    return Setting(section, NodeId(f"{section.id}/{plain['id']}"), content, str(plain["id"]))


def _described(section: Section, id: NodeId, content: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The name that a list shows, and what else it shows."""
    if section is GENERAL:
        replies = content.get("automaticRepliesSetting") or {}
        about = {
            "status": str(replies.get("status") or ""),
            "time-zone": str(content.get("timeZone") or ""),
            "language": str((content.get("language") or {}).get("locale") or ""),
            "purpose": str(content.get("userPurpose") or ""),
        }
        return id.partition("/")[2], about
    if section is RULES:
        enabled = "yes" if content.get("isEnabled", True) else "no"
        return str(content.get("displayName") or ""), {"order": str(content.get("sequence", "")), "enabled": enabled}
    if section is CATEGORIES:
        return str(content.get("displayName") or ""), {"color": str(content.get("color") or "")}
    email = content.get("emailAddress") or content.get("senderEmailAddress") or {}
    about = {
        "email": str(email.get("address") or ""),
        "role": str(content.get("role") or ""),
        "inference": str(content.get("classifyAs") or ""),
    }
    return str(email.get("name") or email.get("address") or ""), about
