"""The commands of IMAP, by name: in which state, with which capability, and what they do."""

from saasbackup_desktop.sim.imap.commands import anytime, appending, folders, messages, selecting, signing_in
from saasbackup_desktop.sim.imap.commands.command import Command

COMMANDS: dict[str, Command] = {
    **anytime.COMMANDS,
    **signing_in.COMMANDS,
    **folders.COMMANDS,
    **selecting.COMMANDS,
    **messages.COMMANDS,
    **appending.COMMANDS,
}
