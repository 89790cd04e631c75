"""Commands allowed at any time: CAPABILITY, NOOP, LOGOUT, ID, ENABLE, IDLE."""

import asyncio

from saasbackup_desktop.sim.imap.commands.command import Command
from saasbackup_desktop.sim.imap.session import Session, Standing
from saasbackup_desktop.sim.imap.wire import Malformed, Words


async def _capability(session: Session, words: Words) -> str:
    words.end()
    session.tell("CAPABILITY " + session.capabilities())
    return "Capability completed"


async def _noop(session: Session, words: Words) -> str:
    words.end()
    return "NOOP completed"


async def _logout(session: Session, words: Words) -> str:
    words.end()
    session.tell("BYE Logging out")
    session.leaving = True
    return "Logout completed"


async def _id(session: Session, words: Words) -> str:
    words.space()
    if not words.take(b"NIL"):
        words.group(lambda: None if words.take(b"NIL") else words.string())
    session.tell('ID ("name" "Pretend IMAP")')
    return "ID completed"


async def _enable(session: Session, words: Words) -> str:
    enabled: list[str] = []
    manners = session.house.manners
    while not words.done:
        words.space()
        wanted = words.atom()
        if wanted not in ("CONDSTORE", "QRESYNC") or not manners.offers(wanted):
            continue
        enabled.append(wanted)
        session.follow_modseq()
        session.qresync = session.qresync or wanted == "QRESYNC"
    session.tell(" ".join(["ENABLED", *enabled]))
    return "Enabled"


async def _idle(session: Session, words: Words) -> str:
    words.end()
    pipe = session.pipe
    pipe.send(b"+ idling\r\n")
    done = asyncio.ensure_future(pipe.line())
    try:
        while True:
            session.stirred.clear()
            session.tell_news(expunge=True)
            await pipe.drain()
            stirred = asyncio.ensure_future(session.stirred.wait())
            await asyncio.wait((done, stirred), return_when=asyncio.FIRST_COMPLETED)
            stirred.cancel()
            if done.done():
                break
        if (await done).upper() != b"DONE":
            raise Malformed("Expected DONE")
    finally:
        done.cancel()
    return "Idle completed"


COMMANDS = {
    "CAPABILITY": Command(_capability, Standing.STRANGER),
    "NOOP": Command(_noop, Standing.STRANGER),
    "CHECK": Command(_noop, Standing.SELECTED),
    "LOGOUT": Command(_logout, Standing.STRANGER),
    "ID": Command(_id, Standing.STRANGER, "ID"),
    "ENABLE": Command(_enable, Standing.SIGNED_IN, "ENABLE"),
    "IDLE": Command(_idle, Standing.SIGNED_IN, "IDLE"),
}
