"""Mail that went into an Outlook data file and out again says the same.

``SAASBACKUP_MAILS=all`` sends all samples through (half a minute); ``SAASBACKUP_SEED`` picks others.
"""

import base64
import email
import hashlib
import os
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import Message as Parsed
from pathlib import Path

import pytest

from saasbackup_desktop.providers.files.found import Found
from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.mapi.states import State
from saasbackup_desktop.providers.formats.headers import header_end
from tests.corpora import Corpora, Sample
from tests.unit.providers.files.pstread.roundtrip import differences, state, through

MANY = os.environ.get("SAASBACKUP_MAILS", "60")
SEED = int(os.environ.get("SAASBACKUP_SEED", "7"))
_STATE = State(
    flags=("\\Answered", "\\Flagged", "\\Seen"), received=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), labels=("A", "Ü")
)
_SHAPED = {losses.PART_BROKEN, losses.CHARSET_UNFIT, losses.CHARSET_UNKNOWN, losses.PARTIAL, losses.TOO_DEEP}
"""Messages that are not in order: what was made of them is kept, and not what they were made of."""


def _chosen(corpora: Corpora) -> Sequence[Sample]:
    samples = list(corpora.messages())
    return samples if MANY == "all" else random.Random(SEED).sample(samples, int(MANY))


def test_samples_say_the_same_afterwards(corpora: Corpora, tmp_path: Path) -> None:
    samples = _chosen(corpora)
    before = [mail(sample.read(), _STATE) for sample in samples]
    odd = {}
    for sample, message, found in zip(samples, before, through(tmp_path / "mail.pst", before), strict=True):
        if found is None:
            continue
        assert isinstance(found, Found), sample.name
        assert not found.lost, sample.name
        wrong = list(differences(message, mail(found.data, state(found))))
        if wrong and not _SHAPED & set(message.losses):
            odd[sample.name] = wrong
    assert len(odd) <= len(samples) // 50, odd


def test_what_was_read_stays_as_it_is_from_then_on(corpora: Corpora, tmp_path: Path) -> None:
    samples = _chosen(corpora)[:25]
    once = through(tmp_path / "one.pst", [mail(sample.read(), _STATE) for sample in samples])
    first = [found for found in once if isinstance(found, Found)]
    again = through(tmp_path / "two.pst", [mail(found.data, state(found)) for found in first])
    for one, other in zip(first, again, strict=True):
        assert isinstance(other, Found)
        assert (other.data, other.flags, other.facets, other.time) == (one.data, one.flags, one.facets, one.time)


def _one(tmp_path: Path, data: bytes, said: State = _STATE) -> Found:
    (found,) = through(tmp_path / "one.pst", [mail(data, said)])
    assert isinstance(found, Found)
    return found


_HEAD = (
    b"Received: from a.example by b.example; Mon, 6 May 2024 07:08:09 +0000\r\n"
    b"From: Anna <anna@example.org>\r\nTo: =?utf-8?B?w5xuw7Y=?= <b@example.org>,\r\n c@example.org\r\n"
    b"Subject: Re: Good\r\n  day\r\nDate: Mon, 6 May 2024 09:08:07 +0200\r\nMessage-ID: <1@example.org>\r\n"
    b"X-Own: kept as it is\r\n"
)


def test_headers_stay_as_they_came(tmp_path: Path) -> None:
    data = _HEAD + b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
    found = _one(tmp_path, data)
    assert found.data.startswith(_HEAD)
    assert found.data.endswith(b"\r\n\r\nHello\r\n")
    assert (found.time, found.flags) == (1714979289, ("\\Answered", "\\Flagged", "\\Seen"))
    assert found.facets["categories"] == "A\nÜ"


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_signed_mail_can_be_verified_afterwards(tmp_path: Path, newline: bytes) -> None:
    signed = (
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;\r\n\tboundary="b"\r\n'
        b"\r\nThis is signed.\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nexactly  this \r\n\r\n--b\r\n"
        b"Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"
    )
    data = (_HEAD + signed).replace(b"\r\n", newline)
    found = _one(tmp_path, data)
    assert found.data[header_end(found.data) :] == data[header_end(data) :]
    if newline == b"\r\n":
        assert found.data == data


def test_encrypted_mail_stays_byte_for_byte(tmp_path: Path) -> None:
    content = bytes(range(256)) * 3
    lines = base64.encodebytes(content).replace(b"\n", b"\r\n")
    data = (
        _HEAD
        + b"MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n"
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + lines
    )
    assert _one(tmp_path, data).data == data


def _leaves(parsed: Parsed) -> list[tuple[str, str | None, str]]:
    return [
        (part.get_content_type(), part.get_filename(), hashlib.sha256(part.get_payload(decode=True) or b"").hexdigest())
        for part in parsed.walk()
        if not part.is_multipart()
    ]


