"""Microsoft 365 in plain words: states, outcomes, remedies and reasons, by the codes that tenants' views carry."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.app.tenants.views import Link, Standing, State
from saasbackup_desktop.app.words import set_up
from saasbackup_desktop.app.words.faults import Words, words_for
from saasbackup_desktop.app.words.states import Status, Tone
from saasbackup_desktop.app.words.table.tenants import OUTCOMES
from saasbackup_desktop.core.activation import Why
from saasbackup_desktop.core.model import Service

__all__ = ["OUTCOMES", "Words"]

_STAYS: Final = "What is saved stays."

STATES: Final[Mapping[State, Status]] = {
    State.NOT_ACTIVE: Status("Not active", "Activate it to have it backed up.", Tone.QUIET),
    State.SCHEDULED: Status("Scheduled", "Its first backup comes with the next run.", Tone.QUIET),
    State.RUNNING: Status("Running", "", Tone.BUSY),
    State.RETRYING: Status("Retrying", "Nothing needs doing: it goes on by itself.", Tone.ATTENTION),
    State.SUCCESS: Status("Success", "", Tone.GOOD),
    State.PARTIAL: Status("Partial", "Some items failed; the next backup asks for them again.", Tone.ATTENTION),
    State.FAILED: Status("Failed", "Look at the reason, then run it again.", Tone.BAD),
    State.CONNECTION_ERROR: Status("Connection error", "Check the network, then run it again.", Tone.BAD),
    State.AUTHENTICATION_ERROR: Status("Authentication error", "Look at the tenant's check list.", Tone.BAD),
    State.PAUSED: Status("Paused", f"Resume it when you like. {_STAYS}", Tone.QUIET),
    State.ARCHIVED: Status("Archived", f"It is gone from the directory. {_STAYS}", Tone.QUIET),
    State.EMPTY: Status("Empty", "Nothing is in it yet; each backup looks again.", Tone.QUIET),
    State.UNLICENSED: Status("Inactive: no licence", f"Give it a licence again. {_STAYS}", Tone.ATTENTION),
    State.REMOVED: Status(
        "Being deleted", "Until the days of grace are over, the vault's trash gives it back.", Tone.ATTENTION
    ),
}
ICONS: Final[Mapping[State, str]] = {
    State.NOT_ACTIVE: "quiet",
    State.SCHEDULED: "quiet",
    State.RUNNING: "busy",
    State.RETRYING: "retry",
    State.SUCCESS: "ok",
    State.PARTIAL: "attention",
    State.FAILED: "bad",
    State.CONNECTION_ERROR: "plug",
    State.AUTHENTICATION_ERROR: "key",
    State.PAUSED: "pause",
    State.ARCHIVED: "archive",
    State.EMPTY: "quiet",
    State.UNLICENSED: "attention",
    State.REMOVED: "trash",
}
"""Names of icons."""
LINKS: Final[Mapping[Link, Status]] = {
    Link.CONNECTED: Status("Connected", "", Tone.GOOD),
    Link.PENDING: Status("Pending", "What was granted is not in force yet. Look again in a while.", Tone.ATTENTION),
    Link.DISCONNECTED: Status("Disconnected", "Look at the check list: it says what to grant again.", Tone.BAD),
    Link.UNKNOWN: Status("Not checked yet", "Run the check.", Tone.QUIET),
}
STANDINGS: Final[Mapping[Standing, Status]] = {
    Standing.WELL: Status("Granted", "", Tone.GOOD),
    Standing.MISSING: Status("Missing", "", Tone.BAD),
    Standing.PENDING: Status("Pending", "", Tone.ATTENTION),
    Standing.WARNING: Status("Attention", "", Tone.ATTENTION),
    Standing.UNKNOWN: Status("Not known", "", Tone.QUIET),
}
REASONS: Final[Mapping[Why, str]] = {
    Why.EXCLUDED: "Excluded by hand",
    Why.SELECTED: "Chosen by hand",
    Why.CHOSEN: "Chosen by the rule “{rule}”",
    Why.CHOSEN_ONCE: "Was chosen by the rule “{rule}”",
    Why.NOT_LOOKED_AT: "Chosen by the rule “{rule}”, which is looked at later",
    Why.LEFT: "The rule “{rule}” does not choose it any more",
    Why.RULE_GONE: "The rule “{rule}” that chose it is gone",
    Why.NOT_CHOSEN: "No rule chooses it",
    Why.DESELECTED: "Deactivated by hand",
    Why.DELETED: "Not in the directory any more",
    Why.NO_MAILBOX: "It has no mailbox",
}
SERVICES: Final[Mapping[Service, str]] = {
    Service.MAIL: "Mail",
    Service.CALENDAR: "Calendars",
    Service.CONTACTS: "Contacts",
    Service.TASKS: "Tasks",
    Service.NOTES: "Notes",
    Service.SETTINGS: "Mailbox settings and rules",
    Service.DIRECTORY: "Directory",
}
SHORT_SERVICES: Final[Mapping[Service, str]] = {**SERVICES, Service.SETTINGS: "Settings"}
"""For where there is little room."""
GUIDE: Final = (
    (
        "Bring the mailbox back, or have another one",
        "Deleted within the last 30 days: in the Entra admin center, under Users, Deleted users, restore the user. "
        "The mailbox comes back with the user. A licence that was taken away: assign it again. "
        "Later than that, or for somebody else: create a user with a licence that includes Exchange Online.",
    ),
    (
        "Wait until Exchange has the mailbox, then look again",
        "A user can be there some time before the mailbox is. Looking again asks the directory now.",
    ),
    (
        "Choose where to restore",
        "The mailbox that came back, or any other one: the new user's, a colleague's, in this tenant or another.",
    ),
    (
        "Restore everything",
        "All services are ticked. The preview says what would be written before anything is.",
    ),
)
"""What to do when a mailbox that is to be restored is gone."""


_OTHER_STEPS: Final = {"old-certificate": "Old certificate removed"}
_ROLE_TONES: Final = {
    "to-run": Tone.ATTENTION,
    "running": Tone.BUSY,
    "pending": Tone.BUSY,
    "in-force": Tone.GOOD,
    "failed": Tone.BAD,
}
_ROLE_PROBLEMS: Final = {
    **set_up.RUNS,
    "late": "Exchange has not put the roles into force for three days. Run the script again.",
}


def outcome_words(code: str, facts: Mapping[str, str | int] | None = None) -> Words:
    """What came of a check, or what an account's or tenant's problem is. Never raises."""
    return words_for(code, facts)


def remedy_words(code: str) -> str:
    """What to do about it."""
    return set_up.REMEDIES.get(code, "")


def why_words(code: str) -> str:
    """What a permission is needed for."""
    return set_up.WHYS.get(code, "")


def state_words(state: State, problem: str = "", facts: Mapping[str, str | int] | None = None) -> Status:
    """How an account is doing and what to do about it; a problem's own remedy is the better one."""
    known = STATES[state]
    if not problem:
        return known
    words = words_for(problem, facts)
    return Status(known.label, f"{words.what} {words.remedy}", known.tone)


