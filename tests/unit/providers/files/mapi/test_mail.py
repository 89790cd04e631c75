"""What becomes of a message, case by case."""

import base64
import pickle
from datetime import UTC, datetime

import pytest

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.contents import Stretch
from saasbackup_desktop.providers.files.mapi.mail import DEEPEST, mail, mail_in_pieces
from saasbackup_desktop.providers.files.mapi.states import State
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Tag

HEAD = (
    b"From: Ada <ada@b.example>\r\nTo: Bob <bob@b.example>, c@d\r\nCc: =?utf-8?q?J=C3=B6rg?= <j@m>\r\n"
    b"Subject: Re: Things\r\nDate: Fri, 20 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@b.example>\r\n"
    b"References: <0@b.example> <x@y>\r\nMIME-Version: 1.0\r\n"
)


def text(body: bytes, kind: bytes = b"text/plain; charset=utf-8", more: bytes = b"") -> bytes:
    """Write a part."""
    return b"Content-Type: " + kind + b"\r\n" + more + b"\r\n" + body


def multipart(kind: bytes, *parts: bytes) -> bytes:
    """Write a part of parts."""
    boundary = b"=_%d" % len(b"".join(parts))
    inner = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return (
        b"Content-Type: multipart/"
        + kind
        + b'; boundary="'
        + boundary
        + b'"\r\n\r\n'
        + inner
        + b"--"
        + boundary
        + b"--\r\n"
    )


def said(message: Message, tag: Tag) -> object:
    """Read a property; None if it is not there."""
    return message.properties.get(tag)


def names(message: Message) -> list[object]:
    """Name the files in a message."""
    return [attachment.properties[tags.ATTACH_LONG_NAME] for attachment in message.attachments]


def only(message: Message) -> Attachment:
    """Take the one file in a message."""
    (attachment,) = message.attachments
    return attachment


def embedded(message: Message) -> Message:
    """Take the one message in a message."""
    inner = only(message).content
    assert isinstance(inner, Message)
    return inner


def test_a_plain_mail() -> None:
    message = mail(HEAD + text("Grüße\r\n".encode()))
    sent = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert message.losses == ()
    assert said(message, tags.MESSAGE_CLASS) == "IPM.Note"
    assert said(message, tags.SUBJECT) == "Re: Things"
    assert said(message, tags.SUBJECT_PREFIX) == "Re: "
    assert said(message, tags.NORMALIZED_SUBJECT) == said(message, tags.CONVERSATION_TOPIC) == "Things"
    assert said(message, tags.SUBMITTED) == said(message, tags.DELIVERED) == said(message, tags.CREATED) == sent
    assert said(message, tags.BODY) == "Grüße\r\n"
    assert said(message, tags.NATIVE_BODY) == 1
    assert tags.HTML not in message.properties
    assert said(message, tags.MESSAGE_ID) == "<1@b.example>"
    assert said(message, tags.SENDER_SMTP) == said(message, tags.SENT_REPRESENTING_SMTP) == "ada@b.example"
    assert said(message, tags.SENDER_NAME) == "Ada"
    people = [
        (one.properties[tags.RECIPIENT_TYPE], one.properties[tags.DISPLAY_NAME], one.properties[tags.SMTP_ADDRESS])
        for one in message.recipients
    ]
    assert people == [(1, "Bob", "bob@b.example"), (1, "c@d", "c@d"), (2, "Jörg", "j@m")]
    headers = said(message, tags.TRANSPORT_HEADERS)
    assert isinstance(headers, str)
    assert headers.startswith("From: Ada")
    assert headers.endswith("charset=utf-8\r\n\r\n")


def test_people_are_entries_of_their_own() -> None:
    one = mail(HEAD + text(b"")).recipients[0].properties
    entry = one[tags.ENTRY_ID]
    assert entry == bytes.fromhex(
        "00000000812b1fa4bea310199d6e00dd010f540200000190"
    ) + "Bob\0SMTP\0bob@b.example\0".encode("utf-16-le")
    assert one[tags.SEARCH_KEY] == b"SMTP:BOB@B.EXAMPLE\0"


