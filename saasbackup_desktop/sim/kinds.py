"""The kinds of letters people and machines write; each makes a whole message of about the size asked for."""

from collections.abc import Callable
from datetime import timedelta

from saasbackup_desktop.sim import attachments, bodies, parts
from saasbackup_desktop.sim.dice import Dice
from saasbackup_desktop.sim.headings import Heading, date_text, header, in_zone
from saasbackup_desktop.sim.people import COMPANY, DOMAIN, POSTMASTER

Kind = Callable[[Heading, int, Dice], bytes]

_PLAIN_UTF8 = bodies.UTF8[1]
_PICTURES = "https://pictures.isobar.example"
_HEADLINES = (
    "rain from the west",
    "what the swallows know",
    "ten screws to own",
    "a mild autumn after all",
    "the quiet barometer",
    "fog, explained",
    "letters from the coast",
    "prices fall, pressure rises",
    "readers' clouds",
)
_DOCUMENTS = (
    "Calibration",
    "Tender",
    "Drawing",
    "Übersicht",
    "Relevés",
    "計画",
    "Price list",
    "Protocol",
    "Map of masts",
)


def _text(heading: Heading, dice: Dice) -> bodies.Text:
    language = heading.sender.language
    name = heading.to[0].first_name if heading.to else COMPANY
    opening = dice.pick(language.hello).format(name) + ","
    closing = f"{dice.pick(language.bye)}\n{heading.sender.name}"
    return bodies.Text(language, opening, closing, quoted=bool(heading.references))


def note(heading: Heading, size: int, dice: Dice) -> bytes:
    """Write a plain text in one of the character sets of its language."""
    how = bodies.dress(heading.sender.language, dice)
    heading.charset = "utf-8" if how.charset == "us-ascii" else how.charset
    top = header(heading, dice)
    body = bodies.plain(_text(heading, dice), how, size - len(top), dice)
    return top + parts.text_part("plain", how, body)


def alternative(heading: Heading, size: int, dice: Dice) -> bytes:
    """Write a text twice, plain and HTML."""
    return header(heading, dice) + _alternative(heading, size, dice)


