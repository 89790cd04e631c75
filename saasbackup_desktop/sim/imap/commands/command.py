"""What a command is."""

from dataclasses import dataclass

from saasbackup_desktop.sim.imap.session import Handler, Standing


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    run: Handler
    standing: Standing = Standing.SIGNED_IN
    """How far the client must have come."""
    capability: str = ""
    """What the server must offer."""
    moves_numbers: bool = True
    """Whether removals may be told at its end (RFC 3501 section 7.4.1)."""