def test_the_mailbox_says_more() -> None:
    received = datetime(2026, 11, 20, 12, tzinfo=UTC)
    state = State(
        flags=("\\Seen", "\\Answered", "\\Flagged", "\\Draft"),
        received=received,
        labels=("Work", "Home"),
        outgoing=True,
    )
    message = mail(HEAD + text(b""), state)
    assert said(message, tags.DELIVERED) == said(message, tags.MODIFIED) == received
    assert said(message, tags.MESSAGE_FLAGS) == 0x29
    assert said(message, tags.LAST_VERB) == 102
    assert said(message, tags.FLAG_STATUS) == 2
    assert said(message, tags.KEYWORDS) == ["Work", "Home"]
    assert said(mail(HEAD + text(b""), State()), tags.MESSAGE_FLAGS) == 0


def test_a_thread_has_one_id() -> None:
    first = mail(HEAD + text(b""))
    second = mail(HEAD.replace(b"<1@", b"<2@").replace(b"10:00", b"11:00") + text(b""))
    one, other = said(first, tags.CONVERSATION_INDEX), said(second, tags.CONVERSATION_INDEX)
    assert isinstance(one, bytes)
    assert isinstance(other, bytes)
    assert len(one) == 22
    assert one[:1] == b"\x01"
    assert one[6:] == other[6:]
    given = base64.b64encode(bytes(range(27)))
    assert said(mail(b"Thread-Index: " + given + b"\r\n" + HEAD + text(b"")), tags.CONVERSATION_INDEX) == bytes(
        range(27)
    )


def test_alternatives_and_pictures() -> None:
    page = b'<html><head><meta charset="iso-8859-1"></head><body>Gr\xfc\xdfe <img src="cid:a%40b"></body></html>'
    picture = text(b"aW1hZ2U=", b"image/png; name=p.png", b"Content-ID: <a@b>\r\nContent-Transfer-Encoding: base64\r\n")
    loose = picture.replace(b"<a@b>", b"<c@d>")
    file = picture.replace(b"\r\n", b"\r\nContent-Disposition: attachment\r\n", 1)
    related = multipart(b"related", text(page, b"text/html; charset=iso-8859-1"), picture, loose, file)
    message = mail(HEAD + multipart(b"alternative", text(b"Gruss"), related))
    assert message.losses == ()
    assert said(message, tags.BODY) == "Gruss"
    assert said(message, tags.HTML) == page.decode("latin-1").replace("iso-8859-1", "utf-8").encode()
    assert said(message, tags.NATIVE_BODY) == 3
    hidden = [attachment.properties.get(tags.ATTACH_HIDDEN, False) for attachment in message.attachments]
    assert hidden == [True, False, False]
    assert [attachment.properties[tags.ATTACH_CONTENT_ID] for attachment in message.attachments] == [
        "a@b",
        "c@d",
        "a@b",
    ]
    assert message.attachments[0].content == b"image"


def test_html_alone_has_a_plain_text_too() -> None:
    message = mail(HEAD + text(b"<p>One</p><p>Two &amp; three</p>", b"text/html"))
    assert said(message, tags.BODY) == "One\r\nTwo & three"


def test_texts_after_one_another_are_one() -> None:
    first, second = text(b"<html><body><p>One</p></body></html>", b"text/html"), text(b"Foot < 3")
    message = mail(HEAD + multipart(b"mixed", first, second))
    assert message.losses == (losses.BODIES_JOINED,)
    assert said(message, tags.HTML) == b"<html><body><p>One</p><div><div>Foot &lt; 3</div></div></body></html>"
    assert said(message, tags.BODY) == "One\r\nFoot < 3"


def test_other_alternatives_are_files() -> None:
    message = mail(HEAD + multipart(b"alternative", text(b"One"), text(b"Two"), text(b"<p>One", b"text/html")))
    assert message.losses == (losses.ALTERNATIVE_AS_FILE,)
    assert only(message).content == b"Two"


