"""Two corpora for comparing backup programs, the same bytes for the same seed: mailboxes, and a tree of files.

They model what is known of such data and are not made to suit a program.

**Mail**: one file for each message, as a mailbox exporter writes it, some 27 kB on average. People of a dozen
organisations write to each other. Seven in eight messages are from people: a lognormal length (median 1.2 kB), half of
them replies that quote what they answer, two in five with an HTML twin in the mark-up of one of six mail programs. One
in eight is a newsletter or a notice from a template with tokens of its own. Every message has the trace, signature and
authentication headers that servers add, whose long random parts do not compress. One in five comes to two to four
mailboxes, with headers that differ. One in five of what people send carries documents (median 16 kB, heavy tail up to
12 MB): pictures, PDF, office files, tables, archives; a quarter of them was sent before, to somebody else or in an
earlier round. Signatures of some organisations hold a picture. Base64 stands in lines of 76; one in twenty bodies is
written in another way, two in five of these so that decoding and encoding does not give the same bytes again.

**Files**: median 24 kB, heavy tail up to 64 MB, in nested folders: a third of the files compresses (text, tables), the
rest is compressed already (pictures, archives, office files, PDF). One file in twelve is a copy of another one, one in
twenty an earlier state of another one with something inserted.
"""

import argparse
import base64
import random
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.stuff import Prose, document, picture

_BEGIN = 1_700_000_000
_PEOPLE, _BOXES, _SENDERS = 240, 24, 60
_ATTACHED = (("jpeg", 30), ("pdf", 28), ("office", 24), ("csv", 8), ("zip", 6), ("text", 4))
_FILED = (("text", 34), ("jpeg", 24), ("office", 12), ("pdf", 14), ("csv", 8), ("zip", 8))
_ENDINGS = {"jpeg": "jpg", "office": "docx", "text": "txt"}
_TYPES = {
    "jpeg": "image/jpeg",
    "pdf": "application/pdf",
    "office": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
    "zip": "application/zip",
    "text": "text/plain",
}

_LOGO = b"Content-Type: image/png\r\nContent-ID: <logo@signature>\r\nContent-Transfer-Encoding: base64\r\n\r\n"


@dataclass(slots=True)
class _Person:
    name: str
    address: str
    domain: str
    program: int
    signature: str
    logo: bytes


@dataclass(slots=True)
class _Thread:
    subject: str
    topic: list[str]
    people: list[_Person]
    said: str
    ids: list[str]