def test_texts_pictures_files_and_messages_stay_what_they_are(tmp_path: Path) -> None:
    data = _HEAD + (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="m"\r\n\r\n'
        b'--m\r\nContent-Type: multipart/alternative; boundary="a"\r\n\r\n'
        b"--a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        b"Gr\xc3\xbc\xc3\x9fe\r\n"
        b'--a\r\nContent-Type: multipart/related; boundary="r"\r\n\r\n'
        b'--r\r\nContent-Type: text/html\r\n\r\n<p>Gr&uuml;&szlig;e! <img src="cid:p@x"></p>\r\n'
        b"--r\r\nContent-Type: image/png; name=p.png\r\nContent-ID: <p@x>\r\nContent-Disposition: inline\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n--a--\r\n"
        b"--m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n"
        b"--m\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@example.org\r\nSubject: inner\r\n"
        b"Date: Mon, 6 May 2024 01:00:00 +0000\r\n\r\nwithin\r\n--m--\r\n"
    )
    found = _one(tmp_path, data)
    parsed = email.message_from_bytes(found.data)
    kinds = [part.get_content_type() for part in parsed.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
        "message/rfc822",
        "text/plain",
    ]
    own, theirs = _leaves(email.message_from_bytes(data)), _leaves(parsed)
    assert [one[1:] for one in own if one[1]] == [one[1:] for one in theirs if one[1]]
    assert "Grüße" in parsed.get_payload()[0].get_payload()[0].get_payload(decode=True).decode()
    assert parsed.get_payload()[2].get_payload()[0]["Subject"] == "inner"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("text/plain (a comment!)", "text/plain"),
        ("text/plain charset=us-ascii", "text/plain"),
        ("message/rfc822 content-type: text/plain", "application/octet-stream"),
        ("multipart/mixed; boundary=none", "application/octet-stream"),
        ("nonsense", "text/plain"),
        ("image/svg+xml", "image/svg+xml"),
    ],
)
def test_what_is_no_type_stays_what_it_became(tmp_path: Path, said: str, kept: str) -> None:
    data = (
        _HEAD
        + (
            b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="m"\r\n\r\n'
            b"--m\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
            b"--m\r\nContent-Type: %b\r\nContent-Disposition: attachment; filename=a.bin\r\n\r\nwhatever\r\n--m--\r\n"
        )
        % said.encode()
    )
    before = mail(data, _STATE)
    found = _one(tmp_path, data)
    assert list(differences(before, mail(found.data, state(found)))) == []
    assert [part.get_content_type() for part in email.message_from_bytes(found.data).walk()][2:] == [kept]


def test_a_draft_without_headers_gets_them(tmp_path: Path) -> None:
    made = mail(b"From: a@example.org\r\nTo: B <b@example.org>\r\nBcc: c@example.org\r\nSubject: x\r\n\r\nText\r\n")
    kept = {tag: value for tag, value in made.properties.items() if tag.id != 0x007D}
    (found,) = through(
        tmp_path / "draft.pst", [type(made)(properties=kept, recipients=made.recipients, attachments=())]
    )
    assert isinstance(found, Found)
    parsed = email.message_from_bytes(found.data)
    assert (parsed["From"], parsed["To"], parsed["Bcc"], parsed["Subject"]) == (
        "a@example.org",
        "B <b@example.org>",
        "c@example.org",
        "x",
    )


def test_a_header_section_that_says_not_who_wrote_is_completed(tmp_path: Path) -> None:
    made = mail(b"From: a@example.org\r\nTo: B <b@example.org>\r\nSubject: x\r\nX-Own: 1\r\n\r\nText\r\n", _STATE)
    kept = {tag: "X-Own: 1\r\n" if tag.id == 0x007D else value for tag, value in made.properties.items()}
    (found,) = through(tmp_path / "part.pst", [type(made)(properties=kept, recipients=made.recipients, attachments=())])
    assert isinstance(found, Found)
    parsed = email.message_from_bytes(found.data)
    assert {name: parsed[name] for name in ("From", "To", "Subject", "X-Own", "Date")} == {
        "From": "a@example.org",
        "To": "B <b@example.org>",
        "Subject": "x",
        "X-Own": "1",
        "Date": "Mon, 06 May 2024 07:08:09 +0000",
    }


def test_a_mark_before_the_first_field_hides_none(tmp_path: Path) -> None:
    marked = mail(b"\xef\xbb\xbfFrom: Ann <ann@b.example>\r\nSubject: Marked\r\n\r\nText\r\n", _STATE)
    assert marked.properties[tags.SENDER_ADDRESS] == "ann@b.example"
    (found,) = through(tmp_path / "mail.pst", [marked])
    assert isinstance(found, Found)
    assert list(differences(marked, mail(found.data, state(found)))) == []


def test_a_stray_return_in_a_field_begins_no_other_one(tmp_path: Path) -> None:
    said = mail(b"To: bea@b.example\r\nX-Said: one\rFrom: Mallory\r\nSubject: Two\r\n\r\nText\r\n", _STATE)
    (found,) = through(tmp_path / "mail.pst", [said])
    assert isinstance(found, Found)
    assert list(differences(said, mail(found.data, state(found)))) == []
    assert email.message_from_bytes(found.data)["From"] is None
