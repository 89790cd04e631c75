"""Unusual changes in words: calm, and exact."""

from collections.abc import Callable, Mapping
from typing import Final

from saasbackup_desktop.app.alerts.views import Alert, Sensitivity
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.core.model import Service, service_of

KINDS: Final[Mapping[str, str]] = {
    "mass-deletion": "Mass deletion",
    "mass-change": "Mass change",
    "encrypted-content": "Content that looks encrypted",
}
SENSITIVITIES: Final[Mapping[Sensitivity, tuple[str, str]]] = {
    Sensitivity.CALM: ("Calm", "Only what strikes a quarter of an account, and at least 200 items."),
    Sensitivity.NORMAL: ("Normal", "What strikes a tenth of an account, and at least 50 items."),
    Sensitivity.STRICT: ("Strict", "What strikes a twentieth of an account, and at least 20 items."),
}
"""What a choice is called, and what it means in a small account."""

HOLD: Final = "Unusual change, until somebody has looked"
"""In place of the label of a hold that an alert has placed."""
_HOLD_LABEL: Final = "alert "

_PLACES: Final[Mapping[Service, str]] = {
    Service.MAIL: "the mailbox",
    Service.CALENDAR: "the calendars",
    Service.CONTACTS: "the contacts",
    Service.TASKS: "the tasks",
    Service.NOTES: "the notes",
    Service.SETTINGS: "the settings",
    Service.DIRECTORY: "the directory",
}
_WHAT: Final[Mapping[str, str]] = {
    "mass-deletion": "{count} vanished from {place} of {name}",
    "mass-change": "{count} were changed in {place} of {name}",
    "encrypted-content": "{count} in {place} of {name} became unreadable",
}

Moment = Callable[[int], str]


def alert_title(alert: Alert) -> str:
    """``1,243 messages vanished from the mailbox of Dana Whitfield``."""
    service = service_of(alert.stream)
    number = int(alert.facts["count"])
    one, many = NOUNS[service]
    count = f"About {number:,}" if alert.kind == "encrypted-content" else f"{number:,}"
    return _WHAT[alert.kind].format(
        count=f"{count} {one if number == 1 else many}",
        place=_PLACES[service],
        name=alert.account.name or alert.account.address,
    )


def alert_text(alert: Alert, moment: Moment) -> str:
    """Between which moments it happened, how that compares, and what is known to be good."""
    facts = alert.facts
    when = f"Between {moment(int(facts['since']))} and {moment(int(facts['until']))}, of {int(facts['of']):,} in all."
    usual = int(facts["usual"])
    compared = f" On a usual day it is {usual:,}." if usual >= 0 and alert.kind != "encrypted-content" else ""
    return f"{when}{compared} {last_good_words(alert, moment)}"


def last_good_words(alert: Alert, moment: Moment) -> str:
    """The newest point in time from before it."""
    if alert.last_good is None:
        return "The point in time from before is not there any more."
    return f"Last good point in time: {moment(alert.last_good.finished)}."


def holding_words(alert: Alert) -> str:
    """What it does until somebody has looked."""
    if alert.acknowledged is not None:
        return ""
    if alert.is_holding:
        return "Nothing that is saved of this is removed from the vault until somebody has looked."
    return "What is saved of this could not be put on hold yet; it is tried again, and before anything is removed."


def is_of_alert(label: str) -> bool:
    """Tell whether an alert has placed the hold of this label."""
    return label.startswith(_HOLD_LABEL)


def hold_label(label: str) -> str:
    """The label of a hold as a person may read it."""
    return HOLD if is_of_alert(label) else label