class Mail:
    """Writes messages: for each, the mailboxes that it comes to and its bytes in each of them."""

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(f"mail {seed}")
        self._prose = Prose(self._chance)
        self._sent: deque[tuple[str, str, bytes]] = deque(maxlen=400)
        self._threads: deque[_Thread] = deque(maxlen=600)
        firm = Prose(random.Random("organisations"))  # the same people whatever the seed
        chance = random.Random("people")
        domains = [f"{firm.words(2)[0].split()[0]}{number}.example" for number in range(12)]
        logos = [picture(chance, chance.randrange(2_500, 16_000)) if number % 3 else b"" for number in range(12)]
        self._closings = [firm.text(chance.randrange(150, 900)) for _ in domains]
        self._people = []
        for number in range(_PEOPLE):
            at = number % len(domains)
            name = " ".join(word.capitalize() for word in firm.title().split()[:2])
            signature = f"-- \n{name}\n{firm.title()}\n+49 {chance.randrange(10**9)}\n{self._closings[at]}"
            address = f"{name.replace(' ', '.').lower()}{number}@{domains[at]}"
            self._people.append(_Person(name, address, domains[at], at % 6, signature, logos[at]))
        self._styles = [_style(chance, firm, 1_200 + 500 * number) for number in range(6)]
        self._templates = [_template(chance, firm, chance.randrange(8, 30)) for _ in range(_SENDERS)]
        self.number = 0

    def next(self) -> list[tuple[int, bytes]]:
        """Write the next message."""
        self.number += 1
        chance = self._chance
        body = self._notice() if chance.random() < 0.125 else self._letter()
        copies = 1 if chance.random() < 0.8 else chance.randrange(2, 5)
        boxes = chance.sample(range(_BOXES), copies)
        return [(box, self._trace(box) + body) for box in boxes]

    def _moment(self, ago: int = 0) -> str:
        moment = _BEGIN + self.number * 97 - ago
        return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(moment))

    def _token(self, size: int) -> str:
        return base64.b64encode(self._chance.randbytes(size)).decode()

    def _trace(self, box: int) -> bytes:
        """The headers that a receiving server adds, for each mailbox its own."""
        owner = self._people[box]
        chance = self._chance
        lines = [f"Return-Path: <bounce-{chance.getrandbits(40):x}@{owner.domain}>", f"Delivered-To: {owner.address}"]
        for hop in range(chance.randrange(2, 5)):
            near, far, at = chance.randrange(9), chance.randrange(9), chance.getrandbits(24).to_bytes(3, "big")
            lines.append(
                f"Received: from mx{near}.relay{hop}.example (mx{far}.relay{hop}.example [10.{at[0]}.{at[1]}.{at[2]}])"
                f"\r\n\tby in{chance.randrange(4)}.{owner.domain} (Postfix) with ESMTPS id {chance.getrandbits(44):X}"
                f"\r\n\tfor <{owner.address}>; {self._moment(hop)}"
            )
        lines.append(
            f"Authentication-Results: in.{owner.domain}; dkim=pass header.s=s2024 header.b={self._token(6)};"
            "\r\n\tspf=pass"
        )
        lines.append(
            f"X-Spam-Status: No, score={chance.uniform(-6, 3):.1f} required=6.0\r\n\ttests=DKIM_SIGNED,DKIM_VALID"
        )
        return ("\r\n".join(lines) + "\r\n").encode()

    def _signed(self, domain: str) -> str:
        digest, signature = self._token(32), self._token(256)
        folded = "\r\n\t ".join(signature[at : at + 70] for at in range(0, len(signature), 70))
        return (
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s2024;\r\n\t"
            f"h=from:to:subject:date:message-id:mime-version; bh={digest};\r\n\tb={folded}\r\n"
        )

    def _letter(self) -> bytes:
        chance = self._chance
        if self._threads and chance.random() < 0.5:
            thread = self._threads[-1 - int(len(self._threads) * chance.random() ** 2)]
            quoted, is_reply = thread.said, True
        else:
            topic = self._prose.topic()
            people = [self._people[chance.randrange(_BOXES)], *chance.sample(self._people, chance.randrange(1, 4))]
            thread, quoted, is_reply = _Thread(self._prose.title(topic), topic, people, "", []), "", False
            self._threads.append(thread)
        sender = chance.choice(thread.people)
        said = self._prose.text(min(60_000, 60 + int(chance.lognormvariate(7.1, 1.1))), thread.topic)
        text = f"{said}\n\n{sender.signature}\n"
        if quoted:
            last = thread.people[len(thread.ids) % len(thread.people)]
            lines = "\n".join(f"> {line}" for line in _wrapped(quoted).split("\n"))
            text += f"\nOn {self._moment(7_200)}, {last.name} <{last.address}> wrote:\n{lines}\n"
        thread.said = text[:16_000]
        id = f"<{chance.getrandbits(96):024x}@{sender.domain}>"
        others = ",\r\n\t".join(f"{one.name} <{one.address}>" for one in thread.people if one is not sender)
        header = (
            f"{self._signed(sender.domain)}From: {sender.name} <{sender.address}>\r\nTo: {others or sender.address}\r\n"
            f"Subject: {'Re: ' if is_reply else ''}{thread.subject}\r\nDate: {self._moment()}\r\nMessage-ID: {id}\r\n"
        )
        if thread.ids:
            header += f"In-Reply-To: {thread.ids[-1]}\r\nReferences: " + "\r\n ".join(thread.ids[-12:]) + "\r\n"
        thread.ids.append(id)
        header += f"X-Mailer: Program {sender.program}.{chance.randrange(3)}\r\nMIME-Version: 1.0\r\n"
        return header.encode() + self._content(sender, text)

    def _content(self, sender: _Person, text: str) -> bytes:
        chance = self._chance
        plain = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + _crlf(text)
        mark = f"=_{chance.getrandbits(100):025x}".encode()
        if chance.random() < 0.4:
            html = self._styles[sender.program] + "".join(
                f'<p class=3D"MsoNormal"><span lang=3D"EN" style=3D"font-size:11.0pt">{line}<o:p></o:p></span></p>\n'
                for line in text.split("\n")
            )
            if sender.logo:
                html += '<img width=3D"120" src=3D"cid:logo@signature">'
            head = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            parts = [plain, head + _soft(html)]
            content = _multipart(b"alternative", b"a" + mark, parts)
            if sender.logo:
                content = _multipart(b"related", b"r" + mark, [content, _LOGO + self._encoded(sender.logo)])
        else:
            content = plain
        if chance.random() < 0.2:
            count = 1 + (chance.random() < 0.25) + (chance.random() < 0.1)
            content = _multipart(b"mixed", b"m" + mark, [content, *(self._attachment() for _ in range(count))])
        return content

    def _attachment(self) -> bytes:
        chance = self._chance
        if self._sent and chance.random() < 0.25:
            kind, name, data = self._sent[int(len(self._sent) * chance.random())]
        else:
            kind = _drawn(chance, _ATTACHED)
            size = min(12_000_000, 1_000 + int(chance.lognormvariate(9.7, 1.2)))
            data = document(chance, self._prose, kind, size)
            name = f"{self._prose.title()}.{_ENDINGS.get(kind, kind)}"
            self._sent.append((kind, name, data))
        head = (
            f'Content-Type: {_TYPES[kind]};\r\n\tname="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
            f'Content-Disposition: attachment;\r\n\tfilename="{name}"; size={len(data)}\r\n\r\n'
        )
        return head.encode() + self._encoded(data)

    def _encoded(self, data: bytes) -> bytes:
        odd = self._chance.random()
        width = 76 if odd > 0.03 else 72
        step = width // 4 * 3
        lines = [base64.b64encode(data[at : at + step]) for at in range(0, len(data), step)]
        end = b"\r\n" if odd < 0.98 else b" \r\n"
        return end.join(lines) + b"\r\n"

    def _notice(self) -> bytes:
        chance = self._chance
        sender = int(len(self._templates) * chance.random() ** 2)
        domain = f"news{sender}.example"
        lines = []
        for line in self._templates[sender]:
            filled = self._prose.text(chance.randrange(30, 500)).replace("\n", " ")
            link = f"https://click.{domain}/t/{self._token(30).replace('/', '_')}"
            lines.append(line.replace("{text}", filled).replace("{link}", link))
        header = (
            f"{self._signed(domain)}From: Sender {sender} <news@{domain}>\r\n"
            f"To: {chance.choice(self._people).address}\r\n"
            f"Subject: {self._prose.title()}\r\nDate: {self._moment()}\r\nMessage-ID: <{self._token(15)}@{domain}>\r\n"
            f"List-Unsubscribe: <https://click.{domain}/u/{self._token(24)}>\r\nPrecedence: bulk\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        )
        return header.encode() + _soft("\n".join(lines))


def _drawn(chance: random.Random, table: tuple[tuple[str, int], ...]) -> str:
    return chance.choices([kind for kind, _ in table], [weight for _, weight in table])[0]


def _style(chance: random.Random, prose: Prose, size: int) -> str:
    rules = [
        f"{chance.choice(('p', 'div', 'li', 'a', 'td', 'span'))}.{prose.words(1)[0].split()[0]} "
        f"{{margin:{chance.randrange(30)}px; font-size:{chance.randrange(8, 20)}.0pt; "
        f"font-family:=22{prose.title()}=22;}}"
        for _ in range(size // 70)
    ]
    return "<html><head><meta name=3D=22Generator=22><style>\n" + "\n".join(rules) + "\n</style></head><body>\n"


def _template(chance: random.Random, prose: Prose, rows: int) -> list[str]:
    lines = [_style(chance, prose, 2_500)]
    for _ in range(rows):
        colour = f"#{chance.getrandbits(24):06x}"
        width = chance.randrange(100, 700)
        lines.append(
            f'<table width=3D"{width}" cellpadding=3D"0" border=3D"0" bgcolor=3D"{colour}"><tr><td align=3D"left" '
            f'style=3D"padding:{chance.randrange(20)}px;color:{colour};line-height:140%"><a href=3D"{{link}}">'
            f"{prose.title()}</a><br>{{text}}</td></tr></table>"
        )
    lines.append(prose.text(900))
    return lines


def _multipart(kind: bytes, mark: bytes, parts: list[bytes]) -> bytes:
    head = b'Content-Type: multipart/%b;\r\n\tboundary="%b"\r\n\r\nThis is a multi-part message.\r\n' % (kind, mark)
    return head + b"".join(b"--%b\r\n%b\r\n" % (mark, part) for part in parts) + b"--%b--\r\n" % mark


def _wrapped(text: str, width: int = 74) -> str:
    lines = []
    for line in text.split("\n"):
        rest = line
        while len(rest) > width:
            cut = rest.rfind(" ", 0, width)
            cut = cut if cut > 0 else width
            lines.append(rest[:cut])
            rest = rest[cut + 1 :]
        lines.append(rest)
    return "\n".join(lines)


def _crlf(text: str) -> bytes:
    return _wrapped(text).replace("\n", "\r\n").encode() + b"\r\n"


def _soft(html: str) -> bytes:
    """Break lines as quoted-printable does; what had to be quoted is quoted already."""
    lines = []
    for line in html.split("\n"):
        pieces = [line[at : at + 75] for at in range(0, len(line), 75)] or [""]
        lines.append("=\r\n".join(pieces))
    return ("\r\n".join(lines) + "\r\n").encode()


def write_mail(folder: Path, count: int, *, seed: str = "1", first: int = 0) -> int:
    """Write so many messages below a folder, one file each; how many bytes that are."""
    mail, done, size = Mail(seed), 0, 0
    while done < count:
        for box, data in mail.next()[: count - done]:
            place = folder / f"user{box:02}" / ("INBOX", "Sent", "Archive", "Projects")[mail.number % 4]
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{first + done:08}.eml").write_bytes(data)
            done += 1
            size += len(data)
    return size


def change_mail(folder: Path, turn: int, share: float = 0.01) -> None:
    """Let new messages arrive, a share of all, and a fifth as many be deleted."""
    names = sorted(folder.rglob("*.eml"))
    for path in random.Random(f"deleted {turn}").sample(names, int(len(names) * share / 5)):
        path.unlink()
    write_mail(folder, max(1, int(len(names) * share)), seed=f"later {turn}", first=(turn + 1) * 10_000_000)


def write_files(folder: Path, size: int, *, seed: str = "1") -> int:
    """Write a tree of files of so many bytes; how many files that are."""
    done = number = 0
    for path, data in _files(random.Random(f"files {seed}")):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        number += 1
        done += len(data)
        if done >= size:
            return number
    return number


def _files(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    prose = Prose(chance)
    folders = ["."]
    recent: deque[tuple[str, bytes]] = deque(maxlen=200)
    number = 0
    while True:
        number += 1
        if number % 12 == 1:
            parent = chance.choice(folders)
            if parent.count("/") < 8:
                folders.append(f"{parent}/{prose.words(1)[0].replace(' ', '-')}{number}")
        draw = chance.random()
        if recent and draw < 1 / 12:
            kind, data = chance.choice(recent)
        elif recent and draw < 1 / 12 + 1 / 20:
            kind, data = chance.choice(recent)
            data = inserted(chance, data)
        else:
            kind = _drawn(chance, _FILED)
            data = document(chance, prose, kind, min(64_000_000, 200 + int(chance.lognormvariate(10.1, 2.0))))
            recent.append((kind, data))
        yield f"{chance.choice(folders)}/{prose.title()} {number}.{_ENDINGS.get(kind, kind)}", data


def inserted(chance: random.Random, data: bytes) -> bytes:
    """Insert a little somewhere."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.randrange(1, 2_000)) + data[at:]


def change_files(folder: Path, turn: int, share: float = 0.01) -> None:
    """Insert something into a share of all files."""
    chance = random.Random(f"inserted {turn}")
    names = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in chance.sample(names, max(1, int(len(names) * share))):
        data = inserted(chance, path.read_bytes())
        draft = path.with_name(path.name + ".draft")
        draft.write_bytes(data)
        draft.replace(path)


def main() -> None:
    """Write one of the corpora: ``python -m tests.benchmarks.corpora mail|files FOLDER NUMBER``."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.corpora", description=main.__doc__)
    parser.add_argument("kind", choices=("mail", "files"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("number", type=int, help="messages, or bytes of files")
    chosen = parser.parse_args()
    print({"mail": write_mail, "files": write_files}[chosen.kind](chosen.folder, chosen.number))


if __name__ == "__main__":
    main()
