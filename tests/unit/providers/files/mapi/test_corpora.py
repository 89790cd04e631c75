"""Real mail of all kinds becomes items, and nothing of it is lost on the way.

``SAASBACKUP_MAILS`` says how many of the samples are taken, or ``all``; ``SAASBACKUP_SEED`` which.
"""

import os
import random
from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.formats.mime import describe
from tests.corpora import Corpora, Sample
from tests.unit.providers.files.mapi.referee import content_of, is_sound, judge, said

MANY: Final = os.environ.get("SAASBACKUP_MAILS", "250")
SEED: Final = int(os.environ.get("SAASBACKUP_SEED", "7"))
KNOWN: Final = {value for name, value in vars(losses).items() if name.isupper()}

_EXPLAINED: Final = {
    "an address with an encoded word in it, or two of which one is the other's name": (
        "input/2765-korean.eml",
        "output/2765-korean.txt",
        "tests/mails/mail_test_19",
        "spam-1/00324.6f320a8c6b5f8e4bc47d475b3d4e86ef.txt",
    ),
    "an address that is none": (
        "mbox/jwz/88",
        "easy-ham-1/00714.16c4d34ab2c9622fe82de9570946f9ef.txt",
        "easy-ham-2/01324.23a1f5017a5531fca08d9ebe2f5b0537.txt",
        "easy-ham-2/01325.d94c9e1cca235f9f1bcecf469954490f.txt",
        "spam-1/00096.a791864be5f1205bf2cea0adf241b25a.txt",
        "spam-1/00338.a595ffbb6cbcf3a5058293051ebaabf4.txt",
        "spam-1/00351.fd1b8a6cd42e81125fb38c2660cd9317.txt",
        "spam-2/00038.906d76babc3d78d6294c71b1b52d4d7f.txt",
        "spam-2/00464.d2f719c667d192af860572b1c858cc11.txt",
        "spam-2/00778.90e72cda6e62435fc03e4d91bbf78ca9.txt",
        "spam-2/00930.4e807b43e671cf853ff61ec4bef6233d.txt",
        "spam-2/01135.0a652f28eb7e06830ca75be5d2f41eaa.txt",
    ),
    "base64 or uuencoded in a way that their package does not read": (
        "mbox/jwz/35",
        "mimetools-testmsgs/twopart.msg",
        "mimetools-testmsgs/twopart.out",
    ),
    "lines that end with CR alone": (
        "mac/lhost-barracuda-01.eml",
        "mac/lhost-mcafee-01.eml",
        "mac/lhost-x6-01.eml",
        "mac/rhost-cox-01.eml",
        "mac/rhost-exchangeonline-01.eml",
    ),
    "a header that is in another charset than it says": (
        "nice/unicode1",
        "err/make-test-31.eml",
    ),
}


def _chosen(corpora: Corpora) -> Sequence[Sample]:
    samples = list(corpora.messages())
    return samples if MANY == "all" else random.Random(SEED).sample(samples, int(MANY))


def _is_explained(sample: Sample) -> bool:
    return sample.name.endswith(tuple(name for names in _EXPLAINED.values() for name in names))


def test_mail_says_the_same_as_pythons_own_package(corpora: Corpora) -> None:
    sound = 0
    for sample in _chosen(corpora):
        data = sample.read()
        message = mail(data)
        verdict = judge(data, message)
        if is_sound(data):
            sound += 1
            assert not verdict.differences or _is_explained(sample), (sample.name, verdict.differences)
    assert sound


def test_any_mail_becomes_an_item_with_what_it_must_have(corpora: Corpora) -> None:
    for sample in _chosen(corpora):
        data = sample.read()
        message = mail(data)
        _check(message)
        described = describe(data)
        if losses.SUBJECT_CUT not in message.losses:
            assert said(message, tags.SUBJECT) == described.name.replace("\0", ""), sample.name
        if losses.DATE_UNREADABLE not in message.losses:
            assert message.properties[tags.SUBMITTED].isoformat(), sample.name  # type: ignore[union-attr]


def _check(message: Message) -> None:
    assert set(message.losses) <= KNOWN
    for tag in (tags.MESSAGE_CLASS, tags.SEARCH_KEY, tags.MESSAGE_FLAGS, tags.CODE_PAGE):
        assert tag in message.properties
    assert len(said(message, tags.SUBJECT)) <= 253
    assert said(message, tags.SUBJECT) == said(message, tags.SUBJECT_PREFIX) + said(message, tags.NORMALIZED_SUBJECT)
    for properties in (message.properties, *(one.properties for one in message.recipients)):
        for value in properties.values():
            if isinstance(value, str):
                assert "\0" not in value
                value.encode()
    for attachment in message.attachments:
        name = str(attachment.properties[tags.ATTACH_LONG_NAME])
        assert name
        assert not set(name) & set("/\\\0\r\n")
        if isinstance(attachment.content, Message):
            _check(attachment.content)
        else:
            content_of(attachment)