@pytest.mark.parametrize(
    ("name", "kept", "short"),
    [
        ("report.pdf", "report.pdf", "REPORT.pdf".upper()),
        ("a long name.tar.gz", "a long name.tar.gz", "ALONGN~1.GZ"),
        ("../../etc/passwd", ".._.._etc_passwd", "__ETC_~1"),
        ("C:\\x.exe", "C:_x.exe", "C_X~1.EXE"),
        ("..", "file", "FILE"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe=2Etxt?=", "Grüße.txt", "GRE~1.TXT"),
    ],
)
def test_names_of_files(name: str, kept: str, short: str) -> None:
    said = name.replace("\\", "\\\\")
    part = text(b"x", b"application/pdf", f'Content-Disposition: attachment; filename="{said}"\r\n'.encode())
    message = mail(HEAD + multipart(b"mixed", text(b"see"), part))
    assert names(message) == [kept]
    assert bool(message.losses) == (kept not in (name, "Grüße.txt"))
    assert len(str(only(message).properties[tags.ATTACH_SHORT_NAME])) <= 12


def test_a_file_without_a_name_has_one() -> None:
    part = text(b"BEGIN:VCARD", b"text/vcard")
    assert names(mail(HEAD + multipart(b"mixed", text(b"see"), part))) == ["part-1.vcf"]


def test_messages_in_messages() -> None:
    inner = HEAD + multipart(b"mixed", text(b"inner"), text(b"data", b"application/pdf; name=x.pdf"))
    for encoded in (
        text(inner, b"message/rfc822"),
        text(base64.encodebytes(inner), b"message/rfc822", b"Content-Transfer-Encoding: base64\r\n"),
    ):
        message = mail(HEAD + multipart(b"mixed", text(b"outer"), encoded))
        found = embedded(message)
        assert said(found, tags.BODY) == "inner"
        assert len(found.recipients) == 3
        assert only(found).content == b"data"
        assert names(message) == ["Re: Things"]
        assert said(found, tags.MESSAGE_FLAGS) == 0x11


def test_what_lies_too_deep_is_a_file() -> None:
    data = HEAD + text(b"innermost")
    for _ in range(DEEPEST + 2):
        data = HEAD + text(data, b"message/rfc822")
    message = mail(data)
    assert losses.TOO_DEEP in message.losses
    for _ in range(DEEPEST):
        message = embedded(message)
    content = only(message).content
    assert isinstance(content, bytes)
    assert content.endswith(b"innermost")


@pytest.mark.parametrize(
    ("charset", "data", "expected", "lost"),
    [
        ("utf-8", "ä".encode(), "ä", ()),
        ("utf-8", b"\xe4", "\ufffd", (losses.CHARSET_UNFIT,)),
        ("", b"\xe4", "ä", ()),
        ("x-unheard-of", "ä".encode(), "ä", (losses.CHARSET_UNKNOWN,)),
        ("iso-2022-jp", "日本".encode("iso-2022-jp"), "日本", ()),
        ("utf-7", b"+AOQ-", "ä", ()),
        ("shift_jis", "日本".encode("cp932"), "日本", ()),
        ("gb2312", "汉字".encode("gbk"), "汉字", ()),
        ("koi8-r", "Привет".encode("koi8-r"), "Привет", ()),
        ("big5", b"\xa4\xa4\xff", "中\ufffd", (losses.CHARSET_UNFIT,)),
        ("utf-16", "ä\0b".encode("utf-16"), "äb", (losses.NUL_REMOVED,)),
    ],
)
def test_charsets(charset: str, data: bytes, expected: str, lost: tuple[str, ...]) -> None:
    coded = b"Content-Transfer-Encoding: base64\r\n"
    message = mail(HEAD + text(base64.encodebytes(data), b"text/plain; charset=" + charset.encode(), coded))
    assert said(message, tags.BODY) == expected
    assert message.losses == lost


def test_stray_bytes_in_headers() -> None:
    for charset in ("utf-8", "iso-8859-1", "koi8-r"):
        head = "Subject: Жжёт\r\n" if charset == "koi8-r" else "Subject: Grüße\r\n"
        message = mail(head.encode(charset) + b"From: a@b\r\n" + text(b"x", b"text/plain; charset=" + charset.encode()))
        assert said(message, tags.SUBJECT) == head[9:-2]
        assert head.strip() in str(said(message, tags.TRANSPORT_HEADERS))


def test_nul_and_other_nonsense_in_headers() -> None:
    message = mail(b"Subject: a\0b\r\nFrom: \0\r\nTo: x\0@y\r\nDate: yesterday\r\n\r\nbody\0")
    assert set(message.losses) == {losses.DATE_UNREADABLE, losses.NUL_REMOVED}
    assert "\0" not in str(said(message, tags.TRANSPORT_HEADERS))
    assert said(message, tags.BODY) == "body"
    assert [one.properties[tags.SMTP_ADDRESS] for one in message.recipients] == ["x@y"]


@pytest.mark.parametrize("date", [b"", b"0", b"Fri, 31 Dec 9999 23:59:59 -2359", b"1 Jan 1500 00:00 GMT"])
def test_dates_that_no_file_holds(date: bytes) -> None:
    received = datetime(2026, 1, 2, tzinfo=UTC)
    message = mail(b"Date: " + date + b"\r\n\r\n", State(received=received))
    assert message.losses == ()  # it says itself what its header says, and is dated by when it came
    assert mail(b"Date: " + date + b"\r\n\r\n").losses == (losses.DATE_UNREADABLE,)
    assert said(message, tags.SUBMITTED) == said(message, tags.CREATED) == received


def test_long_subjects_are_cut() -> None:
    message = mail(b"Subject: " + b"long " * 100 + b"\r\nDate: 1 Jan 2026 00:00 GMT\r\n\r\n")
    assert message.losses == (losses.SUBJECT_CUT,)
    assert len(str(said(message, tags.SUBJECT))) == 253


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"no header", b"\0", b"Subject", b":\n", b"\r\r\r", b"Content-Type: multipart/mixed\n\nx"]
)
def test_what_is_hardly_a_mail(data: bytes) -> None:
    message = mail(data)
    assert losses.DATE_UNREADABLE in message.losses
    assert not {tags.CREATED, tags.MODIFIED, tags.SUBMITTED, tags.DELIVERED} & set(message.properties)


