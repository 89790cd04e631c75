"""Files that lie beside an item as the JSON that Graph tells of them."""

import base64
import binascii
from typing import Final, NamedTuple

from saasbackup_desktop.providers.formats.graph.plain import line, load, mapping

_JSON: Final = "application/json"


class Attached(NamedTuple):
    """A file as it is offered."""

    name: str
    media_type: str
    data: bytes


def unwrapped(data: bytes) -> Attached:
    """Take a file out of its JSON; another item and a link to a file elsewhere are offered as the JSON itself."""
    plain = mapping(load(data))
    name = line(plain.get("name"))
    if "contentBytes" in plain:
        try:
            content = base64.b64decode(str(plain["contentBytes"]), validate=True)
        except (binascii.Error, ValueError):
            return Attached(f"{name}.json", _JSON, data)
        return Attached(name, line(plain.get("contentType")).lower(), content)
    return Attached(f"{name}.json" if name else "", _JSON, data)
