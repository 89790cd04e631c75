"""Mail in an Outlook data file is what another program reads out of it.

``SAASBACKUP_MAILS`` and ``SAASBACKUP_SEED`` as for the samples; in the suite, a few of them.
"""

import hashlib
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.files.pst.split import PstWriter, Written
from saasbackup_desktop.providers.files.pstcheck import check
from tests.corpora import Corpora
from tests.unit.providers.files.mapi.referee import content_of

MANY: Final = os.environ.get("SAASBACKUP_MAILS", "150")
SEED: Final = int(os.environ.get("SAASBACKUP_SEED", "7"))


def test_a_reader_reads_what_was_said(corpora: Corpora, tmp_path: Path) -> None:
    pypff = pytest.importorskip("pypff", reason="READER MISSING: libpff-python; nothing was proven here")
    samples = list(corpora.messages())
    chosen = samples if MANY == "all" else random.Random(SEED).sample(samples, int(MANY))
    path = tmp_path / "mail.pst"
    with PstWriter(path, "Mail") as pst:
        inbox = pst.folder(("Inbox",), "IPF.Note")
        for sample in chosen:
            assert isinstance(pst.add(inbox, mail(sample.read())), Written), sample.name
        pst.close()
    assert not check(path).findings
    file = pypff.file()
    file.open(str(path))
    try:
        folder = next(one for one in _folders(file.get_root_folder()) if one.name == "Inbox")
        assert folder.get_number_of_sub_messages() == len(chosen)
        assert file.number_of_orphan_items == 0
        for number, sample in enumerate(chosen):
            assert _read(folder.get_sub_message(number)) == _expected(mail(sample.read())), sample.name
    finally:
        file.close()


def _folders(folder: Any) -> Iterator[Any]:
    yield folder
    for number in range(folder.get_number_of_sub_folders()):
        yield from _folders(folder.get_sub_folder(number))


def _expected(message: Message) -> dict[str, object]:
    said = message.properties
    times = {name: said.get(tag) for name, tag in (("sent", tags.SUBMITTED), ("received", tags.DELIVERED))}
    return {
        "subject": said[tags.SUBJECT] or None,
        "text": str(said.get(tags.BODY, "")).encode(),
        "html": said.get(tags.HTML),
        "headers": said[tags.TRANSPORT_HEADERS] or None,
        "sender": said.get(tags.SENDER_NAME) or None,
        "recipients": len(message.recipients),
        "files": [
            "" if isinstance(one.content, Message) else hashlib.sha256(content_of(one)).hexdigest()
            for one in message.attachments
        ],
        **{name: time.replace(tzinfo=None) if time else None for name, time in times.items()},  # type: ignore[union-attr, call-arg]
    }


def _read(message: Any) -> dict[str, object]:
    entries = [entry for entry in message.get_record_set(0).entries if entry.entry_type == 0x1013]
    there = {entry.entry_type for entry in message.get_record_set(0).entries}
    return {
        "subject": message.subject or None,
        "text": message.plain_text_body or b"",
        "html": message.html_body if entries else None,
        "headers": message.transport_headers or None,
        "sender": message.sender_name or None,
        "recipients": message.recipients.number_of_recipients if message.recipients else 0,
        "files": [_digest(message.get_attachment(number)) for number in range(message.number_of_attachments)],
        "sent": message.client_submit_time if 0x0039 in there else None,
        "received": message.delivery_time if 0x0E06 in there else None,
    }


def _digest(attachment: Any) -> str:
    """SHA-256 of a file; empty for a message."""
    method = next(entry for entry in attachment.get_record_set(0).entries if entry.entry_type == 0x3705)
    if method.get_data_as_integer() == 5:
        return ""
    size = attachment.get_size()
    return hashlib.sha256(attachment.read_buffer(size) if size else b"").hexdigest()
