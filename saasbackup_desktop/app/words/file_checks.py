"""What a check of exported files found, in words."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.app.exports.file_checks import FileFinding

_EXACT: Final[Mapping[str, str]] = {
    "file-missing": "The file is not there any more.",
    "file-altered": "The file is not as it was written.",
    "cut": "The file ends before it should.",
    "not-pst": "It is no data file of Outlook.",
    "not-unicode": "It is a data file of Outlook 2002 or older, which is not checked.",
    "offline-store": "It is an offline copy (OST), which only its own profile opens.",
    "password": "Outlook asks for a password; nothing in the file is protected by it.",
    "data-beyond": "There is data beyond the end that the file names.",
    "density-list": "The list of how full the file is, is not as it should be.",
    "large-pages": "It has pages of 4 KiB, as offline copies have, and is not checked.",
    "mark-blocks": "The next number for a block is one that is in use.",
    "mark-nodes": "The next number for an entry is one that is in use.",
    "mark-pages": "The next number for a page is one that is in use.",
    "maps-invalid": "The maps of used space are marked as not valid.",
    "map-not-full": "A map of used space is not complete.",
    "object-size": "An object's size is not what it says.",
    "free-run": "More free space is in one place than the map says.",
}
_FAMILIES: Final[Mapping[str, str]] = {
    "appointment": "An appointment lacks something, or ends before it begins.",
    "attachment": "An attachment is not as it should be.",
    "block": "A block of data is damaged, missing, or belongs to nothing.",
    "bth": "A list of properties is damaged.",
    "contact": "A contact lacks something that Outlook's own have.",
    "file": "The file's header and its size do not agree.",
    "folder": "A folder is not as it should be.",
    "header": "The file's header is damaged.",
    "heap": "A store of properties is damaged.",
    "joined": "A large value that lies in several blocks is damaged.",
    "message": "A message is not as it should be.",
    "names": "The list of named properties is damaged.",
    "nested": "A tree of parts within an item is damaged.",
    "node": "An entry of the file is missing, doubled or empty.",
    "page": "A page of the file's index is damaged.",
    "properties": "A list of properties has more levels than usual.",
    "property": "A property is not of its kind.",
    "recipient": "A recipient lacks something.",
    "recurrence": "The rule of a series, or its exceptions, are not as they should be.",
    "row": "A folder's list and what lies in the folder do not agree.",
    "space": "The map of used space and what is used do not agree.",
    "store": "The file's description of itself lacks something.",
    "sub": "What belongs to an item is missing or belongs to nothing.",
    "subject": "A subject is not as it should be.",
    "table": "A table is damaged.",
    "task": "A task lacks something.",
    "template": "A template of a table is not as it should be.",
    "tree": "The file's index is damaged.",
    "zone": "A time zone is not as it should be.",
    "value": "A property's value is damaged.",
}


def finding_words(finding: FileFinding) -> str:
    """Say what was found."""
    exact = _EXACT.get(finding.code)
    return exact or _FAMILIES.get(finding.code.partition("-")[0], "Something is not as it should be.")
