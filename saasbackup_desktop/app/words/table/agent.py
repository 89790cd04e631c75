"""The background agent."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import NOTHING_LOST, Words

AGENT: Final[dict[str, Words]] = {
    "agent-failed": Words(
        "The background agent does not work",
        "The process that runs backups in the background could not be worked with.",
        "Its log, agent.log in the home's folder “logs”, may say more. " + NOTHING_LOST,
    ),
    "agent-failed/not-installed": Words(
        "No service is installed",
        "There is no service[, {file},] that starts this home's agent.",
        "“saasbackup agent install” makes one.",
    ),
    "agent-missing": Words(
        "No background agent runs",
        "Nothing runs backups in the background of this home now.",
        "Open the window, or start one with “saasbackup agent”.",
    ),
    "agent-gone": Words(
        "The background agent has ended",
        "The process that runs backups in the background was ended while it was asked something.",
        "Jobs that were under way go on from what is saved as soon as an agent runs again: the window starts "
        "one by itself; without a window “saasbackup agent” does. " + NOTHING_LOST,
    ),
    "agent-busy": Words(
        "Another agent keeps this home",
        "The background agent[, process {owner}][ on {host},] is at work in this home already.",
        "Use that one: the window and every command find it by themselves. “saasbackup agent stop” ends it.",
    ),
    "agent-unlike": Words(
        "The background agent is of another version",
        "An agent[ of version {version}] is at work, and this program is of another version[, {ours}].",
        "Wait until its jobs are done, or end it with “saasbackup agent stop”; then try again.",
    ),
    "agent-refused": Words(
        "The background agent could not be trusted",
        "It and this program could not prove to each other that both belong to this home.",
        "End it with “saasbackup agent stop”, or end its process, and try again.",
    ),
}
