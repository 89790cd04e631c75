"""Both sides prove that they know the home's token before either says anything of it."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgpack

from saasbackup_desktop.agent.link import LONGEST, Broken, Link
from saasbackup_desktop.core.errors import AgentGone, AgentRefused

PROTOCOL: Final = 1
PATIENCE: Final = 10.0
"""Seconds for the whole of it."""
_NONCE: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What a side says of itself."""

    protocol: int
    version: str
    """Of the program."""
    surface: str
    """Fingerprint of everything that can be asked."""

    def is_like(self, other: "Hello") -> bool:
        """Do they understand each other?"""
        return self == other


async def knock(link: Link, token: bytes, ours: Hello) -> Hello:
    """Be let in, as a client. Raises AgentGone if nobody answers any more, AgentRefused, Broken."""
    async with asyncio.timeout(PATIENCE):
        nonce = secrets.token_bytes(_NONCE)
        try:
            await link.send(_pack({**_told(ours), "nonce": nonce}))
            first = await link.receive()
        except Broken as error:  # the system takes connections for a process that ends
            raise AgentGone("it hung up before it said a word") from error
        answer = _unpack(first)
        theirs = _hello(answer)
        said = _said(ours, theirs, nonce, answer)
        if not hmac.compare_digest(_proof(token, b"agent", said), _bytes(answer, "proof")):
            raise AgentRefused("it does not know the token")
        await link.send(_pack({"proof": _proof(token, b"client", said)}))
        if _unpack(await _received(link)).get("welcome") is not True:
            raise AgentRefused("not welcome")
    link.longest = LONGEST
    return theirs


async def admit(link: Link, token: bytes, ours: Hello) -> Hello:
    """Let a client in, as the agent. Raises AgentRefused, Broken."""
    async with asyncio.timeout(PATIENCE):
        asked = _unpack(await link.receive())
        theirs = _hello(asked)
        nonce = secrets.token_bytes(_NONCE)
        answer = {**_told(ours), "nonce": nonce}
        said = _said(theirs, ours, _bytes(asked, "nonce"), answer)
        await link.send(_pack({**answer, "proof": _proof(token, b"agent", said)}))
        if not hmac.compare_digest(_proof(token, b"client", said), _bytes(_unpack(await link.receive()), "proof")):
            raise AgentRefused("it does not know the token")
        link.longest = LONGEST
        await link.send(_pack({"welcome": True}))
    return theirs


async def _received(link: Link) -> bytes:
    try:
        return await link.receive()
    except Broken as error:
        raise AgentRefused("it hung up") from error


def _told(hello: Hello) -> dict[str, Any]:
    return {"protocol": hello.protocol, "version": hello.version, "surface": hello.surface}


def _hello(plain: Mapping[str, Any]) -> Hello:
    protocol, version, surface = plain.get("protocol"), plain.get("version"), plain.get("surface")
    if not isinstance(protocol, int) or not isinstance(version, str) or not isinstance(surface, str):
        raise AgentRefused("no hello")
    return Hello(protocol=protocol, version=version, surface=surface)


def _said(client: Hello, agent: Hello, nonce: bytes, answer: Mapping[str, Any]) -> bytes:
    """Everything that both have said, so that nothing of it can be changed on its way."""
    return _pack([_told(client), nonce, _told(agent), _bytes(answer, "nonce")])


def _proof(token: bytes, side: bytes, said: bytes) -> bytes:
    return hmac.new(token, side + b"\0" + said, hashlib.sha256).digest()


def _bytes(plain: Mapping[str, Any], name: str) -> bytes:
    found = plain.get(name)
    if not isinstance(found, bytes) or len(found) != _NONCE:
        raise AgentRefused(f"no {name}")
    return found


def _pack(value: object) -> bytes:
    packed: bytes = msgpack.packb(value)
    return packed


def _unpack(data: bytes) -> Mapping[str, Any]:
    try:
        found = msgpack.unpackb(data)
    except (ValueError, msgpack.UnpackException) as error:
        raise AgentRefused("no message") from error
    if not isinstance(found, dict):
        raise AgentRefused("no message")
    return found
