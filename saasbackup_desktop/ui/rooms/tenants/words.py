"""How tenants and their accounts stand, as this window draws it."""

from typing import Final

from saasbackup_desktop.app.tenants.views import (
    CheckLine,
    Link,
    Standing,
    State,
    Step,
    Tenant,
    TenantAccount,
    WayIn,
)
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import Status, Tone, label
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.kit.text import say

STATES: Final[dict[State, Status]] = {
    State.NOT_ACTIVE: Status("Not active", "Activate it to have it backed up.", Tone.QUIET),
    State.SCHEDULED: Status("Scheduled", "Its first backup comes with the next run.", Tone.QUIET),
    State.RUNNING: Status("Running", "", Tone.BUSY),
    State.RETRYING: Status("Retrying", "Nothing needs doing: it is tried again by itself.", Tone.ATTENTION),
    State.SUCCESS: Status("Success", "", Tone.GOOD),
    State.PARTIAL: Status("Partial", "Some items failed; the next backup asks for them again.", Tone.ATTENTION),
    State.FAILED: Status("Failed", "Look at the reason, then run it again.", Tone.BAD),
    State.CONNECTION_ERROR: Status("Connection error", "Check the network, then run it again.", Tone.BAD),
    State.AUTHENTICATION_ERROR: Status("Authentication error", "Look at the check list of the connection.", Tone.BAD),
    State.PAUSED: Status("Paused", "Resume it when you like; what is saved stays.", Tone.QUIET),
    State.ARCHIVED: Status("Archived", "It is gone from the directory; what is saved stays.", Tone.QUIET),
    State.EMPTY: Status("Empty", "Nothing in it yet; it is looked at every day.", Tone.QUIET),
    State.UNLICENSED: Status("Unlicensed", "Its licence was taken away. What is saved stays.", Tone.ATTENTION),
    State.REMOVED: Status("Being deleted", "Its backup goes when the days of grace are over.", Tone.ATTENTION),
}

LINKS: Final[dict[Link, tuple[str, Tone]]] = {
    Link.CONNECTED: ("Connected", Tone.GOOD),
    Link.PENDING: ("Pending", Tone.ATTENTION),
    Link.DISCONNECTED: ("Disconnected", Tone.BAD),
    Link.UNKNOWN: ("Not checked yet", Tone.QUIET),
}

STANDINGS: Final[dict[Standing, tuple[str, Tone]]] = {
    Standing.WELL: ("Granted", Tone.GOOD),
    Standing.MISSING: ("Missing", Tone.BAD),
    Standing.PENDING: ("Pending", Tone.ATTENTION),
    Standing.WARNING: ("Attention", Tone.ATTENTION),
    Standing.UNKNOWN: ("Not known", Tone.QUIET),
}

SERVICES: Final[dict[Service, str]] = {
    Service.MAIL: "Mail",
    Service.CALENDAR: "Calendars",
    Service.CONTACTS: "Contacts",
    Service.TASKS: "Tasks",
    Service.NOTES: "Notes",
    Service.SETTINGS: "Mailbox settings and rules",
}

_KINDS: Final = {
    "user": "User mailbox",
    "shared": "Shared mailbox",
    "room": "Room",
    "equipment": "Equipment",
    "linked": "Linked mailbox",
    "others": "Other mailbox",
    "none": "No mailbox",
    "unknown": "Not known",
}


def link_status(tenant: Tenant) -> tuple[str, Tone]:
    """Word and tone of a connection."""
    word, tone = LINKS[tenant.link]
    return say(word), tone


def kind(account: TenantAccount) -> str:
    """What kind of mailbox it is."""
    return say(label(_KINDS, account.kind))


def licence(account: TenantAccount) -> str:
    """Whether it has a licence."""
    return say("Licensed") if account.is_licensed else say("Unlicensed")


def state(account: TenantAccount) -> Status:
    """How an account is doing, and what to do about it."""
    found = STATES[account.state]
    if not account.problem:
        return found
    words = words_for(account.problem, account.facts)
    return Status(found.label, f"{words.what} {words.remedy}".strip(), found.tone)


def service(one: Service) -> str:
    """What a service is called."""
    return say(SERVICES[one])


_WHYS: Final = {
    "excluded": "Excluded by hand.",
    "selected": "Chosen by hand.",
    "chosen": "Chosen by the rule “%1”.",
    "chosen-once": "Was chosen by the rule “%1”.",
    "not-looked-at": "Chosen by the rule “%1”, which is looked at later.",
    "left": "The rule “%1” does not choose it any more.",
    "rule-gone": "The rule that chose it is gone.",
    "not-chosen": "No rule chooses it.",
    "deselected": "Deactivated by hand.",
    "deleted": "It is not in the directory any more.",
    "no-mailbox": "It has no mailbox.",
}


def reasons(account: TenantAccount) -> tuple[str, ...]:
    """Why it is backed up or not."""
    return tuple(say(label(_WHYS, why)).replace("%1", rule) for why, rule in account.reasons)


_AREAS: Final = {
    "sign-in": "Sign-in",
    "permission": "Permission",
    "role": "Exchange role",
    "service": "Service",
    "licence": "Licence",
    "credential": "Expiry",
}
_BUTTONS: Final = {
    "consent": "Grant…",
    "new-secret": "New secret…",
    "upload-certificate": "Certificate…",
    "new-certificate": "Renew certificate…",
    "sign-in": "Sign in again…",
    "register-again": "Register again…",
    "widen-scope": "Role script…",
    "wait": "Check again",
    "nothing": "",
}


def link(one: Link) -> tuple[str, Tone]:
    """Word and tone of how a connection is."""
    word, tone = LINKS[one]
    return say(word), tone


def standing(line: CheckLine) -> tuple[str, Tone]:
    """Word and tone of how a line of the check list stands."""
    word, tone = STANDINGS[line.standing]
    if line.standing is Standing.WELL and line.area not in ("permission", "role"):
        word = "Fine"
    if line.standing is Standing.MISSING and line.is_optional:
        tone = Tone.ATTENTION
    return say(word), tone


def area(line: CheckLine) -> str:
    """What kind of thing it is."""
    return say(label(_AREAS, line.area))


def line_name(line: CheckLine) -> str:
    """What is looked at."""
    if line.area == "service" and line.name in set(Service):
        return service(Service(line.name))
    return line.name


def why(line: CheckLine) -> str:
    """What it is needed for."""
    return say(label({}, line.why)) if line.why else ""


def outcome(line: CheckLine) -> str:
    """What was found, and what to do about it."""
    return say(label({}, line.outcome)) if line.outcome else ""


def remedy_button(line: CheckLine) -> str:
    """The button that does something about it; empty if there is nothing to press."""
    return say(_BUTTONS.get(line.remedy, "Check again"))


_WAYS: Final = {WayIn.LEAST_PRIVILEGE: "Least privilege", WayIn.ADMINISTRATOR: "Administrator's sign-in"}


def way(one: WayIn) -> str:
    """What a way in is called."""
    return say(_WAYS[one])


def problem(tenant: Tenant) -> str:
    """What is wrong with a connection; empty if nothing is."""
    return say(label({}, tenant.problem)) if tenant.problem else ""


_STEP_STATES: Final = {"waiting": "to do", "running": "at work", "done": "done", "failed": "failed"}


def step(one: Step) -> tuple[str, str]:
    """What a step of a set-up does, and how it stands."""
    return say(label({}, one.code)), say(label(_STEP_STATES, one.state))
