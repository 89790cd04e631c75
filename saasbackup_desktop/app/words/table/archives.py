"""Files that are to be imported, and what lies in them."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

ARCHIVES: Final[dict[str, Words]] = {
    "archive-failed": Words(
        "File not imported",
        "This file could not be imported[: {name}].",
        "Open it with the program that wrote it, save it again, and import that.",
    ),
    "archive-missing": Words(
        "File not found",
        "There is no such file or folder[: {name}].",
        "Connect the disk that it lies on, or choose it again. An import that was interrupted goes on with it.",
    ),
    "archive-denied": Words(
        "File may not be read",
        "This user may not read the file or folder[ {name}], or another program has it open.",
        "Close the program that has it open: Outlook keeps its data files to itself. Else give yourself the right to "
        "read it, or copy it to a place of your own and import it from there.",
    ),
    "archive-locked": Words(
        "Password needed",
        "The archive[ {name}] is encrypted, and the password is missing or wrong.",
        "Import it again with its password. Archives under AES are opened, too.",
    ),
    "archive-unreadable": Words(
        "File not readable",
        "The file[ {name}] is damaged, or cut short: it cannot be read, or not to its end.",
        "Copy it again from where it came, or have the program that wrote it repair it, and import it again: "
        "only what is missing is added.",
    ),
    "archive-unreadable/empty": Words(
        "Empty file",
        "There is nothing in the file[ {name}].",
        "Copy it again from where it came: the copy may have been cut short.",
    ),
    "archive-unreadable/cut-short": Words(
        "File cut short",
        "The end of the file[ {name}] is missing: it is shorter than it says of itself. What lay there is lost.",
        "Copy it again from where it came, and import it again: only what is missing is added.",
    ),
    "archive-unreadable/unlike": Words(
        "Not what its name says",
        "The file[ {name}] is not of the kind that its name ends in.",
        "Look where it came from. If it is of another kind, give it a name that ends so, for example “.eml”.",
    ),
    "archive-unreadable/nested": Words(
        "Archives in archives",
        "The archive[ {name}] lies in an archive that lies in others, too deep to be opened.",
        "Unpack the outer ones, and import what was in them.",
    ),
    "archive-unreadable/compression": Words(
        "Unknown compression",
        "The file[ {name}] is packed in a way that is not supported.",
        "Unpack it with another program first, and import the folder.",
    ),
    "archive-unreadable/encryption": Words(
        "Unknown encryption",
        "The file[ {name}] is encrypted in a way that is not supported.",
        "Unpack it first, with its password and the program that packed it, and import the folder.",
    ),
    "archive-unreadable/split": Words(
        "Part of an archive",
        "The file[ {name}] is the last part of an archive that was split into several.",
        "Unpack them together first, with the program that split them, and import the folder.",
    ),
    "archive-unreadable/too-long": Words(
        "File too large",
        "The file[ {name}] is larger than any message, calendar or address book: it is probably damaged.",
        "Have the program that wrote it save it in smaller parts, and import those.",
    ),
    "archive-unreadable/bug": Words(
        "File not understood",
        "The file[ {name}] holds something that this program does not understand. What comes after it is not imported.",
        "That is a fault of this program: please report it, with the file if you can. Until then, have the program "
        "that wrote it save it in another form.",
    ),
    "archive-unreadable/disk": Words(
        "Disk error",
        "The disk did not give back the file[ {name}].",
        "Copy it to another disk, as far as that goes, and import it from there.",
    ),
    "archive-unsupported": Words(
        "Kind of file not known",
        "Files of this kind are not imported[: {name}].",
        "Have the program that wrote it save it as EML, MSG, MBOX, PST, ICS or VCF, and import that.",
    ),
    "archive-foreign": Words(
        "Nothing to import in it",
        "The file[ {name}] begins neither like mail nor like a calendar, a contact or a data file.",
        "If it is something else, nothing needs to be done. If it is mail, have the program that wrote it save it as "
        "EML, MSG, MBOX or PST, and import that.",
    ),
    "archive-foreign/empty": Words(
        "Empty file",
        "There is nothing in the file[ {name}].",
        "If it should not be empty, copy it again from where it came.",
    ),
    "archive-too-large": Words(
        "No room to unpack",
        "The archive[ {name}, {size} bytes,] does not fit on the disk of this program's home while it is read.",
        "Make room there, or unpack it yourself on another disk and import the folder.",
    ),
    "misconfigured/no-import-name": Words(
        "A name is missing",
        "What is imported becomes an account, and that needs a name.",
        "Name it, for example after the file or the person.",
    ),
    "misconfigured/bad-import-name": Words(
        "This name cannot be used",
        "The name[ “{name}”] is longer than 100 letters, or holds a colon, a slash or something that cannot be seen.",
        "Choose another name.",
    ),
    "misconfigured/import-name-taken": Words(
        "This name is taken",
        "An account that is backed up, or was, is called “{name}”. Imports are kept apart from backups.",
        "Choose another name, for example “{name} archive”.",
    ),
    "misconfigured/nothing-to-import": Words(
        "Nothing to import",
        "There is no mail, calendar or contact in what was chosen[: {name}].",
        "Choose files that end in .eml, .msg, .mbox, .pst, .ics, .vcf or .zip, or a folder that holds some.",
    ),
    "misconfigured/not-imported-yet": Words(
        "Nothing was imported yet",
        "The import has not brought anything into the vault so far, so there is nothing to copy.",
        "Wait until it is over, or import the files once more.",
    ),
    "misconfigured/imported-only": Words(
        "Nothing to back up",
        "“{name}” was imported from files: there is no server that could be asked for news.",
        "Import newer files into it; only what is new is added.",
    ),
    "item-unreadable": Words(
        "Not readable in the archive",
        "The archive lists this item, but its bytes make no sense[: {reason}].",
        "Open the archive with the program that wrote it. If the item can be seen there, save it by itself as EML, ICS "
        "or VCF and import that; else skip it.",
    ),
    "item-unreadable/date-unreadable": Words(
        "No date",
        "The appointment or task has a date that cannot be read, or none, so there is no place for it in a calendar.",
        "Give it a date in the program that wrote it, and import it once more. Else skip it.",
    ),
    "item-unreadable/damaged": Words(
        "Damaged in the archive",
        "The archive is damaged where this item lies, or is cut short and lacks it.",
        "Have Outlook's own repair program (scanpst) mend the file, or find an older copy of it, and import it again: "
        "only what is missing is added. Else skip it.",
    ),
    "item-unreadable/missing": Words(
        "Missing in the archive",
        "A folder of the archive lists this item, and it is not there.",
        "Find an older copy of the file and import it, too. Else skip it.",
    ),
    "item-unreadable/empty": Words(
        "Nothing in it",
        "This file is empty.",
        "If it should not be, copy it again from where it came, and import that. Else skip it.",
    ),
    "item-unreadable/no-message": Words(
        "No message",
        "The file is called like a message, and there is none in it.",
        "Look where it came from, or skip it.",
    ),
    "item-unreadable/too-long": Words(
        "Too long for a message",
        "In the mailbox file lies more in one piece than any message holds: it is probably damaged there.",
        "Copy the file again from where it came, and import it once more. Else skip it.",
    ),
}
