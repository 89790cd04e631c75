"""Who organises an event, who was asked, and what they answered."""

from typing import Any, Final
from urllib.parse import unquote

from saasbackup_desktop.providers.formats.content_lines import Line
from saasbackup_desktop.providers.formats.graph.plain import line as one_line
from saasbackup_desktop.providers.formats.ical import losses

ANSWERS: Final = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentativelyAccepted",
    "NEEDS-ACTION": "notResponded",
}
_MORE: Final = ("DELEGATED-TO", "DELEGATED-FROM", "SENT-BY", "MEMBER", "DIR")
NEVER: Final = "0001-01-01T00:00:00Z"
"""What Graph says where nobody answered."""


def recipient(line: Line) -> dict[str, Any] | None:
    """Somebody with a name and an address; None if nobody is named."""
    address = one_line(_address(line))
    name = one_line(line.parameter("CN"))
    if not (address or name):
        return None
    return {"emailAddress": {"name": name or address, "address": address}}


def attendee(line: Line, lost: list[str]) -> dict[str, Any] | None:
    """Somebody who was asked; None if nobody is named."""
    known = recipient(line)
    if known is None:
        return None
    said = line.parameter("PARTSTAT").upper()
    if any(name in line.parameters for name in _MORE) or (said and said not in ANSWERS):
        lost.append(losses.ATTENDEE_DETAILS)
    answer = ANSWERS.get(said, "notResponded" if said else "none")
    if line.parameter("X-RESPONSE") in ("organizer", "none"):
        answer = line.parameter("X-RESPONSE")
    return {
        "type": _kind(line),
        "status": {"response": answer, "time": line.parameter("X-RESPONSE-TIME") or NEVER},
        **known,
    }


def _kind(line: Line) -> str:
    if line.parameter("CUTYPE").upper() in ("RESOURCE", "ROOM"):
        return "resource"
    return "optional" if line.parameter("ROLE").upper() in ("OPT-PARTICIPANT", "NON-PARTICIPANT") else "required"


def _address(line: Line) -> str:
    value = line.text.strip()
    scheme, sign, rest = value.partition(":")
    if sign and scheme.lower() == "mailto":
        return unquote(rest).strip()
    return line.parameter("EMAIL").strip() or value
