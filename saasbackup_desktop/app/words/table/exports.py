"""Exports: what can be wrong with what was asked for, and with where it goes."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

_GOES_ON: Final = "Then resume it: it goes on from what is done."

EXPORTS: Final[dict[str, Words]] = {
    "export-failed": Words(
        "The files could not be written",
        "Writing the files[ to {location}] failed.",
        f"See that the folder is there and can be written. {_GOES_ON}",
    ),
    "export-failed/unwritable": Words(
        "The files could not be written",
        "This user may not write[ to {location}], or the disk is read-only or broken.",
        f"Make it writable, or choose another folder. {_GOES_ON}",
    ),
    "export-failed/no-folder": Words(
        "The folder is not there",
        "There is no folder[ {location}]. A disk may not be plugged in.",
        f"Plug the disk in or make the folder. {_GOES_ON}",
    ),
    "export-failed/no-disk": Words(
        "The disk is not there",
        "The disk that the files lie on[, at {location},] is not connected.",
        "Connect the disk, then try again. If it is lost for good, they can be forgotten.",
    ),
    "export-failed/no-files": Words(
        "The files are not there",
        "What was written is not there any more[: {location}][, none of its {files} files].",
        "If somebody moved them, put them back, and try again. If they are lost for good, they can be forgotten.",
    ),
    "export-failed/not-removed": Words(
        "The files could not be removed",
        "Some of the files[ in {location}] are still there: this user may not remove them, another program "
        "has them open, or the disk is read-only.",
        "Close what has them open and make the folder writable, then remove them again.",
    ),
    "export-failed/taken": Words(
        "There is something of that name",
        "Something of the same name has come to be[ in {location}] meanwhile.",
        f"Rename or move it. {_GOES_ON}",
    ),
    "export-full": Words(
        "The disk is full",
        "There is not enough room for the files[ in {location}][: {needed} bytes are needed at least]"
        "[, {room} are free].",
        f"Free some space, or choose another disk, or take less. {_GOES_ON}",
    ),
    "file-unsound": Words(
        "A file is not as it was written",
        "A finished file was read back, and is not as it was written[: {reason}].",
        "Check the disk that it lies on, then make the files again on another disk.",
    ),
    "file-unsound/missing": Words(
        "A file is gone",
        "A finished file is not there any more: somebody moved or removed it.",
        "Put it back, or make the files again.",
    ),
    "file-unsound/altered": Words(
        "A file is not as it was written",
        "A finished file was read back, and its bytes are not those that were written.",
        "Check the disk that it lies on, then make the files again on another disk.",
    ),
    "misconfigured/export-nothing": Words(
        "Nothing is chosen",
        "What was chosen holds no items, so there is nothing to export.",
        "Choose accounts, folders or items, a longer span of time, or another point in time.",
    ),
    "misconfigured/export-format": Words(
        "Not in this format",
        "Items of this kind cannot become files of that format[: {name}].",
        "Choose one of the formats that are offered for them.",
    ),
    "misconfigured/export-no-folder": Words(
        "Not a whole path",
        "Files go into a folder of this computer that is named with its whole path[; this is none: {name}].",
        "Name the folder from the top, for example /home/dana/Documents or C:\\Users\\Dana\\Documents.",
    ),
    "misconfigured/export-folder-gone": Words(
        "The folder is not there",
        "There is no folder[ {name}]. A disk may not be plugged in.",
        "Plug the disk in, make the folder, or choose another one.",
    ),
    "misconfigured/export-into-home": Words(
        "This folder is the program's own",
        "Settings, keys and the catalog lie there[: {name}]. Nothing else belongs among them.",
        "Choose a folder of your own, for example in your documents.",
    ),
    "misconfigured/export-into-vault": Words(
        "This folder is a vault",
        "Backups lie there[: {name}]. Files of yours among them would be in the way, and come to harm.",
        "Choose a folder of your own, for example in your documents.",
    ),
    "misconfigured/export-name": Words(
        "Not every system takes this name",
        'The name[ {name}] has one of \\ / : * ? " < > |, or a blank or a dot at its end.',
        "Choose another one.",
    ),
    "misconfigured/export-part-size": Words(
        "Parts are too small",
        "A part has at least 10 MB.",
        "Choose larger parts: 5 GB are usual.",
    ),
    "misconfigured/export-accounts": Words(
        "Too many accounts at once",
        "At most 10,000 accounts are taken at once.",
        "Choose fewer, and export the others afterwards.",
    ),
    "misconfigured/export-days": Words(
        "No such number of days",
        "Files are kept for 1 to 3660 days, or until somebody removes them.",
        "Choose a number of days in between.",
    ),
    "misconfigured/export-password-zip": Words(
        "Only archives have passwords",
        "Files in a folder cannot be locked.",
        "Choose ZIP archives, or leave the password out.",
    ),
    "misconfigured/short-export-password": Words(
        "The password is too short",
        "Whoever has an archive may try passwords as often as they like[: it needs {name} characters at least].",
        "Choose a longer one, for example four words.",
    ),
    "misconfigured/no-export-password": Words(
        "The password is gone",
        "The password of these archives is not kept any more, so nothing can be added to them.",
        "Begin anew, with the password; what is half done can be removed.",
    ),
    "misconfigured/unknown-export": Words(
        "This download is not there any more",
        "It was removed, or taken off the list.",
        "Look at the list of downloads.",
    ),
    "misconfigured/export-at-work": Words(
        "The export is under way", "It is queued or running[: {name}].", "Cancel it first, or wait until it is over."
    ),
    "misconfigured/export-not-there": Words(
        "Its files are not there",
        "There are no finished files of it on this computer[: {name}].",
        "Run it again, or make a new one.",
    ),
}