def test_text_without_headers_is_kept() -> None:
    assert said(mail(b"just words\nand more"), tags.BODY) == "just words\r\nand more"


def test_wrapped_up_by_outlook() -> None:
    part = text(b"eJ8+Ig==", b"application/ms-tnef; name=winmail.dat", b"Content-Transfer-Encoding: base64\r\n")
    message = mail(HEAD + multipart(b"mixed", text(b"see"), part))
    assert message.losses == (losses.TNEF_AS_FILE,)
    assert only(message).content == b'x\x9f>"'


def test_more_recipients_than_there_can_be() -> None:
    head = b"Date: 1 Jan 2026 00:00 GMT\r\n"
    for more in (b"To: " + b"a@b, " * 6_000 + b"\r\n", b"To: a@b\r\n" * 6_000):
        message = mail(head + more + b"\r\n")
        assert losses.RECIPIENTS_CUT in message.losses
        assert len(message.recipients) == 5_000
    assert mail(head + b"To: " + b"a@b, " * 5_000 + b"\r\n\r\n").losses == ()


def test_weight_and_receipts() -> None:
    head = b"X-Priority: 1 (Highest)\r\nSensitivity: Private\r\nDisposition-Notification-To: a@b\r\n"
    message = mail(head + b"Reply-To: R <r@s>, t@u\r\n" + HEAD + text(b""))
    assert said(message, tags.IMPORTANCE) == 2
    assert said(message, tags.PRIORITY) == 1
    assert said(message, tags.SENSITIVITY) == 2
    assert said(message, tags.READ_RECEIPT) is True
    assert said(message, tags.REPLY_NAMES) == "R; t@u"
    entries = said(message, tags.REPLY_ENTRIES)
    assert isinstance(entries, bytes)
    assert entries[:4] == b"\2\0\0\0"
    assert len(entries) == 8 + int.from_bytes(entries[4:8], "little")


def test_large_files_come_in_pieces_and_cross_processes() -> None:
    plain = bytes(range(256)) * 12_000
    part = text(base64.encodebytes(plain), b"application/zip; name=x.zip", b"Content-Transfer-Encoding: base64\r\n")
    data = HEAD + multipart(b"mixed", text(b"see"), part)
    message = mail_in_pieces(data[at : at + 65_536] for at in range(0, len(data), 65_536))
    copy = pickle.loads(pickle.dumps(message))
    assert len(pickle.dumps(message)) < len(data) + 20_000
    for found in (only(message), only(copy)):
        assert isinstance(found.content, Stretch)
        assert found.size == len(plain)
        assert b"".join(found.content()) == plain
