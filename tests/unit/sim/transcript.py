"""Speak IMAP line by line, and write down the answers so that those of two servers compare."""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from types import TracebackType
from typing import Any, Self

from imapclient.response_parser import parse_fetch_response

_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")
_CODE = re.compile(rb"^(OK|NO|BAD|BYE|PREAUTH)(?: \[([^\]]*)\])?")
_NUMBERED = re.compile(rb"^(\d+) (EXISTS|RECENT|EXPUNGE)")
_SET_OF_FLAGS = re.compile(rb"^(FLAGS|OK \[PERMANENTFLAGS) \(([^)]*)\)")

Answer = list[bytes]
"""One untagged answer: text and literals in turn."""


@dataclass
class Talk:
    """One connection; every step's answers are kept under its name."""

    port: int
    steps: dict[str, list[str]] = field(default_factory=dict)
    validities: dict[bytes, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._socket = socket.create_connection(("127.0.0.1", self.port), 20)
        self._file = self._socket.makefile("rb")
        self._count = 0
        self._read()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._socket.close()

    def _read(self) -> Answer:
        parts = [self._file.readline()]
        while announced := _LITERAL.search(parts[-1]):
            parts.append(self._file.read(int(announced[1])))
            parts.append(self._file.readline())
        if not parts[0]:
            raise ConnectionError("closed")
        return parts

    def say(self, name: str, command: str | bytes, *literals: bytes) -> list[Answer]:
        """Send a command, ``{}`` standing for literals, and note the answers under ``name``."""
        self._count += 1
        tag = b"t%d" % self._count
        raw = command.encode() if isinstance(command, str) else command
        for literal in literals:
            raw = raw.replace(b"{}", b"{%d+}\r\n%b" % (len(literal), literal), 1)
        self._socket.sendall(tag + b" " + raw + b"\r\n")
        return self._collect(name, tag)

    def _collect(self, name: str, tag: bytes) -> list[Answer]:
        answers: list[Answer] = []
        notes: list[str] = []
        while True:
            answer = self._read()
            if answer[0].startswith(b"* "):
                answer[0] = answer[0][2:]
                answers.append(answer)
                notes.append(self._note(answer))
            elif answer[0].startswith(b"+"):
                notes.append("+")
            else:
                notes = [*sorted(each for each in notes if each), "= " + self._note([answer[0][len(tag) + 1 :]])]
                break
        if name:
            assert name not in self.steps
            self.steps[name] = notes
        return answers

    def _validity(self, number: bytes) -> str:
        return self.validities.setdefault(number, f"V{len(self.validities)}")

    def _note(self, answer: Answer) -> str:
        first = answer[0].rstrip(b"\r\n")
        if b" FETCH (" in first:
            return self._fetch(answer)
        if flags := _SET_OF_FLAGS.match(first):
            return f"{flags[1].decode()} {sorted(flags[2].decode().split())}"
        if numbered := _NUMBERED.match(first):
            return numbered.group().decode()
        if status := _CODE.match(first):
            code = self._numbers((status[2] or b"").decode())
            return f"{status[1].decode()} {code}".strip()
        if first.startswith((b"CAPABILITY", b"ID ")):
            return first.split()[0].decode()
        if first.startswith((b"LIST", b"LSUB")):
            flags, rest = first[6:].split(b") ", 1)
            name = answer[1] if len(answer) > 1 else rest
            return f"{first[:4].decode()} {sorted(flags.decode().split())} {_unquoted(name)}"
        whole = b"".join(answer).rstrip(b"\r\n")
        return _unquoted(self._numbers(whole.decode("latin-1")).encode("latin-1"))

    def _numbers(self, code: str) -> str:
        code = re.sub(r"(HIGHESTMODSEQ|MODSEQ) \d+", r"\1 M", code)
        code = re.sub(
            r"(UIDVALIDITY|APPENDUID|COPYUID) (\d+)", lambda m: f"{m[1]} {self._validity(m[2].encode())}", code
        )
        if code.startswith("CLIENTBUG"):  # a remark, nothing else
            return ""
        if code.startswith("CAPABILITY"):
            return "CAPABILITY"
        return re.sub(r"MAILBOXID \([^)]*\)", "MAILBOXID", code)

    def _fetch(self, answer: Answer) -> str:
        raw: list[object] = []
        parts = [answer[0].rstrip(b"\r\n").replace(b" FETCH", b"", 1), *answer[1:]]
        for text, literal in zip(parts[0::2], [*parts[1::2], None], strict=False):
            line = text.rstrip(b"\r\n")
            raw.append(line if literal is None else (line, literal))
        if len(raw) > 1 and raw[-1] == b"":
            raw.pop()
        number, found = next(iter(parse_fetch_response(raw, normalise_times=False, uid_is_key=False).items()))
        words = []
        for name, value in sorted(found.items()):
            if name != b"SEQ":
                words.append(f"{name.decode()}={_plain(name, value)!r}")
        return f"{number} FETCH " + " ".join(words)


def _plain(name: bytes, value: Any) -> object:
    if name == b"FLAGS":
        return sorted(value)
    if name == b"INTERNALDATE":
        return value.astimezone(UTC).isoformat()
    if name == b"ENVELOPE":
        return f"{value.date and value.date.isoformat()} {str(value).partition('subject=')[2]}"
    return "M" if name == b"MODSEQ" else value


def _unquoted(text: bytes) -> str:
    """Drop the quotes that servers may set or leave out."""
    return re.sub(rb'"([^" ]*)"', rb"\1", text).decode("latin-1")


def highest(answers: Iterable[Answer]) -> int:
    """Find the HIGHESTMODSEQ among answers."""
    for answer in answers:
        found = re.search(rb"HIGHESTMODSEQ (\d+)", answer[0])
        if found:
            return int(found[1])
    raise AssertionError("no HIGHESTMODSEQ")


def validity(answers: Iterable[Answer]) -> int:
    """Find the UIDVALIDITY among answers."""
    for answer in answers:
        found = re.search(rb"UIDVALIDITY (\d+)", answer[0])
        if found:
            return int(found[1])
    raise AssertionError("no UIDVALIDITY")
