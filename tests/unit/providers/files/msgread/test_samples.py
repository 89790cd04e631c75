"""Files of one item that Outlook and other programs made: what other readers find in them is found."""

import email
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

import pytest

from saasbackup_desktop.core.errors import ArchiveUnreadable
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.found import Found
from saasbackup_desktop.providers.files.msgread import read
from saasbackup_desktop.providers.files.pstread import losses
from saasbackup_desktop.providers.formats.graph.reading import describe
from tests.corpora import Corpora

_ATTACKS: Final = int(os.environ.get("SAASBACKUP_ATTACKS", "40"))
_SERVICES: Final = {
    "IPM.Appointment": Service.CALENDAR,
    "IPM.Contact": Service.CONTACTS,
    "IPM.Task": Service.TASKS,
    "IPM.StickyNote": Service.NOTES,
}
_WRONG: Final = {"ASCII_CP1251_LCID1049.msg", "HTMLBodyBinary_CP1251.msg"}
"""The other reader does not go by their code page."""


@pytest.fixture(scope="module")
def samples(corpora: Corpora) -> dict[str, Path]:
    return {one.name: one.path for one in corpora.samples("msg") if one.path.suffix in (".msg", ".oft")}


@pytest.fixture(scope="module")
def items(samples: dict[str, Path]) -> dict[str, Found]:
    return {name: _read(path) for name, path in samples.items()}


def _read(path: Path) -> Found:
    found = read(path, ("Old",), path.name, frozenset(Service))
    assert found is not None
    return found


