"""Mail in an Outlook data file is what another program reads out of it.

``SAASBACKUP_MAILS`` and ``SAASBACKUP_SEED`` as for the samples; in the suite, a few of them.
"""

import hashlib
import os
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.mapi.states import FollowUp, State
from saasbackup_desktop.providers.files.pst.model import Attachment, Message
from saasbackup_desktop.providers.files.pst.split import PstWriter, Written
from saasbackup_desktop.providers.files.pstcheck import Message as Found
from saasbackup_desktop.providers.files.pstcheck import PstFile, check
from tests.corpora import Corpora, Sample
from tests.unit.providers.files.mapi.referee import content_of
from tests.unit.providers.files.mapi.same import compare_properties

MANY: Final = os.environ.get("SAASBACKUP_MAILS", "80")
SEED: Final = int(os.environ.get("SAASBACKUP_SEED", "7"))


def test_a_reader_reads_what_was_said(corpora: Corpora, tmp_path: Path) -> None:
    pypff = pytest.importorskip("pypff", reason="READER MISSING: libpff-python; nothing was proven here")
    chosen = _chosen(corpora)
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


def test_every_property_is_read_back_at_every_depth(corpora: Corpora, tmp_path: Path) -> None:
    day = datetime(2026, 1, 2, tzinfo=UTC)
    state = State(
        flags=("\\Answered",), labels=("Work", "日本"), follow_up=FollowUp(due=day, completed=day, is_complete=True)
    )
    chosen = _chosen(corpora)
    path = tmp_path / "mail.pst"
    with PstWriter(path, "Mail") as pst:
        inbox = pst.folder(("Inbox",), "IPF.Note")
        for sample in chosen:
            assert isinstance(pst.add(inbox, mail(sample.read(), state)), Written), sample.name
    with PstFile(path) as file:
        folder = next(one for one in file.folders() if one.name == "Inbox")
        for sample, found in zip(chosen, folder.messages(), strict=True):
            _compare(mail(sample.read(), state), found, sample.name)


def _chosen(corpora: Corpora) -> Sequence[Sample]:
    samples = list(corpora.messages())
    return samples if MANY == "all" else random.Random(SEED).sample(samples, int(MANY))


def _compare(message: Message, found: Found, name: str) -> None:
    assert found.subject == message.properties[tags.SUBJECT], name
    assert found.prefix == message.properties[tags.SUBJECT_PREFIX], name
    compare_properties(message.properties, found.properties, name)
    recipients = list(found.recipients())
    for one, other in zip(message.recipients, recipients, strict=True):
        compare_properties(one.properties, other.properties, name)
    for attachment, there in zip(message.attachments, found.attachments(), strict=True):
        compare_properties(attachment.properties, there.properties, name)
        if isinstance(attachment.content, Message):
            assert there.message is not None, name
            _compare(attachment.content, there.message, name)
        else:
            _compare_content(attachment, b"".join(there.content()), name)


def _compare_content(attachment: Attachment, found: bytes, name: str) -> None:
    assert found == content_of(attachment), name


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
