"""Places outside that exports are sent to, in words: kinds, what each needs, and what trying one out found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.app.destinations.views import DestinationKind

KINDS: Final[Mapping[DestinationKind, str]] = {
    DestinationKind.S3: "Amazon S3 or compatible",
    DestinationKind.AZURE: "Azure Blob Storage",
    DestinationKind.GOOGLE: "Google Cloud Storage",
    DestinationKind.DROPBOX: "Dropbox",
    DestinationKind.BOX: "Box",
}


@dataclass(frozen=True, slots=True)
class EntryWords:
    """What a field is called, and what to enter."""

    label: str
    hint: str


_FOLDER: Final = EntryWords("Folder", "Within it; leave empty for the top.")

ENTRY_WORDS: Final[Mapping[DestinationKind, Mapping[str, EntryWords]]] = {
    DestinationKind.S3: {
        "bucket": EntryWords("Bucket", "It must be there already."),
        "folder": _FOLDER,
        "endpoint": EntryWords("Endpoint", "For example https://s3.example.com; leave empty for Amazon."),
        "region": EntryWords("Region", "For example eu-central-1, if the service asks for one."),
        "access-key": EntryWords("Access key", "It needs to list, read, write and remove objects of this bucket."),
        "secret-key": EntryWords("Secret key", ""),
        "ca-file": EntryWords("Certificate file", "Of an authority of your own (PEM), if the service has one."),
    },
    DestinationKind.AZURE: {
        "account": EntryWords("Storage account", "Its name, without .blob.core.windows.net."),
        "container": EntryWords("Container", "It must be there already."),
        "folder": _FOLDER,
        "key": EntryWords("Account key", "This, or a shared access signature."),
        "sas": EntryWords("Shared access signature", "For the container, with read, create, write, delete and list."),
        "endpoint": EntryWords("Endpoint", "Only for other clouds than the public one: https://… of the blob service."),
    },
    DestinationKind.GOOGLE: {
        "bucket": EntryWords("Bucket", "It must be there already."),
        "folder": _FOLDER,
        "service-key": EntryWords(
            "Service account key", "The JSON that Google's console gives; the account needs Storage Object User."
        ),
        "endpoint": EntryWords("Endpoint", "Leave empty for Google's own."),
    },
    DestinationKind.DROPBOX: {
        "folder": EntryWords("Folder", "Within what the app may see; leave empty for the top."),
        "app-key": EntryWords(
            "App key", "Of an app of yours in the App Console that may read and write file contents."
        ),
        "app-secret": EntryWords("App secret", "Only if the app was let in without a code from here."),
        "refresh-token": EntryWords("Refresh token", "Dropbox gives it when the app is let in."),
    },
    DestinationKind.BOX: {
        "folder-id": EntryWords("Folder ID", "The number at the end of the folder's address; empty: all files."),
        "client-id": EntryWords(
            "Client ID", "Of a custom app with client credentials that Box's administrator has authorised."
        ),
        "client-secret": EntryWords("Client secret", ""),
        "enterprise": EntryWords("Enterprise ID", "To act as the app's own service account; or"),
        "user": EntryWords("User ID", "to act for this person."),
    },
}

CHECKS: Final[Mapping[str, str]] = {
    "reach": "Reach it and sign in",
    "write": "Write a file",
    "read": "Read it back",
    "remove": "Remove it",
}
"""What is tried, in the order in which it is."""

DEFAULTS_SAID: Final = "A small file is written, read and removed. Nothing else is touched."
