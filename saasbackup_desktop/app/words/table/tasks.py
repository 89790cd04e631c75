"""Backup tasks that cannot be as they were asked for."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

TASKS: Final[dict[str, Words]] = {
    "misconfigured/unknown-task": Words(
        "No such task",
        "There is no backup task of that name or id[: {name}].",
        "Look at the list of tasks and choose one of them.",
    ),
    "misconfigured/only-task": Words(
        "This task is the only one of a connection",
        "Without the task {name}, nobody would back up[ {connection}].",
        "Pause it, or let another task cover that connection first.",
    ),
    "misconfigured/empty-task": Words(
        "Nothing to back up",
        "The task[ {name}] covers no active account now.",
        "Activate accounts, or let it cover other connections or services.",
    ),
    "misconfigured/task-without-name": Words(
        "A task needs a name",
        "Notices and reports call a task by its name.",
        "Give it one.",
    ),
    "misconfigured/task-name-taken": Words(
        "This name is taken",
        "Another task is called[ {name}].",
        "Choose another name.",
    ),
    "misconfigured/tasks-unreadable": Words(
        "The backup tasks do not open",
        "The file with this home's backup tasks is damaged or belongs to another vault[: {name}].",
        "Bring it back from a backup of this computer, or remove it: each connection gets a daily task again.",
    ),
}
