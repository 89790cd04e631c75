"""Storage services that exports are sent to."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

_STAYS: Final = "The files stay on this computer, and are sent when the job is run again."

DESTINATIONS: Final[dict[str, Words]] = {
    "destination-failed": Words(
        "The files could not be sent", "The storage service[ {location}] did not take them.", _STAYS
    ),
    "destination-missing": Words(
        "The place to send to is not there",
        "What the files are to be sent to does not exist[: {location}].",
        "Check its name, or make it at the service first. " + _STAYS,
    ),
    "destination-missing/bucket": Words(
        "There is no such bucket",
        "The storage service has no bucket of this name[: {location}].",
        "Check the spelling, or make the bucket first. " + _STAYS,
    ),
    "destination-missing/container": Words(
        "There is no such container",
        "The storage account has no container of this name[: {location}].",
        "Check the spelling, or make the container first. " + _STAYS,
    ),
    "destination-missing/folder": Words(
        "There is no such folder",
        "The service has no such folder, or does not show it to whom it was signed in as[: {location}].",
        "Check the folder, and who may see it. " + _STAYS,
    ),
    "destination-missing/file": Words(
        "The file is gone",
        "A file that was sent is no longer there[: {location}].",
        "Somebody has removed it. Run the job again if it is still wanted.",
    ),
    "destination-denied": Words(
        "The service does not let us write",
        "The storage service knows this sign-in, but does not let it write there[: {location}].",
        "Ask whoever runs it to allow writing, reading and removing files there. " + _STAYS,
    ),
    "destination-full": Words(
        "The storage service is full",
        "There is no room left for the files[: {location}].",
        "Free room or have the quota raised, then run the job again. " + _STAYS,
    ),
    "destination-taken": Words(
        "Another file has this name",
        "A different file of the same name is there already[: {location}][, {name}].",
        "Nothing was written over it. Choose another name, or move that file away.",
    ),
    "destination-unlike": Words(
        "What was sent is not what is there",
        "The storage service has something else than what was sent[: {location}][, {name}].",
        "Remove the file there, then run the job again. If it stays so, do not rely on this service. " + _STAYS,
    ),
    "sign-in-needed/destination": Words(
        "The service does not accept this sign-in",
        "The storage service[ {location}] did not accept the keys that are kept for it.",
        "Check that they have not expired or been withdrawn, and enter them anew. " + _STAYS,
    ),
    "protocol-broken/destination": Words(
        "The service's answer makes no sense",
        "The storage service[ {location}] answered something that its own description does not allow.",
        "Test the connection. If it stays so, choose another place. " + _STAYS,
    ),
    "misconfigured/unknown-destination": Words(
        "There is no such destination",
        "No destination of this name is set up here[: {name}].",
        "Choose another one, or set it up first.",
    ),
    "misconfigured/destinations-unreadable": Words(
        "The destinations do not open",
        "The file in which they are kept is damaged, or belongs to another vault[: {name}].",
        "Remove the file and set the destinations up again. " + _STAYS,
    ),
    "misconfigured/destination-name": Words(
        "The destination needs a name", "It has none, or one that cannot be written in a line.", "Give it a short name."
    ),
    "misconfigured/destination-entry": Words(
        "This is not asked for", "A destination of this kind has no such entry[: {name}].", "Leave it out."
    ),
    "misconfigured/destination-lacks": Words(
        "Something is missing", "The destination cannot be reached without this[: {name}].", "Fill it in."
    ),
    "sign-in-needed/dropbox-code": Words(
        "Dropbox does not accept this code",
        "The code is wrong, was used before, or belongs to another page than the one that was opened last.",
        "Open Dropbox's page again, let the app in, and copy the new code.",
    ),
    "misconfigured/bad-service-key": Words(
        "This is not a service account's key",
        "What was given is not a key file of a Google service account.",
        "In Google Cloud's console, open the service account, make a key of type JSON, and choose that file.",
    ),
}
