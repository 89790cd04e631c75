"""Directories of tenants: what keeps one from being backed up, compared or restored."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

ENTRA: Final[dict[str, Words]] = {
    "directory-denied": Words(
        "The directory does not allow this",
        "Microsoft accepted the sign-in but does not allow this[: {name}].",
        "Look at the tenant's permissions under Entra, and reauthorise it. Some objects only somebody with a higher "
        "role may change, and some nobody at all.",
    ),
    "misconfigured/no-restore-application": Words(
        "Nothing may write to this directory",
        "No restore application is registered in this tenant[: {name}].",
        "Sign in as an administrator to register it: for this restore alone, or to stay. On the command line, "
        "“saasbackup entra access[ {name}] once” does so.",
    ),
    "misconfigured/not-signed-in": Words(
        "Nobody has signed in to this tenant yet",
        "Which directory it is will be known after the first sign-in[: {name}].",
        "Check the tenant's connection, then try again.",
    ),
    "misconfigured/undo-not-weighed": Words(
        "What this plan would do was not looked at yet",
        "It was kept before the restore wrote anything, and the directory has changed since.",
        "Ask to take the restore back: the plan for it is made anew, by the directory as it is now.",
    ),
    "misconfigured/not-repeatable": Words(
        "This plan cannot be made anew",
        "What was ticked for it was not kept[: {name}].",
        "Compare the point in time with the directory as it is now, tick what to bring back, and make a plan of it.",
    ),
    "misconfigured/directory-by-plan": Words(
        "A directory is restored by a plan",
        "Objects of a directory are not copied as items are.",
        "Compare the point in time with the directory as it is now, tick what to bring back, and look at the plan.",
    ),
}
