"""Single items that could not be read, written, compared or brought somewhere."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

ITEMS: Final[dict[str, Words]] = {
    "item-failed": Words(
        "One item failed",
        "This item could not be copied; all others were.",
        "The next run tries it again by itself.",
    ),
    "picked-gone": Words(
        "Not in this point in time",
        "It was picked, and the chosen point in time does not hold it.",
        "Look for it in other points in time, and export it from there.",
    ),
    "point-partial": Words(
        "Lacking in the backup itself",
        "This point in time is not whole: the backup or import that made it did not get everything"
        "[. Items that are known to be missing: {count}].",
        "Look at the failed items of that backup or import. When they are in the vault, export a later point in time.",
    ),
    "nothing-saved": Words(
        "Nothing saved by then",
        "Nothing had been saved of this account by the moment that was asked for.",
        "Take a later point in time of it, if there is one.",
    ),
    "not-found": Words(
        "Not there any more",
        "The item vanished while it was about to be read.",
        "If it was moved, the next backup finds it at its new place.",
    ),
    "refused": Words(
        "Item refused",
        "The server would not give or take this one item[: {reason}].",
        "The next run tries it again. If it stays so, the server's administrator can look at this message.",
    ),
    "folder-refused": Words(
        "Folder not read",
        "The server lists this folder, but does not let it be read. Nothing new of it was saved.",
        "Ask the server's administrator for the right to read it, or skip it with a reason.",
    ),
    "too-large": Words(
        "Item too large",
        "The item[, {size} bytes,] is larger than the server accepts[ ({limit} bytes at most)].",
        "Raise the server's message size limit, or restore this item into another mailbox.",
    ),
    "format-unfit": Words(
        "Not in this format",
        "A file of the format that was chosen[ ({format})] cannot hold this item[: {reason}].",
        "Export it in another format as well: as JSON everything can be had, and mail as EML.",
    ),
    "format-unfit/service": Words(
        "Not in this format",
        "There is no place for items of this kind in a file of the format that was chosen[ ({format})].",
        "Export these as JSON.",
    ),
    "format-unfit/content-unreadable": Words(
        "A file could not be read",
        "The file that holds this item's attachment could not be read while it was exported.",
        "Look whether the vault's disk is well, and export again.",
    ),
    "format-unfit/not-bound": Words(
        "Could not be put into a folder's document",
        "Laid out as pages, this item is not as the other pages of the document are.",
        "Export it as a document of its own, or in another format: as JSON everything can be had, and mail as EML.",
    ),
    "format-unfit/not-printed": Words(
        "Could not be printed",
        "Laying this item out takes more time or memory than a document may, even as plain text.",
        "Export it in another format: as JSON everything can be had, and mail as EML.",
    ),
    "format-unfit/too-large-to-print": Words(
        "Too large to be printed",
        "Items of more than 256 MiB are not printed as documents.",
        "Export it in another format: as JSON everything can be had, and mail as EML.",
    ),
    "format-unfit/date-unreadable": Words(
        "Without a date",
        "It does not say when it is, and there is no place for that in a calendar of this format[ ({format})].",
        "Export it as JSON as well: there it is as the service tells it.",
    ),
    "format-unfit/too-large": Words(
        "Too large for this format",
        "A data file of Outlook holds items of up to 2 GB, and this one is larger.",
        "Export it in another format: as JSON everything can be had, and mail as EML.",
    ),
    "body-damaged": Words(
        "Item damaged in the vault",
        "The vault no longer holds this item's bytes as they were saved, so it is not handed out.",
        "Check the vault to see what else is affected. If the message still exists on the server, "
        "the next backup can save it anew.",
    ),
    "not-mirrored": Words(
        "A file of the vault was not copied",
        "The copy lacks this file of the vault, or has another one[ ({reason})].",
        "Run it again: it goes on where it was. If that does not help, check the vault and its copy.",
    ),
    "not-mirrored/altered": Words(
        "A damaged file was not copied",
        "This file of the vault is not as it was written, so it was not copied over a good one.",
        "If a copy of the vault has a good file, open the copy and bring the file back with “saasbackup vault mirror "
        "VAULT --verify”. Without one, “saasbackup vault check --read-data --repair” saves what can still be read.",
    ),
    "not-mirrored/cut": Words(
        "A damaged file was not copied",
        "This file of the vault ends too early, so it was not copied over a good one.",
        "If a copy of the vault has a good file, open the copy and bring the file back with “saasbackup vault mirror "
        "VAULT --verify”. Without one, “saasbackup vault check --read-data --repair” saves what can still be read.",
    ),
    "not-mirrored/own": Words(
        "The copy went its own way",
        "It has a point in time that the vault never had, or lost. So nothing was removed from it.",
        "If somebody backs up into the copy, give that a vault of its own, or mirror without removing.",
    ),
    "not-verified": Words(
        "Not the same after restoring",
        "Read back after the restore, the item is not what was sent[ ({what})].",
        "Look at it at the target. A restore that runs again with “skip existing” adds only what is missing; for a "
        "directory, make a new plan, which sees what is there now.",
    ),
    "not-verified/body": Words(
        "Content differs after restoring",
        "Read back after the restore, the message's content is not what was sent: the server rewrote it.",
        "The original is safe in the vault and can be saved to a file from there.",
    ),
    "not-verified/flags": Words(
        "Flags differ after restoring",
        "The message is there, but the server did not keep all of its flags or keywords.",
        "Usually nothing needs doing: some servers do not keep custom keywords.",
    ),
    "not-verified/date": Words(
        "Date differs after restoring",
        "The message is there, but the server gave it another received date.",
        "Usually nothing needs doing: the date inside the message is unchanged.",
    ),
    "not-verified/missing": Words(
        "Missing after restoring",
        "The server accepted the message, but it was not there when it was looked for.",
        "Run the restore again with “skip existing”: it adds only what is missing.",
    ),
    "surprised": Words(
        "Not as the plan found it",
        "Something else is there than when the plan was made, so nothing was written[ ({what})].",
        "Make a new plan: it is made against what is there now.",
    ),
    "not-reached": Words(
        "Not reached",
        "Something that this needs was not written[ (write {number} of the plan)].",
        "See why that one was not written, then make a new plan or run this one again.",
    ),
    "halted": Words(
        "Stopped at a surprise",
        "Something was not as the plan found it, or a write was refused[: {name}].[ Writes not begun: {left}.]",
        "Look at that object. Run the plan again, let it go on at surprises, or make a new plan.",
    ),
    "refused/nul": Words(
        "Item refused",
        "The message holds a NUL byte, which this server does not take.",
        "It is safe in the vault and can be saved to a file from there, or restored to another server.",
    ),
    "misconfigured/unknown-plan": Words(
        "No such plan",
        "There is no plan of that name[: {name}].",
        "List the plans, or make a new one.",
    ),
    "misconfigured/nothing-to-undo": Words(
        "Nothing to undo",
        "Nothing of this plan was written yet.",
        "There is nothing to do.",
    ),
    "misconfigured/unknown-person": Words(
        "No such account",
        "An account that is to be guarded is not in the directory now[: {name}]. It would not be guarded.",
        "Name it as it is called now, or leave it out.",
    ),
    "misconfigured/plan-done": Words(
        "This plan was carried out",
        "All of it was written before, and the directory may have changed since.",
        "Compare again, and make a new plan of what differs now.",
    ),
    "misconfigured/plan-undone": Words(
        "This plan was undone",
        "What it had written was set back, and it is not carried out once more.",
        "Compare again, and make a new plan of what differs now.",
    ),
    "misconfigured/plan-under-way": Words(
        "The restore is not over",
        "It runs, or waits to go on[: job {job}], and what it still writes could not be undone with the rest.",
        "Let it end, or cancel its job; then undo it.",
    ),
    "misconfigured/job-done": Words(
        "This job is done",
        "The job[ {name}] is completed, and nothing of it is left to do. Its record stays as it is.",
        "To do the same once more, ask for it anew.",
    ),
    "misconfigured/job-over": Words(
        "This job is over already",
        "The job[ {name}] is over already; there is nothing to stop.",
        "Look at how it ended: “saasbackup job show[ {name}]”, or the Jobs page.",
    ),
    "misconfigured/no-skip": Words(
        "Nothing to skip",
        "Items can be skipped when a backup, restore or migration is over.",
        "Wait for its end, or cancel it first.",
    ),
    "misconfigured/no-failed-item": Words(
        "No such failed item",
        "The job has no failed item that this means.",
        "Look at its list of failed items again; each has its id.",
    ),
    "refused/interrupted": Words(
        "Item refused",
        "The connection broke while this message was being written.",
        "Run it again: what is there already is skipped.",
    ),
    "refused/broken-off": Words(
        "Item not read",
        "The service broke off again and again while it sent this item.",
        "The next backup asks for it again.",
    ),
    "refused/changed-meanwhile": Words(
        "Item changed while it was read",
        "The item was changed in the moment in which it was read.",
        "The next backup reads it as it is then.",
    ),
    "refused/upload-lost": Words(
        "Item refused",
        "The service forgot what had been sent of this item.",
        "Run it again: what is there already is skipped.",
    ),
    "refused/occurrence": Words(
        "Item refused",
        "The calendar does not have an occurrence of this series where it was changed or cancelled.",
        "The event is safe in the vault and can be saved to a file from there.",
    ),
}
