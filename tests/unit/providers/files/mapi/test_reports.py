"""Reports on mail."""

import pytest

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.pst.model import Message

_REPORT = (
    "Date: 1 Jan 2026 00:00 GMT\nContent-Type: multipart/report; report-type={kind}; boundary=b\n\n"
    "--b\nContent-Type: text/plain\n\nIt did not arrive.\n--b\nContent-Type: message/{kind}\n\n{status}\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: The first\nMessage-ID: <first@b>\n\nhello\n--b--\n"
)
_STATUS = "Reporting-MTA: dns; mx.b.example\n\nFinal-Recipient: rfc822; a@b\nAction: {}\nStatus: 5.1.1\n\nAction: {}\n"


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("failed", "delivered", "REPORT.IPM.Note.NDR"),
        ("delivered", "delayed (still trying)", "REPORT.IPM.Note.Delayed.DR"),
        ("relayed", "delivered", "REPORT.IPM.Note.Relayed.DR"),
        ("Delivered", "expanded", "REPORT.IPM.Note.Expanded.DR"),
        ("delivered", "delivered", "REPORT.IPM.Note.DR"),
        ("unheard-of", "", "IPM.Note"),
    ],
)
def test_the_gravest_counts(first: str, second: str, kind: str) -> None:
    message = mail(_REPORT.format(kind="delivery-status", status=_STATUS.format(first, second)).encode())
    assert message.properties[tags.MESSAGE_CLASS] == kind
    assert message.properties[tags.BODY] == "It did not arrive."
    assert len(message.attachments) == 2
    assert isinstance(message.attachments[1].content, Message)
    if kind != "IPM.Note":
        assert message.properties[tags.REPORTING_AGENT] == "mx.b.example"
        assert message.properties[tags.ORIGINAL_MESSAGE_ID] == "<first@b>"
        assert message.properties[tags.ORIGINAL_SUBJECT] == "The first"
        assert message.properties[tags.REPORT_TEXT] == "It did not arrive."


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("manual-action/MDN-sent-manually; displayed", "REPORT.IPM.Note.IPNRN"),
        ("automatic-action/MDN-sent-automatically; deleted", "REPORT.IPM.Note.IPNNRN"),
        ("automatic-action/MDN-sent-automatically;processed/error", "REPORT.IPM.Note.IPNRN"),
    ],
)
def test_readers(said: str, kind: str) -> None:
    status = f"Reporting-UA: x; y\nOriginal-Message-ID: <zero@b>\nDisposition: {said}\n"
    message = mail(_REPORT.format(kind="disposition-notification", status=status).encode())
    assert message.properties[tags.MESSAGE_CLASS] == kind
    assert message.properties[tags.ORIGINAL_MESSAGE_ID] == "<zero@b>"
