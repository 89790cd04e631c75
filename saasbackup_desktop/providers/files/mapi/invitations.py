"""Who asked to a meeting, who was asked, and what they answered ([MS-OXOCAL] 2.2.1.10 ff., 2.2.4)."""

from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.addresses import Address
from saasbackup_desktop.providers.files.mapi.people import BCC, CC, TO, recipient, sender, sent_representing
from saasbackup_desktop.providers.files.mapi.plain_times import moment
from saasbackup_desktop.providers.files.pst.model import Recipient, Tag, Value
from saasbackup_desktop.providers.formats.graph.card import Person
from saasbackup_desktop.providers.formats.graph.plain import MOST, Plain, inner, line, objects
from saasbackup_desktop.providers.formats.graph.values import person

ANSWERS: Final = {
    "none": 0,
    "organizer": 1,
    "tentativelyaccepted": 2,
    "accepted": 3,
    "declined": 4,
    "notresponded": 5,
}
_KINDS: Final = {"required": TO, "optional": CC, "resource": BCC}
_MEETING: Final = 1
_RECEIVED: Final = 2
_CANCELLED: Final = 4
_SENDABLE: Final = 1
_ORGANIZER: Final = 2


def is_meeting(plain: Plain) -> bool:
    """Whether others take part."""
    return any(True for _ in objects(plain, "attendees")) or plain.get("isOrganizer") is False


def meeting_state(plain: Plain) -> dict[Tag, Value]:
    """Say whether it is a meeting, whose, and what was answered."""
    meets = is_meeting(plain)
    received = plain.get("isOrganizer") is False
    cancelled = plain.get("isCancelled") is True
    answer = ANSWERS.get(line(inner(plain, "responseStatus").get("response")).lower(), 0)
    found: dict[Tag, Value] = {
        tags.APPOINTMENT_STATE: _MEETING * meets | _RECEIVED * received | _CANCELLED * cancelled,
        tags.RESPONSE: answer or int(meets and not received),
        tags.INVITED: meets and not received,
        tags.NO_PROPOSALS: plain.get("allowNewTimeProposals") is False,
        tags.RESPONSE_REQUESTED: plain.get("responseRequested") is not False,
        tags.REPLY_REQUESTED: plain.get("responseRequested") is not False,
    }
    if meets:
        known = [(one, _known(each)) for each in objects(plain, "attendees") if (one := person(each)) is not None]
        for tag, kinds in (
            (tags.ATTENDEES, (TO, CC, BCC)),
            (tags.ATTENDEES_TO, (TO,)),
            (tags.ATTENDEES_CC, (CC,)),
        ):
            found[tag] = "; ".join(one.name or one.address for one, kind in known if kind in kinds)
    return found


def organized(plain: Plain, lost: list[str]) -> dict[Tag, Value]:
    """Say who asked."""
    one = person(inner(plain, "organizer"))
    if one is None:
        return {}
    if not one.address:
        lost.append(losses.ADDRESS_BARE)
    address = _address(one)
    return sent_representing(address) | sender(address)


def guests(plain: Plain, lost: list[str]) -> list[Recipient]:
    """Write who asked and who was asked, with their answers."""
    attendees = [(each, one) for each in objects(plain, "attendees") if (one := person(each)) is not None]
    said = plain.get("attendees")
    if isinstance(said, list) and len(said) > MOST:
        lost.append(losses.RECIPIENTS_CUT)
    organizer = person(inner(plain, "organizer"))
    found: list[Recipient] = []
    if organizer is not None and (attendees or plain.get("isOrganizer") is False):
        found.append(_recipient(organizer, TO, _SENDABLE | _ORGANIZER, ANSWERS["none"]))
    for each, one in attendees:
        if not one.address:
            lost.append(losses.ADDRESS_BARE)
        status = inner(each, "status")
        answer = ANSWERS.get(line(status.get("response")).lower(), 0)
        flags = _SENDABLE | _ORGANIZER * (answer == ANSWERS["organizer"])
        found.append(_recipient(one, _known(each), flags, answer, line(status.get("time"))))
    return found


def _known(attendee: Plain) -> int:
    return _KINDS.get(line(attendee.get("type")).lower(), TO)


def _recipient(one: Person, kind: int, flags: int, answer: int, time: str = "") -> Recipient:
    known = recipient(_address(one), kind)
    properties: dict[Tag, Value] = {**known.properties, tags.RECIPIENT_FLAGS: flags, tags.RECIPIENT_ANSWER: answer}
    when = moment(time)
    if when is not None:
        properties[tags.RECIPIENT_ANSWERED] = when
    return Recipient(properties=properties)


def _address(one: Person) -> Address:
    return Address(one.name, one.address)


def addresses(plain: Plain, name: str) -> Sequence[Address]:
    """A list of recipients."""
    return [_address(one) for one in map(person, objects(plain, name)) if one is not None]
