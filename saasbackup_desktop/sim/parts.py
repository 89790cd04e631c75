"""MIME parts as bytes: one part, or several in a multipart."""

from collections.abc import Sequence

from saasbackup_desktop.sim.bodies import Dress, width
from saasbackup_desktop.sim.dice import Dice
from saasbackup_desktop.sim.encodings import base64_lines, encoded


def text_part(subtype: str, how: Dress, body: bytes) -> bytes:
    """Write a text with its fields; ``body`` has its transfer encoding already."""
    fields = f"Content-Type: text/{subtype}; charset={how.charset}\r\nContent-Transfer-Encoding: {how.transfer}\r\n\r\n"
    return fields.encode() + body


def file_part(kind: str, name: str, data: bytes, dice: Dice, *, cid: str = "") -> bytes:
    """Write a file in base64: attached, or shown inside when it has a content id."""
    shown = encoded(name).replace(b"\r\n ", b" ")
    quoted = b'"' + shown.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    lines = [
        b"Content-Type: " + kind.encode() + b";\r\n name=" + quoted,
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: " + (b"inline" if cid else b"attachment") + b";\r\n filename=" + quoted,
    ]
    if cid:
        lines.append(b"Content-ID: <" + cid.encode() + b">")
    return b"\r\n".join(lines) + b"\r\n\r\n" + base64_lines(data, width(dice))


def multipart(subtype: str, parts: Sequence[bytes], dice: Dice, *, parameters: str = "") -> bytes:
    """Write several parts as one."""
    boundary = f"=_{dice.hexadecimal(12)}.{dice.hexadecimal(8)}"
    start = f'Content-Type: multipart/{subtype}; boundary="{boundary}"{parameters}\r\n\r\n'
    mark = f"--{boundary}\r\n".encode()
    body = b"\r\n".join([mark + part for part in parts])
    return start.encode() + body + f"\r\n--{boundary}--\r\n".encode()
