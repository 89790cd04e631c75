"""What comes back is what was there: every byte, flag, keyword and date, under every folder name."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest
from imapclient.exceptions import IMAPClientError

from saasbackup_desktop.sim.letter import Letter
from saasbackup_desktop.sim.letters import letters
from tests.corpora import Corpora
from tests.end2end.conftest import Home, imap, new_home
from tests.servers.contents import Message, contents, letters_in
from tests.servers.dovecot import Dovecot, User

GENERATED = int(os.environ.get("SAASBACKUP_LETTERS", "1500"))
"""Set it to 20000 for the whole proof."""
AWKWARD = (
    "Häufig & schön",
    "日本語/フォルダー",
    "~peter",
    "Trailing ",
    "quote \" and ' and back\\slash",
    "100% [x] (y) {z} <w>",
    "&- & &",
    "a.b.c",
    "*star-not",
    "Ω" * 40,
)
_FLAGS = (
    ("\\Seen",),
    (),
    ("\\Seen", "\\Flagged"),
    ("\\Answered", "$Forwarded"),
    ("Invoice", "\\Draft"),
    ("\\Deleted",),
)
_RESTORE = ("restore", "office", "--to-source", "other", "--folder", "original", "--mode", "skip")
_ZONES = (0, 60, -300, 330, 765)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """A server that keeps bare carriage returns; by default Dovecot drops one at the end of a message."""
    with Dovecot(extra="mail_save_crlf = yes\n") as server:
        yield server


class Backed(NamedTuple):
    """A mailbox that nobody writes to any more, what it holds, and a home with its backup."""

    home: Home
    user: User
    there: Mapping[str, Counter[Message]]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Backed:
    """A backup of generated letters in awkward folders."""
    user = dovecot.fresh()
    written = letters("faithful", GENERATED, clean=True)
    folders = ("INBOX", "Archive", *_makeable(dovecot, user))
    for number, folder in enumerate(folders):
        share = islice(written, GENERATED // len(folders) + (number < GENERATED % len(folders)))
        dovecot.deliver(user, folder, share)
    home = _backed_up(tmp_path_factory.mktemp("generated"), dovecot, user)
    return Backed(home, user, contents(dovecot, user))


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot, corpora: Corpora) -> Backed:
    """A backup of every real message that the server takes."""
    user = dovecot.fresh()
    samples = [_dressed(number, sample.read()) for number, sample in enumerate(corpora.messages())]
    refused = 0
    for first in range(0, len(samples), 200):
        batch = samples[first : first + 200]
        try:
            dovecot.deliver(user, f"Samples/{first // 1000}", batch)
        except IMAPClientError:
            refused += _one_by_one(dovecot, user, f"Samples/{first // 1000}", batch)
    print(f"{len(samples)} real messages, {refused} refused by the server")
    assert refused < len(samples) / 20
    home = _backed_up(tmp_path_factory.mktemp("sampled"), dovecot, user)
    return Backed(home, user, contents(dovecot, user))


def test_every_generated_letter_comes_back(generated: Backed, dovecot: Dovecot) -> None:
    home, _, there = generated
    other = dovecot.fresh()
    home.succeed(*imap(dovecot, other, "other", home))
    home.succeed(*_RESTORE)
    here = contents(dovecot, other)
    assert sum(map(Counter.total, there.values())) == GENERATED
    assert {name: here.get(name) for name in there} == there
    assert home.succeed(*_RESTORE, "--json").of("job")[0]["state"] == "done"
    assert contents(dovecot, other) == here


def test_every_real_message_comes_back_or_is_named(sampled: Backed, dovecot: Dovecot) -> None:
    """A few have line ends that the server writes anew at every append: those, and only those, are said to differ."""
    home, user, there = sampled
    other = dovecot.fresh()
    home.succeed(*imap(dovecot, other, "other", home))
    ended = home.run(*_RESTORE, "--json")
    here = contents(dovecot, other)
    differing = {name: there[name] - here[name] for name in there}
    rewritten = {message.sha256 for messages in differing.values() for message in messages}
    failures = ended.of("failure")
    assert len(failures) == sum(map(Counter.total, differing.values()))
    assert {failure["code"] for failure in failures} <= {"not-verified"}
    assert ended.code == (3 if failures else 0)
    assert {name: here[name].total() for name in there} == {name: there[name].total() for name in there}
    assert len(rewritten) < 50

    apart = dovecot.fresh()
    once_more = [
        letter
        for _, letter in letters_in(dovecot, user)
        if letter is not None and hashlib.sha256(letter.data).hexdigest() in rewritten
    ]
    dovecot.deliver(apart, "INBOX", once_more)
    assert not rewritten & {message.sha256 for message in contents(dovecot, apart)["INBOX"]}


@pytest.mark.parametrize("kind", ["generated", "sampled"])
def test_cat_gives_the_original_bytes(kind: str, request: pytest.FixtureRequest) -> None:
    home, _, there = request.getfixturevalue(kind)
    folder = max(there, key=lambda name: len(there[name]))
    items = home.succeed("ls", f"office:{folder}", "--json").of("item")
    assert Counter(item["sha256"] for item in items) == Counter(message.sha256 for message in there[folder].elements())
    for item in items[:: max(1, len(items) // 12)]:
        assert hashlib.sha256(home.succeed("cat", item["id"]).out).hexdigest() == item["sha256"]


@pytest.mark.parametrize("kind", ["generated", "sampled"])
def test_vault_is_whole(kind: str, request: pytest.FixtureRequest) -> None:
    home, _, _ = request.getfixturevalue(kind)
    home.succeed("vault", "check", "--read-data", "100")


def test_what_a_server_rewrites_is_told_and_not_doubled(tmp_path: Path, dovecot: Dovecot) -> None:
    user = dovecot.fresh()
    odd = b"Subject: ends oddly\r\nMessage-ID: <odd@example.org>\r\n\r\ntext\r"
    dovecot.deliver(user, "INBOX", [_dressed(0, odd), _dressed(1, b"A: b\r\n\r\nc\r\n")])
    home = _backed_up(tmp_path, dovecot, user)
    with Dovecot() as careless:
        other = careless.fresh()
        home.succeed(*imap(careless, other, "careless", home))
        for _ in range(2):
            ended = home.run("restore", "office", "--to-source", "careless", "--folder", "original", "--mode", "skip")
            assert ended.code == 3
            assert "ends oddly" in ended.text + ended.err
            assert "rewrote" in ended.text + ended.err
            assert contents(careless, other)["INBOX"].total() == 2


def _backed_up(folder: Path, server: Dovecot, user: User) -> Home:
    home = new_home(folder)
    home.succeed(*imap(server, user, "office", home))
    home.succeed("backup")
    return home


def _makeable(server: Dovecot, user: User) -> list[str]:
    """Those of the awkward names that the server allows."""
    made = []
    with server.connect(user) as client:
        for name in AWKWARD:
            try:
                client.create_folder(name)
            except IMAPClientError:
                continue
            made.append(name)
    assert len(made) > len(AWKWARD) / 2
    return made


def _dressed(number: int, data: bytes) -> Letter:
    zone = timezone(timedelta(minutes=_ZONES[number % len(_ZONES)]))
    moment = datetime(2003, 2, 1, tzinfo=zone) + timedelta(hours=7 * number, seconds=number % 60)
    return Letter(data, frozenset(_FLAGS[number % len(_FLAGS)]), moment)


def _one_by_one(server: Dovecot, user: User, folder: str, batch: list[Letter]) -> int:
    refused = 0
    for letter in batch:
        try:
            server.deliver(user, folder, [letter])
        except IMAPClientError:
            refused += 1
    return refused
