"""Letters about tasks that did not run when they should have, and that run again."""

from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.words.letters.figures import counted
from saasbackup_desktop.app.words.letters.parts import points, task_of
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.providers.notify.letter import Block, Para

_MISSED: Final = {
    "blackout": "it fell into blackout hours",
    "battery": "the computer ran on battery",
    "metered": "the network is paid by volume",
    "off": "the computer was off",
    "asleep": "the computer slept",
    "no-agent": "the program that starts backups was not running",
    "locked": "the vault was locked",
    "no-answer": "nothing that it covers could be reached",
    "busy": "the run before it was still at work",
}
_OVERDUE_HELP: Final = {
    "no-agent": "Install the agent as a service, so that it always runs: “saasbackup agent install”.",
    "locked": "Open the vault, or let this computer open it by itself: Settings, Opening and locking.",
    "off": "It is made up for as soon as the computer is on again. Choose another hour if it is often off.",
    "asleep": "It is made up for when the computer wakes. Choose another hour if it often sleeps then.",
    "battery": "Plug the computer in, or allow backups on battery: Settings, Schedule and network.",
    "metered": "Connect to another network, or allow backups on metered networks: Settings, Schedule and network.",
    "blackout": "Change the hour of the task or the blackout hours: Settings, Schedule and network.",
}


def overdue(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Tasks that did not run when they should have."""
    blocks: list[Block] = []
    for one in some:
        why = str(one.facts.get("why", ""))
        missed = int(one.facts.get("times", 1))
        since = setting.moment(int(one.facts["since"]))
        reason = f" Why: {_MISSED[why]}." if why in _MISSED else ""
        task = task_of(one, setting)
        blocks.append(Para(f"The task “{task}” should have run on {since}.{reason} {counted(missed, 'run')} missed."))
        if why in _OVERDUE_HELP:
            blocks.append(Para(f"What to do: {_OVERDUE_HELP[why]}"))
    names = ", ".join(f"“{task_of(one, setting)}”" for one in some[:3])
    return f"Backup overdue: {names}" + (f" and {len(some) - 3} more" if len(some) > 3 else ""), blocks


def on_time(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Overdue tasks that have run again."""
    lines = [f"“{task_of(one, setting)}”, overdue since {setting.moment(int(one.facts['since']))}" for one in some]
    names = ", ".join(f"“{task_of(one, setting)}”" for one in some[:3])
    return f"No longer overdue: {names}", [Para("These tasks have run again:"), *points(lines)]
