"""Points in time: what is asked of them, and what they hold."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

POINTS: Final[dict[str, Words]] = {
    "misconfigured/unknown-snapshot": Words(
        "No such point in time",
        "The vault holds no point in time of that name[: {name}].",
        "List the points in time and choose one of them.",
    ),
    "misconfigured/not-a-restore": Words(
        "No restore",
        "Only restores and migrations can be confirmed[; {name} is another kind of job].",
        "Name a restore; “saasbackup jobs --kind restore” lists them.",
    ),
    "misconfigured/unknown-stream": Words(
        "Nothing to discard",
        "The vault holds no point in time of this account.",
        "Choose an account that has backups.",
    ),
    "misconfigured/discarded": Words(
        "These backups lie in the trash",
        "The backups of this account[, {name},] were deleted and wait in the trash, so no new one can go on from them.",
        "Call them back and back up again, or wait until they are removed: then a backup begins from nothing.",
    ),
    "misconfigured/held": Words(
        "A hold protects it",
        "A hold keeps this point in time[, {name},] from being removed.",
        "Release the hold first, if whoever placed it agrees.",
    ),
    "held": Words(
        "A hold protects it",
        "A hold keeps these backups[, {name},] from being removed. Nothing was removed.",
        "Release the hold first, if whoever placed it agrees: “saasbackup vault hold list”, or the holds of the vault "
        "in the window.",
    ),
    "held/alert": Words(
        "An alert protects it",
        "Something unusual was found in this account, and nothing of it is removed until somebody has looked[: alert "
        "{alert}]. Nothing was removed.",
        "Look at the alert, then say so: “saasbackup alerts acknowledge[ {alert}]”, or the alerts of the window: "
        "“It was expected…”.",
    ),
    "held/alert-hold": Words(
        "An alert placed this hold",
        "The hold stays until somebody has looked at the alert[ {alert}] that placed it.",
        "Look at the alert, then say so: “saasbackup alerts acknowledge[ {alert}]”, or the alerts of the window: "
        "“It was expected…”. The hold goes with it.",
    ),
    "misconfigured/newest": Words(
        "The newest point in time stays",
        "The next backup goes on from the newest point in time[, {name}].",
        "Back up first, then delete it; or delete all backups of the account.",
    ),
    "misconfigured/no-such-hold": Words(
        "No such hold",
        "There is no such hold any more.",
        "Look at the list of holds again.",
    ),
    "misconfigured/no-such-alert": Words(
        "No such alert",
        "There is no alert[ {name}].",
        "Look at the list of alerts again.",
    ),
    "misconfigured/alert-acknowledged": Words(
        "Acknowledged already",
        "Somebody has acknowledged the alert[ {name}] before, and whether it was expected was said then.",
        "A note can still be put to it.",
    ),
    "misconfigured/no-such-trash": Words(
        "Not in the trash any more",
        "This was called back or removed meanwhile.",
        "Look at the trash again.",
    ),
    "misconfigured/negative-retention": Words(
        "This cannot be counted",
        "What is kept cannot be counted below nothing.",
        "Give numbers from 0 on.",
    ),
    "misconfigured/unknown-account": Words(
        "No such account",
        "Neither the vault nor a connection knows this account.",
        "List the accounts and choose one of them, or add a connection for it first.",
    ),
    "misconfigured/unknown-item": Words(
        "No such item",
        "There is no item of this id at that point in time[: {name}].",
        "Search for it: the search looks at every point in time.",
    ),
    "misconfigured/comparison-gone": Words(
        "The comparison is not kept any more",
        "A comparison is kept while somebody looks at it, and for half an hour after that.",
        "Compare again.",
    ),
    "misconfigured/not-compared": Words(
        "This was not compared",
        "It could not be read on one of the two sides[: {name}]. That does not mean that it is gone.",
        "See in the job of that backup what could not be read and why, or wait until it has been read.",
    ),
    "misconfigured/unknown-attachment": Words(
        "No such attachment", "The message has no such attachment.", "Open the message again and choose one of its own."
    ),
    "misconfigured/unknown-order": Words(
        "No such order", "Lists cannot be sorted that way[: {name}].", "Sort by time, name, sender or size."
    ),
    "misconfigured/empty-span": Words(
        "The dates leave nothing",
        "The span of time ends before it begins.",
        "Swap the two dates, or leave one out.",
    ),
    "misconfigured/unknown-mode": Words(
        "No such way to restore",
        "There is no way to restore of that name[: {name}].",
        "Choose non-destructive, replace or skip.",
    ),
}