def _mail(found: Found) -> EmailMessage:
    message = email.message_from_bytes(found.data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return part.get_content() if part else ""


def _files(message: EmailMessage) -> Counter[tuple[str, int]]:
    """Names and sizes of all files but messages."""
    found: Counter[tuple[str, int]] = Counter()
    for part in message.walk():
        name, data = part.get_filename(), part.get_payload(decode=True)
        if name and isinstance(data, bytes) and part.get_content_type() != "text/calendar":
            found[name, len(data)] += 1
    return found


def _letters(text: str) -> str:
    return "".join(text.replace("\0", "").split())


def test_every_sample_is_read_and_shown(items: dict[str, Found]) -> None:
    for name, one in items.items():
        assert not set(one.lost) - {losses.RICH_TEXT, losses.OLE_AS_FILE, losses.ZONE_UNKNOWN}, name
        if one.service is not Service.MAIL:
            assert json.loads(one.data), name
            assert describe(one.service, one.data).name or one.name == "" or one.service is Service.NOTES, name
    assert Counter(one.service for one in items.values()) == {
        Service.MAIL: 55,
        Service.CALENDAR: 12,
        Service.NOTES: 3,
        Service.CONTACTS: 1,
        Service.TASKS: 1,
    }


def test_what_extract_msg_finds_is_found(items: dict[str, Found], corpora: Corpora) -> None:
    compared = Counter[str]()
    for line in (corpora.folder / "oracles" / "msg-extract_msg.jsonl").read_text().splitlines():
        said = json.loads(line)
        found = items.get(said["path"])
        if found is None or "error" in said:
            continue
        kind = said["cls"].rstrip("\0")
        assert found.service is _SERVICES.get(kind, Service.MAIL), said["path"]
        compared["read"] += 1
        if found.service is not Service.MAIL:
            continue
        _compare(_mail(found), found, said, compared)
    assert compared["read"] > 45
    assert compared["dates"] > 25
    assert compared["files"] > 20


def _compare(message: EmailMessage, found: Found, said: dict[str, Any], compared: Counter[str]) -> None:
    path = said["path"]
    if Path(path).name not in _WRONG:
        assert _letters(found.name) == _letters(said["subject"] or ""), path
        assert _letters(str(message["Subject"] or "")) == _letters(said["subject"] or ""), path
    if (said["message_id"] or "").strip():
        assert message["Message-ID"].strip() == said["message_id"].strip(), path
    if said["date"] not in (None, "None") and message["Date"]:
        compared["dates"] += 1
        apart = parsedate_to_datetime(message["Date"]) - datetime.fromisoformat(said["date"])
        assert abs(apart.total_seconds()) <= 1, path
    wanted = Counter((name, size) for name, kind, size in said["attachments"] if kind == "Attachment" and name)
    assert not wanted - _files(message), path
    compared["files"] += wanted.total()
    inner = sum(kind == "EmbeddedMsgAttachment" for _, kind, _ in said["attachments"])
    there = sum(part.get_content_type() == "message/rfc822" for part in message.iter_attachments())
    assert there >= inner, path


def _twins(samples: dict[str, Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What msgreader finds in its own samples."""
    for name, path in samples.items():
        twin = path.with_suffix(".json")
        if twin.exists():
            yield name, json.loads(twin.read_text())


def test_what_msgreader_finds_is_found(samples: dict[str, Path], items: dict[str, Found]) -> None:
    compared = Counter[str]()
    for name, said in _twins(samples):
        found = items[name]
        compared["read"] += 1
        assert found.name.strip() == said.get("subject", "").strip(), name
        if found.service is Service.CALENDAR:
            _compare_event(json.loads(found.data), said, compared)
            continue
        if found.service is not Service.MAIL:
            continue
        flags = said.get("messageFlags", 1)
        assert ("\\Draft" in found.flags, "\\Seen" in found.flags) == (bool(flags & 8), bool(flags & 1)), name
        _compare_message(_mail(found), said, name, compared)
    assert compared["read"] == 16
    assert compared["messages"] == 28
    assert compared["recipients"] > 20
    assert compared["series"] == 7


def _compare_message(message: EmailMessage, said: dict[str, Any], name: str, compared: Counter[str]) -> None:
    compared["messages"] += 1
    if said.get("body"):
        assert _letters(_plain(message)) == _letters(said["body"]), name
    wanted = [one.get("smtpAddress") or one.get("email", "") for one in said["recipients"]]
    shown = " ".join(str(message[field] or "") for field in ("To", "Cc", "Bcc"))
    for address in wanted:
        if "@" in address:
            compared["recipients"] += 1
            assert address.lower() in shown.lower(), name
    inner = [one["innerMsgContentFields"] for one in said["attachments"] if one.get("innerMsgContent")]
    there = [part.get_content() for part in message.iter_attachments() if part.get_content_type() == "message/rfc822"]
    assert len(there) == len(inner), name
    for one, wanted_inner in zip(there, inner, strict=True):
        assert isinstance(one, EmailMessage)
        assert _letters(str(one["Subject"] or "")) == _letters(wanted_inner.get("subject", "")), name
        _compare_message(one, wanted_inner, name, compared)


def _compare_event(plain: dict[str, Any], said: dict[str, Any], compared: Counter[str]) -> None:
    compared["series"] += "recurrence" in plain
    assert _letters(plain["body"]["content"]) == _letters(said.get("body", ""))
    if "recurrence" not in plain and "apptStartWhole" in said and not plain.get("isAllDay"):
        start = parsedate_to_datetime(said["apptStartWhole"])
        assert plain["start"]["dateTime"].startswith(start.strftime("%Y-%m-%dT%H:%M"))


def test_a_file_that_is_cut_keeps_what_was_before(samples: dict[str, Path], tmp_path: Path) -> None:
    """Files of Outlook's begin with what is said of them."""
    path = next(path for name, path in samples.items() if name.endswith("TxtSampleEmailWithAttachment.msg"))
    whole = _read(path)
    for share in (0.95, 0.7, 0.5):
        cut = tmp_path / "cut.msg"
        cut.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        found = _read(cut)
        assert found.name == whole.name
        assert {losses.ATTACHMENT_DAMAGED, losses.FILE_DAMAGED} & set(found.lost)
    cut.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ArchiveUnreadable, match="compound"):
        _read(cut)


def test_files_that_are_damaged_anywhere_are_read_as_far_as_they_go(samples: dict[str, Path], tmp_path: Path) -> None:
    chance = random.Random(7)
    small = [path for _, path in sorted(samples.items()) if path.stat().st_size < 60_000]
    outcomes = Counter[str]()
    target = tmp_path / "odd.msg"
    for _ in range(_ATTACKS):
        data = bytearray(chance.choice(small).read_bytes())
        for _ in range(chance.choice((1, 3, 20, 100))):
            _damage(data, chance)
        target.write_bytes(data)
        try:
            found = _read(target)
        except ArchiveUnreadable as fault:
            outcomes[str(fault.facts["reason"])] += 1
        else:
            outcomes["read"] += 1
            assert len(found.data) + sum(map(len, found.parts.values())) < 30 << 20
    assert set(outcomes) <= {"read", "damaged", "unlike"}
    assert outcomes["read"] > _ATTACKS // 4


def _damage(data: bytearray, chance: random.Random) -> None:
    """Numbers of sectors, bits, sectors and entries of the directory that stand where others stood, and ends."""
    at = chance.randrange(44, len(data))
    match chance.randrange(6):
        case 0:
            data[at] = chance.randrange(256)
        case 1:
            odd = chance.choice((0, 1, 0xFFFFFFFE, 0xFFFFFFFF, 0x7FFFFFFF, chance.randrange(len(data) // 512)))
            data[at : at + 4] = odd.to_bytes(4, "little")
        case 2 | 3 as case:
            size = 512 if case == 2 else 128
            here, there = (max(512, chance.randrange(len(data))) // size * size for _ in range(2))
            data[here : here + size] = data[there : there + size]
        case 4:
            data[at] ^= 1 << chance.randrange(8)
        case _:
            if chance.random() < 0.1 and len(data) > 4096:
                del data[chance.randrange(len(data) // 2, len(data)) :]
