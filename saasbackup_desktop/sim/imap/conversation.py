"""Lead one conversation: hear a command, let faults strike, carry it out, answer."""

import asyncio

from saasbackup_desktop.sim.imap.commands import COMMANDS
from saasbackup_desktop.sim.imap.commands.command import Command
from saasbackup_desktop.sim.imap.faults import GREETING, Act, Alert, Bye, Drop, Refuse, Renumber, Slow
from saasbackup_desktop.sim.imap.pipe import Gone, TooBig
from saasbackup_desktop.sim.imap.session import Refusal, Session, Standing
from saasbackup_desktop.sim.imap.state import Impossible
from saasbackup_desktop.sim.imap.wire import LITERAL, Malformed, Words

_SECRET = ("LOGIN", "AUTHENTICATE")


async def converse(session: Session) -> None:
    """Talk to a client until it or the server leaves."""
    try:
        await _greet(session)
        while not session.leaving:
            await session.pipe.drain()
            await _exchange(session)
            if session.starting_tls:
                await _encrypt(session)
    except Gone:
        return
    finally:
        session.part()


async def _greet(session: Session) -> None:
    user = session.house.manners.greeting_user
    await _suffer(session, session.house.faults.take(GREETING), "*")
    if user:
        session.sign_in(user)
    word = "PREAUTH" if user else "OK"
    session.tell(f"{word} [CAPABILITY {session.capabilities()}] Pretend server ready.")


async def _encrypt(session: Session) -> None:
    session.starting_tls = False
    await session.pipe.drain()
    if session.house.encrypt is not None:
        await session.house.encrypt(session.pipe)
    session.encrypted = True


def _largest(session: Session, text: bytes) -> int | None:
    verb = text.upper().split(b" ", 2)[1:2]
    if verb == [b"APPEND"]:
        return session.house.manners.append_limit
    return 64 * 1024 if session.standing is Standing.STRANGER else None


async def _exchange(session: Session) -> None:
    pipe = session.pipe
    try:
        tag, words = await pipe.command(lambda text: _largest(session, text))
    except TooBig as big:
        pipe.send(f"{big} NO [TOOBIG] Message size exceeds the limit\r\n".encode())
        return
    except Malformed as error:
        pipe.send(f"* BAD {error}\r\n".encode())
        return
    session.tag, session.code = tag, ""
    try:
        name = words.atom()
        if name == "UID":
            words.space()
            name = "UID " + words.atom()
        _note(session, name, words)
        if await _suffer(session, session.house.faults.take(name), tag):
            return
        text = await _carry_out(session, name, words)
        answer = "OK"
    except Refusal as refusal:
        answer, session.code, text = "NO", refusal.code, str(refusal)
    except Impossible as impossible:
        answer, session.code, text = "NO", impossible.code, str(impossible)
    except Malformed as error:
        answer, session.code, text = "BAD", "", str(error)
    code = f"[{session.code}] " if session.code else ""
    pipe.send(f"{tag} {answer} {code}{text}.\r\n".encode("utf-8", "replace"))
    pipe.cut_after = None


def _note(session: Session, name: str, words: Words) -> None:
    rest = b" ..." if name in _SECRET else words.text[words.position :].replace(LITERAL, b"{}")
    session.house.tally.commands.append(name + rest.decode("utf-8", "replace"))


async def _carry_out(session: Session, name: str, words: Words) -> str:
    command: Command | None = COMMANDS.get(name)
    if command is None or not session.house.manners.offers(command.capability):
        raise Malformed(f"Unknown command {name}")
    if session.standing < command.standing:
        raise Malformed("No mailbox selected" if session.standing else "Please authenticate first")
    if name in (*_SECRET, "STARTTLS") and session.standing is not Standing.STRANGER:
        raise Malformed("Already logged in")
    text = await command.run(session, words)
    session.tell_news(expunge=command.moves_numbers)
    return text


async def _suffer(session: Session, act: Act | None, tag: str) -> bool:
    """Let a fault strike; True when nothing is left to do for the command."""
    pipe = session.pipe
    match act:
        case Drop(after_bytes):
            pipe.cut_after = after_bytes
            if after_bytes == 0:
                raise Gone
        case Bye(text):
            session.tell(f"BYE {text}")
            raise Gone
        case Refuse(code, text, answer):
            pipe.send(f"{tag} {answer} {f'[{code}] ' if code else ''}{text}\r\n".encode())
            return True
        case Slow(seconds):
            await asyncio.sleep(seconds)
        case Renumber(path):
            session.mailbox.renumber(path)
        case Alert(text):
            session.tell(f"OK [ALERT] {text}")
        case None:
            pass
    return False
