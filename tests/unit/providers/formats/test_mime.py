"""What a message says of itself."""

import hashlib

import pytest

from saasbackup_desktop.providers.formats.description import LONGEST_TEXT
from saasbackup_desktop.providers.formats.mime import describe
from tests.corpora import Corpora

SIMPLE = (
    b"From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.org>\r\n"
    b"To: Anna <anna@example.org>,\r\n\tBen <ben@example.org>\r\n"
    b"Subject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\n =?utf-8?B?IGF1cyA=?= =?utf-8?B?Qm9ubg==?=\r\n"
    b"Date: Tue, 05 Mar 2024 14:30:10 +0100 (CET)\r\n"
    b"Message-ID: <1@example.org>\r\n"
    b"\r\n"
    b"Hello, world\r\n"
)


def test_a_plain_message() -> None:
    said = describe(SIMPLE)
    assert said.name == "Grüße aus Bonn"
    assert said.text == "Hello, world"
    assert dict(said.facets) == {
        "from": "Jörg <joerg@example.org>",
        "to": "Anna <anna@example.org>, Ben <ben@example.org>",
        "date": "2024-03-05T14:30:10+01:00",
        "message-id": "<1@example.org>",
        "header": hashlib.sha256(SIMPLE[: SIMPLE.index(b"Hello")]).hexdigest(),
    }


def multipart(kind: str, *parts: bytes) -> bytes:
    """Put parts together."""
    inner = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/" + kind.encode() + b'; boundary="edge"\r\n\r\n' + inner + b"--edge--\r\n"


def test_attached_files_are_named_and_attached_messages_read() -> None:
    nested = b"Content-Type: message/rfc822\r\n\r\nSubject: the inner one\r\n\r\ninner words"
    file = b"Content-Type: application/pdf; name*0*=utf-8''R%C3%A9su; name*1*=m%C3%A9.pdf\r\n\r\nx"
    other = b'Content-Disposition: attachment; filename="=?utf-8?Q?=C3=BCber.txt?="\r\n\r\nnot read'
    said = describe(multipart("mixed", b"\r\nouter words", file, other, nested))
    assert said.attachments == "Résumé.pdf\nüber.txt"
    assert said.facets["attachments"] == said.attachments
    assert said.text.split("\n") == ["outer words", "the inner one", "inner words"]


def test_of_alternatives_the_plain_one_is_read_unless_it_says_little() -> None:
    page = b"<style>p {}</style><p>one&nbsp;<b>tw</b>o</p><p>\xc3\xa9t\xc3\xa9</p>"
    html = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page
    assert describe(multipart("alternative", b"\r\n" + b"plain " * 50, html)).text == ("plain " * 50).strip()
    assert describe(multipart("alternative", b"\r\nsee HTML", html)).text == "see HTML\none two\nété"


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("utf-8", b"\xc3\xa9", "é"),
        ("no-such-thing", b"\xe9", "é"),
        ("base64", b"\xe9", "é"),
        ("us-ascii", b"\xe9", "é"),
        ("gb2312", "你好".encode("gbk"), "你好"),
        ("ks_c_5601-1987", "안녕".encode("cp949"), "안녕"),
        ("utf-7", b"+2AA-", "?"),
    ],
)
def test_charsets(charset: str, raw: bytes, text: str) -> None:
    assert describe(b"Content-Type: text/plain; charset=" + charset.encode() + b"\n\n" + raw).text == text


def test_stray_bytes_in_a_header_are_in_the_charset_of_the_text() -> None:
    subject = "Greetings 안녕".encode("cp949")
    text = b"Content-Type: text/plain; charset=euc-kr\n\nx"
    assert describe(b"Subject: " + subject + b"\n" + text).name == "Greetings 안녕"
    assert describe(b"Subject: " + subject + b"\n" + multipart("mixed", text)).name == "Greetings 안녕"
    assert describe("Subject: Grüße\n".encode() + text).name == "Grüße"
    assert describe("Subject: Grüße\n\n".encode("latin-1")).name == "Grüße"


def test_lines_may_end_as_they_like() -> None:
    for end in (b"\r", b"\n", b"\r\n"):
        said = describe(end.join((b"Subject: a", b" b", b"", b"text")))
        assert (said.name, said.text) == ("a b", "text")


@pytest.mark.parametrize(
    ("date", "iso"),
    [
        (b"Fri, 31 Feb 2024 10:00:00 +0000", ""),
        (b"1 Jan 70 00:00 GMT", "1970-01-01T00:00:00+00:00"),
        (b"Mon, 1 Jan 2024 23:59:60 -0330", "2024-01-01T23:59:59-03:30"),
        (b"yesterday", ""),
        (b"Mon, 1 Jan 2024 10:00:00 +9999", ""),
        (b"", ""),
    ],
)
def test_dates(date: bytes, iso: str) -> None:
    assert describe(b"Date: " + date + b"\n\n").facets.get("date", "") == iso


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"\0\0\0",
        b"Subject: =?utf-8?B?a?= =?x?Q?=?= =??b??=\n\n",
        b"Content-Type: multipart/mixed; boundary=\n\n--\n",
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n--a\n--a",
        b"Content-Type: text/plain; charset*1*=x; charset*99999=\n\n",
        b"Content-Transfer-Encoding: base64\n\n=a=bc===d\xff",
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 2000,
        b"Content-Type: text/html\n\n" + b"<div>" * 20_000,
        b"Content-Type: message/rfc822\n\n" * 100,
        b"a" * 100_000,
    ],
)
def test_nothing_is_too_odd(data: bytes) -> None:
    describe(data).text.encode()


def test_text_has_an_end() -> None:
    assert len(describe(b"\n" + b"word " * 200_000).text) <= LONGEST_TEXT


def test_real_samples(corpora: Corpora) -> None:
    subjects = 0
    for sample in corpora.samples("mime"):
        if sample.path.is_file():
            said = describe(sample.read())
            for value in (said.name, said.text, *said.facets.values()):
                value.encode()
            subjects += bool(said.name)
    assert subjects > 3000
