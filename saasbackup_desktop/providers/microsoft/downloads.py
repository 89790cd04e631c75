"""Large contents come down piece by piece; what breaks off goes on where it stopped, or begins anew unnoticed."""

import hashlib
import re
from collections.abc import AsyncGenerator, Mapping
from typing import Final

import httpx

from saasbackup_desktop.core.errors import Refused
from saasbackup_desktop.providers.microsoft.exchanging import Exchanges

_RANGE: Final = re.compile(r"bytes (\d+)-")
_MOST: Final = 40
"""Breaks in all, however far each of them came."""


async def stream(
    graph: Exchanges, address: str, headers: Mapping[str, str], mailbox: str
) -> AsyncGenerator[bytes, None]:
    """Give a content's bytes in order, each once. Raises Fault; Refused if it changes meanwhile or always breaks off.

    After a break the rest is asked for. Where the service sends everything again, what was given is compared with it.
    """
    at, fruitless, breaks, tag = 0, 0, 0, ""
    given = hashlib.sha256()
    while True:
        said = {**headers, "Accept-Encoding": "identity"}
        if at and tag:
            said |= {"Range": f"bytes={at}-", "If-Range": tag}
        before = at
        async with graph.exchange("GET", address, headers=said, mailbox=mailbox) as response:
            skip = 0 if _starts_at(response) == at else at
            tag = response.headers.get("etag", "")
            again = hashlib.sha256()
            try:
                async for piece in response.aiter_bytes():
                    known, fresh = piece[:skip], piece[skip:]
                    if known:
                        again.update(known)
                        skip -= len(known)
                        if not skip and again.digest() != given.digest():
                            raise Refused("changed-meanwhile", reason="changed-meanwhile")
                    if fresh:
                        given.update(fresh)
                        at += len(fresh)
                        yield fresh
            except httpx.HTTPError as error:
                breaks += 1
                fruitless = 0 if at > before else fruitless + 1
                if fruitless > graph.attempts or breaks > _MOST:
                    raise Refused("broken-off", reason="broken-off") from error
            else:
                if skip:
                    raise Refused("changed-meanwhile", reason="changed-meanwhile")
                return
        await graph.pause(fruitless)


def _starts_at(response: httpx.Response) -> int:
    """Which byte an answer begins with."""
    found = _RANGE.match(response.headers.get("content-range", "")) if response.status_code == 206 else None
    return int(found[1]) if found else 0
