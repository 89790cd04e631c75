"""Files that are to be checked and cannot be."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

FILE_CHECKS: Final[dict[str, Words]] = {
    "misconfigured/check-no-file": Words(
        "File not found",
        "There is no such file or folder[: {name}].",
        "Look where the export was written to: “saasbackup export list” and the window's list of downloads say where.",
    ),
    "misconfigured/check-unreadable": Words(
        "File cannot be read",
        "The file[ {name}] could not be read[: {reason}].",
        "See that this user may read it, and that the disk which it lies on is well.",
    ),
    "misconfigured/check-no-sums": Words(
        "Nothing to compare with",
        "There is no list of sums (SHA256SUMS) in it[: {name}], so nothing says what was written.",
        "Name the folder or archive that an export made, or a data file of Outlook (.pst).",
    ),
    "misconfigured/check-not-zip": Words(
        "No export",
        "This is neither a data file of Outlook nor a ZIP archive that can be read[: {name}].",
        "If it was an archive of an export, it is cut or damaged: copy it again, or export again.",
    ),
    "misconfigured/check-password": Words(
        "Password needed",
        "The archive[ {name}] is locked, and the password is missing or wrong.",
        "Give the password that it was made with: --password-file FILE.",
    ),
}