def _alternative(heading: Heading, size: int, dice: Dice) -> bytes:
    how, text = dice.pick(bodies.UTF8), _text(heading, dice)
    plain = parts.text_part("plain", how, bodies.plain(text, how, size * 2 // 5, dice))
    html = parts.text_part("html", how, bodies.html(text, how, size * 3 // 5, dice))
    return parts.multipart("alternative", (plain, html), dice)


def newsletter(heading: Heading, size: int, dice: Dice) -> bytes:
    """Write a newsletter: HTML with remote pictures, some with pictures of their own inside."""
    issue = dice.between(1, 900)
    heading.subject = f"{heading.sender.name} {issue}: {dice.pick(_HEADLINES)}"
    heading.extra += [
        f"List-Id: <{heading.sender.address.replace('@', '.')}>".encode(),
        f"List-Unsubscribe: <https://isobar.example/leave/{dice.hexadecimal(8)}>".encode(),
        b"Precedence: bulk",
    ]
    own = dice.chance(0.35) or size > 60_000
    pictures = [f"picture{number}.{issue}@isobar.example" for number in range(dice.between(1, 4))] if own else []
    shown = "".join(f'<img src="cid:{cid}" alt="" width="48">\n' for cid in pictures)
    remote = "".join(
        f'<img src="{_PICTURES}/{issue}/{number}.png" alt="Picture {number}" width="560">\n'
        for number in range(dice.between(1, 5))
    )
    pixel = f'<img src="{_PICTURES}/seen?{dice.hexadecimal(12)}" width="1" height="1" alt="">'
    language = heading.sender.language
    text = bodies.Text(language, f"<h1>{heading.subject}</h1>\n{shown}{remote}", f"Issue {issue}\n{pixel}")
    top = header(heading, dice)
    html_size = min(size, 60_000) - len(top)
    html = parts.text_part("html", _PLAIN_UTF8, bodies.html(text, _PLAIN_UTF8, html_size, dice))
    if not own:
        return top + html
    left = max(0, size - len(html)) * 3 // 4 // len(pictures)
    images = [
        parts.file_part(
            "image/png",
            f"picture{number}.png",
            attachments.emblem(dice.below(24)) if left < 4000 else attachments.photograph(dice, left),
            dice,
            cid=cid,
        )
        for number, cid in enumerate(pictures)
    ]
    return top + parts.multipart("related", (html, *images), dice, parameters='; type="text/html"')


def _file(heading: Heading, size: int, dice: Dice) -> bytes:
    name = f"{dice.pick(_DOCUMENTS)} {dice.between(1, 999)}"
    match dice.below(6):
        case 0:
            picture = attachments.photograph(dice, size)
            return parts.file_part("image/png", f"{name}.png", picture, dice)
        case 1:
            members = [("readme.txt", b"Made up.\r\n"), (f"{name}.bin", dice.bytes(size))]
            return parts.file_part("application/zip", f"{name}.zip", attachments.archive(members), dice)
        case 2:
            return parts.file_part("text/csv", f"{name}.csv", attachments.table(dice, size), dice)
        case _:
            lines = (COMPANY, name, f"Prepared by {heading.sender.name}", heading.subject)
            data = attachments.pdf(lines, dice.bytes(max(0, size - 1000)))
            return parts.file_part("application/pdf", f"{name}.pdf", data, dice)


def with_files(heading: Heading, size: int, dice: Dice) -> bytes:
    """Write a text with one to three files; now and then a file that many letters carry."""
    top = header(heading, dice)
    how = bodies.UTF8[dice.below(2)]
    text_size = min(size // 4, dice.between(400, 3000))
    text = parts.text_part("plain", how, bodies.plain(_text(heading, dice), how, text_size, dice))
    count = dice.weighed(((0.75, 1), (0.17, 2), (0.08, 3)))
    each = max(600, (size - len(top) - len(text)) * 3 // 4 // count)
    source = Dice("shared file", dice.below(40)) if dice.chance(0.2) else dice
    files = [_file(heading, each, source) for _ in range(count)]
    return top + parts.multipart("mixed", (text, *files), dice)


def invoice(heading: Heading, size: int, dice: Dice) -> bytes:
    """Write an invoice: a few lines and a PDF."""
    number, amount = dice.between(10_000, 99_999), dice.between(900, 990_000)
    heading.subject = f"Invoice {number}"
    top = header(heading, dice)
    text = bodies.Text(
        heading.sender.language,
        f"Invoice {number} of {heading.moment:%Y-%m-%d}\nAmount due: {amount // 100}.{amount % 100:02} EUR",
        f"{heading.sender.name}\n{heading.sender.address}",
    )
    shown = parts.text_part("plain", _PLAIN_UTF8, bodies.plain(text, _PLAIN_UTF8, 700, dice))
    lines = [f"Invoice {number}", COMPANY, *(f"Item {row}: {dice.between(1, 40)} pieces" for row in range(6))]
    filling = dice.bytes(max(0, (size - len(top) - len(shown)) * 3 // 4 - 1400))
    document = parts.file_part("application/pdf", f"invoice-{number}.pdf", attachments.pdf(lines, filling), dice)
    return top + parts.multipart("mixed", (shown, document), dice)


def forward(heading: Heading, size: int, dice: Dice) -> bytes:
    """Send on a letter as a letter inside a letter, once or twice."""
    earlier = Heading(
        heading.to[0],
        [heading.sender],
        heading.subject,
        heading.moment - timedelta(hours=dice.between(1, 90)),
        f"<{dice.hexadecimal(12)}@{DOMAIN}>",
    )
    inner_kind = forward if dice.chance(0.25) and size > 4000 else with_files if size > 12_000 else note
    inner = inner_kind(earlier, max(600, size - 1500), dice)
    heading.subject = f"Fwd: {heading.subject}"
    how = bodies.UTF8[0]
    text = parts.text_part("plain", how, bodies.plain(_text(heading, dice), how, 500, dice))
    attached = b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + inner
    return header(heading, dice) + parts.multipart("mixed", (text, attached), dice)


def delivery_report(heading: Heading, size: int, dice: Dice) -> bytes:
    """Report a letter that could not be delivered (RFC 3464)."""
    missing = f"nobody{dice.below(100)}@northquay.example"
    returned = note(
        Heading(heading.to[0], [heading.sender], heading.subject, heading.moment, heading.message_id), size // 2, dice
    )
    report = Heading(
        POSTMASTER,
        heading.to,
        "Undelivered Mail Returned to Sender",
        heading.moment,
        f"<{dice.hexadecimal(12)}@mx.{DOMAIN}>",
        extra=[b"Auto-Submitted: auto-replied"],
    )
    told = (
        "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
        f"The letter below did not reach\r\n\r\n    {missing}\r\n\r\nThere is no such mailbox.\r\n"
    )
    status = (
        "Content-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.{DOMAIN}\r\nArrival-Date: {date_text(heading.moment).decode()}\r\n\r\n"
        f"Final-Recipient: rfc822; {missing}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox\r\n"
    )
    letter = b"Content-Type: message/rfc822\r\n\r\n" + returned
    body = (told.encode(), status.encode(), letter)
    return header(report, dice) + parts.multipart("report", body, dice, parameters="; report-type=delivery-status")


def signed(heading: Heading, size: int, dice: Dice) -> bytes:
    """Write a letter that looks signed (RFC 8551); the signature is of the right shape only."""
    top = header(heading, dice)
    content = _alternative(heading, max(800, size - 4200), dice)
    # A sequence of 2,044 bytes in DER, as a signature begins.
    seal = parts.file_part("application/pkcs7-signature", "smime.p7s", b"\x30\x82\x07\xfc" + dice.bytes(2044), dice)
    parameters = '; protocol="application/pkcs7-signature"; micalg=sha-256'
    return top + parts.multipart("signed", (content, seal), dice, parameters=parameters)


def invitation(heading: Heading, size: int, dice: Dice) -> bytes:
    """Invite to a meeting (RFC 5546, RFC 6047)."""
    start = in_zone(heading.moment + timedelta(days=dice.between(1, 30)), 0).replace(minute=0, second=0)
    stamp = "%Y%m%dT%H%M%SZ"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fernwick//Meetings 1.0//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{dice.hexadecimal(12)}@{DOMAIN}",
        f"DTSTAMP:{in_zone(heading.moment, 0):{stamp}}",
        f"DTSTART:{start:{stamp}}",
        f"DTEND:{start + timedelta(minutes=30 * dice.between(1, 5)):{stamp}}",
        f"SUMMARY:{heading.subject}",
        f"ORGANIZER:mailto:{heading.sender.address}",
        *(f"ATTENDEE;RSVP=TRUE:mailto:{person.address}" for person in heading.to),
        f"LOCATION:Room {dice.between(1, 12)}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    calendar = "\r\n".join(lines).encode() + b"\r\n"
    top = header(heading, dice)
    how = bodies.UTF8[1]
    text = parts.text_part("plain", how, bodies.plain(_text(heading, dice), how, min(size, 1500), dice))
    fields = b"Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return top + parts.multipart("alternative", (text, fields + calendar), dice)


SMALL: tuple[tuple[float, Kind], ...] = (
    (0.52, note),
    (0.20, alternative),
    (0.07, newsletter),
    (0.06, invoice),
    (0.04, with_files),
    (0.04, invitation),
    (0.03, forward),
    (0.02, delivery_report),
    (0.02, signed),
)
"""Kinds of small letters, with their shares."""

LARGE: tuple[tuple[float, Kind], ...] = (
    (0.12, note),
    (0.16, alternative),
    (0.30, newsletter),
    (0.12, invoice),
    (0.22, with_files),
    (0.05, forward),
    (0.03, signed),
)
"""Kinds of letters above ten kilobytes."""

HUGE: tuple[tuple[float, Kind], ...] = ((0.70, with_files), (0.15, invoice), (0.10, newsletter), (0.05, forward))
"""Kinds of letters above forty kilobytes."""


def kind_for(size: int, dice: Dice) -> Kind:
    """Draw a kind that letters of this size may have."""
    return dice.weighed(SMALL if size < 10_000 else LARGE if size < 40_000 else HUGE)
