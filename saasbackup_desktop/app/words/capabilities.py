"""What of a mailbox is covered and what is not, in plain words."""

from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.words.phrases import fill

THINGS: Final[Mapping[str, str]] = {
    "mail": "Mail",
    "attachments": "Attachments",
    "hidden-folders": "Hidden folders",
    "recoverable-items": "Recoverable Items",
    "archive": "In-Place Archive",
    "search-folders": "Search folders",
    "exact-copy": "Exact copy",
    "calendars": "Calendars",
    "calendar-sharing": "Sharing of calendars",
    "delegates": "Delegates",
    "contacts": "Contacts",
    "contact-lists": "Contact lists",
    "tasks": "Tasks",
    "notes": "Notes",
    "settings": "Mailbox settings and automatic replies",
    "rules": "Inbox rules",
    "categories": "Categories",
    "focused-inbox": "Senders of the Focused Inbox",
    "signatures": "Signatures",
    "folder-rights": "Rights on folders, Send As and Send on Behalf",
    "room-booking": "Booking rules of rooms",
    "journaling": "Journaling rules",
    "shared-mailboxes": "Shared, room and equipment mailboxes",
    "inactive-mailboxes": "Inactive mailboxes",
    "public-folders": "Public folders",
    "group-mailboxes": "Group mailboxes",
    "group-calendars": "Calendars of groups and teams",
    "teams": "Teams chats and channels",
    "onenote": "OneNote",
    "files": "OneDrive and SharePoint",
    "directory": "Directory (Entra) and device policies",
}
"""What somebody would expect, by its code."""

REACHES: Final[Mapping[str, str]] = {
    "covered": "Covered",
    "partly": "Partly",
    "not-offered": "Not offered by Microsoft",
    "not-yet": "Not yet",
    "pending": "Waiting",
}

_REASONS: Final[Mapping[str, str]] = {
    "mail": "All folders. Each message is kept as its original, with what Outlook shows beside it.",
    "links-without-address": "Files and attached items come back as they were. Of a link to a file elsewhere, "
    "Microsoft tells the name and not the address, and takes none back: the name is kept.",
    "hidden-folders": "Kept like all others.",
    "recoverable-by-name": "Deletions, Versions and Purges are kept as far as the mailbox gives them out. What you "
    "restore from there goes into ordinary folders.",
    "archive-closed": "Microsoft's interface does not open In-Place Archives. Should a mailbox answer all the same, "
    "its archive is kept.",
    "shows-what-lies-elsewhere": "They hold nothing of their own: what they show is kept where it lies.",
    "exact-copy": "Microsoft's own stream of each message is kept as well. With it a restore is exact.",
    "calendars": "All calendars, with series, their exceptions, attendees and attachments. A restore invites nobody: "
    "attendees come back as lines of the text, and links to files in the cloud do not.",
    "main-calendar-only": "Who may see the main calendar is kept. Microsoft does not say it of the others in this way.",
    "delegates-of-the-calendar": "Delegates of the calendar, and who gets meeting requests. Rights that delegates have "
    "on other folders are not told.",
    "contacts": "All folders, every field, and photos.",
    "contact-lists-closed": "Microsoft's interface leaves personal contact lists out.",
    "tasks": "All lists of To Do, with steps, links and attachments. When a task was made is set by Microsoft itself.",
    "notes-as-messages": "Text, colour, size and place. When a note was made is kept, and cannot be set again.",
    "settings": "Automatic replies, language, time zone, working hours and meeting requests.",
    "rules-of-the-server": "Rules that run in the mailbox. Those that only Outlook runs on one computer are not told.",
    "categories": "Names and colours.",
    "focused-inbox": "Kept one by one.",
    "no-interface": "Microsoft has no interface for it.",
    "exchange-shell-only": "Only an administrator's Exchange PowerShell tells it.",
    "shared-mailboxes": "Like every other mailbox.",
    "what-is-shared-with-you": "Those that are shared with the person who signed in.",
    "inactive-mailboxes-closed": "The mailboxes of deleted people on hold cannot be opened.",
    "public-folders-closed": "The last interface to public folders, Exchange Web Services, was closed in October 2026.",
    "group-mail-without-attachments": "A later version. Without somebody signed in, Microsoft gives out their "
    "conversations and not the attachments.",
    "needs-a-person": "Microsoft gives it out only to somebody who signs in.",
    "directory": "People, groups, roles, applications, policies of access, settings, and policies of devices. Secrets "
    "and passwords are never given out. What can be written back is said attribute by attribute.",
    "directory-as-you-may-read": "As far as the person who signed in may read it.",
    "later": "A later version.",
    "switched-off": "Switched off in this tenant's settings.",
    "cloud": "Not offered in this tenant's cloud.",
    "permission-missing": "A permission is missing[: {missing}].",
    "role-pending": "A role of Exchange is not in force yet[: {missing}].",
    "licence-missing": "No licence in force has mailboxes in it.",
    "exact-switched-off": "Switched off. Microsoft says that this stream is not meant for backup; you can have it kept "
    "beside the rest.",
}


def thing_name(thing: str) -> str:
    """What a thing is called."""
    return THINGS[thing]


def reach_name(reach: str) -> str:
    """How far it is covered, in a word or two."""
    return REACHES[reach]


def explanation(reason: str, missing: Sequence[str] = ()) -> str:
    """Why so far and not further. ``missing``: names of permissions."""
    return fill(_REASONS[reason], {"missing": ", ".join(missing)} if missing else {})
