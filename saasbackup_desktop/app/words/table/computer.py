"""This computer: the program's home and catalog, and what nobody foresaw."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import NOTHING_LOST, Words

COMPUTER: Final[dict[str, Words]] = {
    "printing-unavailable": Words(
        "PDF files cannot be made here",
        "The part of the program that prints items as documents does not start on this computer.",
        "On Linux, install the libraries that Qt needs (libegl1, libfontconfig1, libxkbcommon0), then try again. "
        "Every other format can be exported without it.",
    ),
    "home-failed": Words(
        "The program's own folder does not work",
        "Its settings[ in {location}] could not be read or written.",
        "See that the folder is there and that this user may write to it. " + NOTHING_LOST,
    ),
    "home-failed/full": Words(
        "The disk is full",
        "There is no room left for the program's own files[ in {location}].",
        "Free some space, then try again. " + NOTHING_LOST,
    ),
    "home-failed/unwritable": Words(
        "The program's own folder cannot be written",
        "This user may not write[ to {location}], or it is read-only.",
        "Make it writable for this user, or name another one with --home or SAASBACKUP_HOME. " + NOTHING_LOST,
    ),
    "home-failed/file-full": Words(
        "The disk is full",
        "There is no room left for the file[ {location}]; it was not written.",
        "Free some space, or name a file on another disk.",
    ),
    "home-failed/file-no-folder": Words(
        "The file could not be written",
        "There is no folder for the file[ {location}].",
        "Make the folder, or name a file in one that exists.",
    ),
    "home-failed/file-unwritable": Words(
        "The file could not be written",
        "This user may not write the file[ {location}], or its disk is read-only.",
        "Name a file where this user may write.",
    ),
    "home-failed/unreadable": Words(
        "A settings file is damaged",
        "[{location} ]is not what this program wrote.",
        "Move that file away and open the vault again by its folder: everything else is found from there. "
        + NOTHING_LOST,
    ),
    "catalog-failed": Words(
        "The catalog cannot be written",
        "The local catalog[, {file},] cannot be worked with.",
        "Check that this computer's disk has room and that this user may write there. No backup is lost by that.",
    ),
    "catalog-unreadable": Words(
        "The catalog cannot be read",
        "The local catalog, a copy of what the vault knows, is damaged or belongs to another vault.",
        "Rebuild the catalog from the vault. No backup is lost by that.",
    ),
    "catalog-too-new": Words(
        "Catalog made by a newer version",
        "The local catalog was written by a newer version of this application.",
        "Update the application, or rebuild the catalog from the vault.",
    ),
    "cancelled": Words(
        "Cancelled",
        "It was stopped before it was finished.",
        "What is saved stays saved; the next run goes on from there.",
    ),
    "cancelled/keys-kept": Words(
        "Cancelled",
        "It was stopped before anything was changed.",
        "What opened the vault still does, and nothing else. Run it again if you want the change.",
    ),
    "cancelled/nothing-made": Words(
        "Cancelled", "It was stopped before anything was made.", "Run it again if you want it made."
    ),
    "fault": Words(
        "It did not work",
        "Something foreseen, but without a more exact name, went wrong.",
        "Try again. The job's log may say more.",
    ),
    "interrupted": Words(
        "Interrupted",
        "The program ended before this was over.",
        "It goes on by itself when the agent or the window runs; or resume it: “saasbackup job resume ID”.",
    ),
    "bug": Words(
        "A mistake in this program",
        "Something happened that should be impossible. The backup is not at risk: everything saved so far is kept.",
        "Please report it with the log file from the logs folder; it holds no passwords and no messages.",
    ),
}
