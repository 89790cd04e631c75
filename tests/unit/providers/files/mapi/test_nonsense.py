"""Mail that was damaged in many ways becomes an item too.

``SAASBACKUP_DAMAGES`` says how often, ``SAASBACKUP_SEED`` how.
"""

import os
import random
from typing import Final

from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.pst.model import Message
from tests.corpora import Corpora
from tests.unit.providers.files.mapi.referee import content_of

MANY: Final = int(os.environ.get("SAASBACKUP_DAMAGES", "800"))
SEED: Final = int(os.environ.get("SAASBACKUP_SEED", "7"))

_WORDS: Final = (
    *(
        b"\0",
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"=?utf-8?q?",
        b"?=",
        b'"',
        b"<",
        b">",
        b"(",
        b";",
        b"--",
        b"=",
        b"\xff",
        b"%ff",
    ),
    *(b"Content-Type: multipart/mixed; boundary=x\n", b"Content-Transfer-Encoding: base64\n", b"charset=utf-7"),
    *(b"Content-Transfer-Encoding: x-uue\n", b"charset=idna", b"charset=punycode", b"message/rfc822", b"*0*="),
    *(
        b"Thread-Index: \xff\n",
        b"multipart/signed",
        b"application/pkcs7-mime",
        b"text/calendar",
        b"multipart/alternative",
    ),
)
_SMALL: Final = 40_000


def test_nothing_breaks_it(corpora: Corpora) -> None:
    chance = random.Random(SEED)
    samples = [sample for sample in corpora.messages() if sample.path.stat().st_size < _SMALL]
    mails = [sample.read() for sample in chance.sample(samples, 200)]
    for _ in range(MANY):
        message = mail(_damaged(chance.choice(mails), chance))
        for attachment in message.attachments:
            if not isinstance(attachment.content, Message):
                content_of(attachment)


def _damaged(data: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        end = len(damaged) if chance.random() < 0.5 else min(len(damaged), 1500)
        at = chance.randrange(end + 1)
        kind = chance.random()
        if kind < 0.4:
            damaged[at:at] = chance.choice(_WORDS)
        elif kind < 0.6:
            del damaged[at : at + chance.randint(1, 60)]
        elif kind < 0.8:
            damaged[at : at + 1] = chance.randbytes(1)
        else:
            other = chance.randrange(len(damaged) + 1)
            damaged[at:at] = damaged[other : other + chance.randint(1, 400)]
    return bytes(damaged)
