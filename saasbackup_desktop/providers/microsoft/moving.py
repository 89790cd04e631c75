"""Moving a tenant from one way in to another: in which order, so that backups go on all the time.

What the new way needs is made and proven first; then the connection is switched; only then goes what the old way had.
Up to the switch nothing has changed, and after it the way back is a move like any other.
"""

from enum import StrEnum
from typing import Final

from saasbackup_desktop.providers.microsoft.ways import Way


class Move(StrEnum):
    """One step of a move."""

    SIGN_IN_AS_ADMINISTRATOR = "sign-in-as-administrator"
    REGISTER = "register"
    CONSENT = "consent"
    PROVE = "prove"
    """Sign in by the new way, and look at the check list."""
    RUN_SCRIPT = "run-script"
    WAIT_FOR_ROLE = "wait-for-role"
    SIGN_IN_AS_PERSON = "sign-in-as-person"
    SWITCH = "switch"
    """The connection goes by the new way from here on."""
    TAKE_ROLES_BACK = "take-roles-back"
    REMOVE_REGISTRATION = "remove-registration"
    FORGET_SIGN_IN = "forget-sign-in"


_MADE: Final[dict[Way, tuple[Move, ...]]] = {
    Way.TENANT_WIDE: (Move.SIGN_IN_AS_ADMINISTRATOR, Move.REGISTER, Move.CONSENT, Move.PROVE),
    Way.FENCED: (
        Move.SIGN_IN_AS_ADMINISTRATOR,
        Move.REGISTER,
        Move.CONSENT,
        Move.RUN_SCRIPT,
        Move.WAIT_FOR_ROLE,
        Move.PROVE,
    ),
    Way.PERSON: (Move.SIGN_IN_AS_PERSON, Move.PROVE),
}
_LEFT: Final[dict[Way, tuple[Move, ...]]] = {
    Way.TENANT_WIDE: (Move.REMOVE_REGISTRATION,),
    Way.FENCED: (Move.TAKE_ROLES_BACK, Move.REMOVE_REGISTRATION),
    Way.PERSON: (Move.FORGET_SIGN_IN,),
}


def needs_registration(old: Way, new: Way, *, is_ours: bool) -> bool:
    """Tell whether a move takes a new registration. ``is_ours``: the one in use is, and has a certificate.

    From the whole tenant into a fence it does: while consents for the whole tenant stand, nobody can tell whether the
    role is in force, and once they are withdrawn backups would stand still until it is.
    """
    if new is Way.PERSON:
        return False
    return old is Way.PERSON or not is_ours or (old, new) == (Way.TENANT_WIDE, Way.FENCED)


def steps(old: Way, new: Way, *, is_ours: bool) -> tuple[Move, ...]:
    """What is to be done, in order; nothing if it is there already. ``is_ours``: as above."""
    registers = needs_registration(old, new, is_ours=is_ours)
    if old is new and not registers:
        return ()
    made = [move for move in _MADE[new] if registers or move is not Move.REGISTER]
    stays = new is not Way.PERSON and not registers
    left = [move for move in _LEFT[old] if not (stays and move is Move.REMOVE_REGISTRATION)]
    return (*made, Move.SWITCH, *left)