def state_icon(state: State) -> str:
    """The icon's name."""
    return ICONS[state]


def link_words(link: Link) -> Status:
    """How a tenant's connection is."""
    return LINKS[link]


def standing_words(standing: Standing) -> Status:
    """How a line of the check list stands."""
    return STANDINGS[standing]


def reason_words(why: str, rule: str = "") -> str:
    """Why an account is backed up or not."""
    return REASONS[Why(why)].replace("{rule}", rule)


def service_words(service: Service) -> str:
    """What a service is called."""
    return SERVICES[service]


def step_words(code: str, facts: Mapping[str, str | int] | None = None) -> str:
    """What a step of a set-up or a clean-up does."""
    removed = set_up.LEFTOVERS.get(code.removeprefix("remove-"))
    if removed is not None and code.startswith("remove-"):
        return f"Remove: {removed} {(facts or {}).get('name', '')}".strip()
    return _OTHER_STEPS.get(code) or set_up.STEPS.get(code, code)


def way_words(code: str) -> tuple[str, str]:
    """What a way in is called, and what it means."""
    return set_up.WAYS[code]


def ability_words(what: str, extent: str, why: str) -> tuple[str, str, str]:
    """A thing, how far a way goes in it, and why."""
    return set_up.SUBJECTS.get(what, what), set_up.EXTENTS.get(extent, extent), set_up.ABILITIES.get(why, why)


def role_words(role: str, problem: str = "") -> Status:
    """How Exchange's roles stand, and what to do."""
    label, remedy = set_up.ROLES["ready" if role == "to-run" else role]
    return Status(label, _ROLE_PROBLEMS.get(problem, remedy), _ROLE_TONES[role])
