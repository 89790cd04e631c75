"""Plans in words: what each write does, why, what could go wrong, and what is left out."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.words.entra.kinds import one_words, path_words, relation_words
from saasbackup_desktop.app.words.states import Status, Tone
from saasbackup_desktop.core.directory.plan import Action, LeftOut, Risk, Standing, Write

ACTIONS: Final[Mapping[Action, str]] = {
    Action.REVIVE: "Take out of the recycle bin",
    Action.CREATE: "Make anew",
    Action.UPDATE: "Change",
    Action.LINK: "Add links",
    Action.UNLINK: "Take links away",
    Action.DELETE: "Delete",
}
"""What writes do, of a plan that restores and of one that takes a restore back alike."""

STANDINGS: Final[Mapping[Standing, Status]] = {
    Standing.PLANNED: Status("Planned", "", Tone.QUIET),
    Standing.BEGUN: Status("Begun", "What came of it is looked up when the restore goes on.", Tone.BUSY),
    Standing.DONE: Status("Done", "", Tone.GOOD),
    Standing.WAS_SO: Status("Was so already", "Nothing was sent.", Tone.GOOD),
    Standing.REFUSED: Status("Refused", "The directory did not accept it. Look at the reason.", Tone.BAD),
    Standing.SURPRISED: Status(
        "Not as planned", "Something else is there than the plan found, so nothing was sent. Make a new plan.",
        Tone.ATTENTION,
    ),
    Standing.NOT_REACHED: Status("Not reached", "A write that it needs was not done.", Tone.ATTENTION),
}  # fmt: skip

REASONS: Final[Mapping[str, str]] = {
    "picked": "It was picked.",
    "needed": "Something that was picked needs it.",
    "undo": "It undoes what the restore did.",
    "passing": "Names were swapped: for a moment it has another one, so that each can have its own again.",
}

LEFT_OUT: Final[Mapping[str, str]] = {
    "read-only": "Microsoft sets it; nobody can write it.",
    "set-by-the-service": "Microsoft sets it; nobody can write it.",
    "not-known-to-be-writable": "It is not known whether this can be written, so it is not tried.",
    "on-creation": "It can be set only when the object is made.",
    "synchronised": "It comes from the on-premises directory: change it there, and synchronise.",
    "licence": "It depends on a licence that is not there.",
    "gone-for-good": "It cannot be had back: it was deleted for good, and such an object cannot be made anew.",
    "already-so": "It is as it should be already.",
    "break-glass": "It would touch an account that must keep its way in.",
    "dynamic": "The group has a rule that decides who belongs to it; bring back the rule instead.",
    "noise": "It changes by itself.",
    "exists": "It is there, and only what is missing is brought back.",
    "skipped": "It is there, and only what is missing is brought back.",
    "secret": "Secrets are never told, so they cannot be brought back: make new ones.",
    "unread": "It could not be read, so it is left as it is.",
    "target-missing": "What it leads to is not there, and is not brought back either.",
    "grave-risk": "It carries a grave risk that nobody has accepted.",
    "built-in": "It is built in; Microsoft lets nobody change it.",
    "managed-by-exchange": "It is a distribution list or mail-enabled security group: Exchange keeps it, and Microsoft "
    "Graph cannot write it.",
    "must-be-invited": "It is somebody's account elsewhere: invite them anew.",
    "needs-a-person": "Only somebody who is signed in as an administrator can change this.",
    "own-application": "It is an application by which this program itself comes in.",
    "in-parts": "Its parts cannot be changed together; it is brought back whole only where it is gone.",
    "not-picked": "Something that comes back was tied to it, and you left this out.",
    "not-there": "The object is gone, and only some of it was picked: pick the object itself.",
    "replaced": "It gives way to what takes its place.",
}
"""By ``LeftOut.code``."""

RISKS: Final[Mapping[str, tuple[str, str]]] = {
    "locks-out-administrators": (
        "%count administrators could lose their way in",
        "Keep at least one Global Administrator that this plan does not touch.",
    ),
    "last-administrator": (
        "The last Global Administrator would lose the role",
        "Nobody could administer this tenant any more. Give the role to somebody else first.",
    ),
    "would-block-yourself": (
        "A policy could keep you from signing in",
        "Exclude your own account from the policy, or restore it in report-only mode first.",
    ),
    "would-block-everybody": (
        "A policy could keep everybody from signing in",
        "Exclude an emergency account from the policy, or restore it in report-only mode first.",
    ),
    "break-glass": (
        "An emergency account would be touched",
        "Emergency accounts must keep their way in, whatever happens.",
    ),
    "deletes": (
        "%count objects would be deleted",
        "They were added after the point in time. What has a recycle bin can be had back for 30 days.",
    ),
    "deletes-for-good": (
        "%count objects would be deleted for good",
        "They were added after the point in time, and they have no recycle bin. This plan's undo can make them anew, "
        "with new ids.",
    ),
    "gives-rights": (
        "%count rights would be given again",
        "Roles and permissions that were taken away come back. Look whether they were taken away on purpose.",
    ),
    "comes-with-rights": (
        "What comes out of the recycle bin brings along what it had when it was deleted",
        "That may be rights that were given after the point in time. Make another plan when this one is done.",
    ),
    "weakens-protection": (
        "%count policies of access would protect less",
        "They are on now, and were not at that point in time.",
    ),
    "secrets-are-new": (
        "Applications come back without their secrets",
        "Secrets are never told to a backup. Make new ones, and tell the programs that use them.",
    ),
    "passwords-are-new": (
        "New passwords are made up",
        "Passwords are never told to a backup. Users who are made anew get one that is shown once.",
    ),
    "new-ids": (
        "Objects that were deleted for good get new ids",
        "What refers to them is rewired as far as this plan reaches; other programs may still know the old ids.",
    ),
    "beta": (
        "Some writes use a part of Microsoft Graph that may change",
        "Microsoft calls it beta. Each write is checked afterwards.",
    ),
}
"""By ``Risk.code``: what could happen, and what helps."""

UNDO_RISKS: Final[Mapping[str, str]] = {
    "deletes": "The restore brought them back. What has a recycle bin goes there again, and can be had back for "
    "30 days.",
    "deletes-for-good": "The restore brought them back, and they have no recycle bin.",
    "gives-rights": "Roles and permissions that the restore took away come back. Look whether they should.",
    "comes-with-rights": "That may be rights that nobody sees in this plan. Compare again when it is done.",
    "weakens-protection": "They are on now, and were not before the restore.",
}
"""By ``Risk.code``: what helps, where a plan takes a restore back and other words are true."""

REVIVED: Final = (
    "%count objects came out of the recycle bin, and may have brought more along",
    "Roles, permissions and memberships that were given just before the deletion come back, too, and no plan can see "
    "them before. Compare again to see all that differs, or plan what is left of what was ticked.",
)
"""After a restore: what a plan could not see, and what helps."""

_FACT: Final = re.compile(r"%([a-z_]+)")


def write_words(write: Write) -> str:
    """Say in a sentence what a write does."""
    kind, name = one_words(write.kind), f"“{write.name or write.id}”"
    target = f"“{write.target_name or write.target}”"
    match write.action:
        case Action.REVIVE:
            return f"Take {kind} {name} out of the recycle bin"
        case Action.CREATE:
            return f"Make {kind} {name} anew"
        case Action.DELETE:
            return f"Delete {kind} {name}"
        case Action.LINK if write.path_of_link == "manager":
            return f"Make {target} the manager of {kind} {name}"
        case Action.UNLINK if write.path_of_link == "manager":
            return f"Take {target} away as the manager of {kind} {name}"
        case Action.LINK:
            return f"Add {target} to the {relation_words(write.path_of_link).lower()} of {kind} {name}"
        case Action.UNLINK:
            return f"Take {target} out of the {relation_words(write.path_of_link).lower()} of {kind} {name}"
        case Action.UPDATE:
            paths = sorted({*write.old, *write.new})
            if not paths:
                return f"Change {kind} {name}"
            return f"Set {_paths(paths)} of {kind} {name}"


def _paths(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(path_words(path).lower() for path in paths[:3]) + more


def object_words(write: Write) -> str:
    """Name what a write is about."""
    return write.name or write.id


def deed_words(write: Write) -> str:
    """Say what a write does, where its object is named beside it."""
    kind, target = one_words(write.kind), f"“{write.target_name or write.target}”"
    match write.action:
        case Action.REVIVE:
            return f"Take {kind} out of the recycle bin"
        case Action.CREATE:
            return f"Make {kind} anew"
        case Action.DELETE:
            return f"Delete {kind}"
        case Action.LINK if write.path_of_link == "manager":
            return f"Make {target} the manager"
        case Action.UNLINK if write.path_of_link == "manager":
            return f"Take {target} away as the manager"
        case Action.LINK:
            return f"Add {target} to the {relation_words(write.path_of_link).lower()}"
        case Action.UNLINK:
            return f"Take {target} out of the {relation_words(write.path_of_link).lower()}"
        case Action.UPDATE:
            paths = sorted({*write.old, *write.new})
            return f"Set {_paths(paths)}" if paths else f"Change {kind}"


def reason_words(code: str) -> str:
    """Say why something is written."""
    return REASONS.get(code) or code.replace("-", " ").capitalize()


def left_out_words(one: LeftOut) -> str:
    """Say why something is not written."""
    return filled(LEFT_OUT.get(one.code) or one.code.replace("-", " ").capitalize(), one.facts)


def risk_words(risk: Risk, *, undoes: bool = False) -> tuple[str, str]:
    """Say what could go wrong, and what helps; ``undoes``: in a plan that takes a restore back."""
    what, help = RISKS.get(risk.code) or (risk.code.replace("-", " ").capitalize(), "")
    if undoes:
        help = UNDO_RISKS.get(risk.code, help)
    return filled(what, risk.facts), filled(help, risk.facts)


def filled(words: str, facts: Mapping[str, str | int]) -> str:
    """Put facts into words that ask for them; “1 things” becomes what one says of one."""
    said = _FACT.sub(lambda found: str(facts.get(found[1], "some")), words)
    return re.sub(r"^1 (\w+?)(ies|s)\b", lambda found: f"1 {found[1]}{'y' if found[2] == 'ies' else ''}", said)
