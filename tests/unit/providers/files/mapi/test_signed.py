"""Signed and encrypted mail."""

import pytest

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.contents import LARGE
from saasbackup_desktop.providers.files.mapi.mail import mail
from tests.unit.providers.files.mapi.referee import content_of

_SIGNED = (
    b'Content-Type: multipart/signed; protocol="%s";\r\n micalg=sha-256; boundary=b1\r\n\r\n'
    b"--b1\r\nContent-Type: text/plain\r\n\r\n%s\r\n--b1\r\nContent-Type: %s; name=s\r\n\r\nsignature\r\n--b1--\r\n"
)


@pytest.mark.parametrize("words", [b"words", b"many words " * (LARGE // 10)])
def test_clear_signed_is_one_file_as_it_came(words: bytes) -> None:
    entity = _SIGNED % (b"application/pkcs7-signature", words, b"application/pkcs7-signature")
    message = mail(b"Subject: s\r\nDate: 1 Jan 2026 00:00 GMT\r\n" + entity)
    assert message.properties[tags.MESSAGE_CLASS] == "IPM.Note.SMIME.MultipartSigned"
    assert message.properties[tags.BODY] == words.decode()
    (attachment,) = message.attachments
    assert content_of(attachment) == entity
    assert attachment.properties[tags.ATTACH_LONG_NAME] == "smime.p7m"
    assert attachment.properties[tags.ATTACH_MEDIA_TYPE] == "multipart/signed"
    assert message.losses == ()


@pytest.mark.parametrize(
    "kind",
    [
        b"application/x-pkcs7-mime; smime-type=enveloped-data",
        b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        b"application/octet-stream; name=SMIME.P7M",
    ],
)
def test_opaque_is_one_file(kind: bytes) -> None:
    head = b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n"
    message = mail(b"Date: 1 Jan 2026 00:00 GMT\r\n" + head + b"\r\nc2VjcmV0\r\n")
    assert message.properties[tags.MESSAGE_CLASS] == "IPM.Note.SMIME"
    (attachment,) = message.attachments
    assert attachment.content == b"secret"
    assert attachment.properties[tags.ATTACH_MEDIA_TYPE] == "application/pkcs7-mime"
    assert message.losses == ()


def test_openpgp_is_files() -> None:
    entity = _SIGNED % (b"application/pgp-signature", b"words", b"application/pgp-signature")
    message = mail(b"Date: 1 Jan 2026 00:00 GMT\r\n" + entity)
    assert message.properties[tags.MESSAGE_CLASS] == "IPM.Note"
    assert message.losses == (losses.SIGNATURE_APART,)
    assert [attachment.content for attachment in message.attachments] == [b"signature"]
