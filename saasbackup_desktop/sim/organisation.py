"""A whole made-up organisation: mailboxes with folders full of letters, awkward names included."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from saasbackup_desktop.sim import attachments, kinds, parts
from saasbackup_desktop.sim.bodies import UTF8, Text, plain
from saasbackup_desktop.sim.correspondence import FIRST_DAY, LAST_DAY, Correspondence, Sent
from saasbackup_desktop.sim.dice import MEAN_SIZE, Dice
from saasbackup_desktop.sim.headings import Heading, header, in_zone
from saasbackup_desktop.sim.letter import Letter
from saasbackup_desktop.sim.letters import flags
from saasbackup_desktop.sim.people import COLLEAGUES, COMPANY, DOMAIN, OUTSIDERS, Person
from saasbackup_desktop.sim.phrases import ENGLISH

Path = tuple[str, ...]
"""The name of a folder and of those above it, outermost first."""

INBOX: Path = ("INBOX",)
USES: dict[Path, str] = {
    ("Sent",): "\\Sent",
    ("Drafts",): "\\Drafts",
    ("Trash",): "\\Trash",
    ("Junk",): "\\Junk",
    ("Archive",): "\\Archive",
}
"""Folders with a special use (RFC 6154)."""

AWKWARD: tuple[Path, ...] = (
    ("Projects", "Barometer Mk II"),
    ("Projects", "Größe & Maß"),
    ("Projects", "気象データ"),
    ("Projects", "Русская переписка"),
    ("Kunden & Partner", "Müller + Söhne"),
    ("Trailing blank ",),
    ('The "quoted" one',),
    ("Back\\slash",),
    ("100% * sure?",),
    ("&",),
    ("Sun 🌤 & rain",),
    ("INBOX copy",),
    ("Very", "deep", "down", "below", "the", "stairs", "behind", "the", "old", "boiler", "in", "a", "box"),
)
"""Names that backup programs stumble over."""

EMPTY: Path = ("Nothing here yet",)
_LARGE_LETTER = 9_000_000


@dataclass(slots=True)
class Drawer:
    """One folder of a mailbox."""

    path: Path
    use: str = ""
    """Its special use, such as ``\\Sent``, or empty."""
    subscribed: bool = True
    letters: list[Letter] = field(default_factory=list)


@dataclass(slots=True)
class Cabinet:
    """One person's mailbox."""

    name: str
    address: str
    folders: list[Drawer]

    @property
    def letters(self) -> int:
        """How many letters are in it."""
        return sum(len(drawer.letters) for drawer in self.folders)

    def drawer(self, path: Path) -> Drawer:
        """Find a folder; KeyError if there is none."""
        for drawer in self.folders:
            if drawer.path == path:
                return drawer
        raise KeyError(path)


@dataclass(slots=True)
class Organisation:
    """Everything there is."""

    name: str
    domain: str
    mailboxes: list[Cabinet]


def organisation(
    seed: int | str, messages: int = 3000, mailboxes: int = 3, mean_size: int = MEAN_SIZE, *, clean: bool = False
) -> Organisation:
    """Make an organisation of ``messages`` letters in all, shared out over up to twelve mailboxes.

    The same arguments make the same bytes everywhere. Letters between colleagues lie in the mailboxes of both. From a
    thousand letters on, the first mailbox holds one of nine megabytes. ``clean`` as in ``letters``.
    """
    people = COLLEAGUES[:mailboxes]
    filing = _Filing(people, Dice("filing", seed))
    step = (LAST_DAY - FIRST_DAY) / max(1, messages)
    exchange = Correspondence("organisation", seed, insiders=people, mean_size=mean_size, step=step, clean=clean)
    if messages >= 1000:
        filing.put(people[0], INBOX, large_letter(people[0], FIRST_DAY + timedelta(days=900)))
    while filing.count < messages:
        filing.file(exchange.next(), messages)
    return Organisation(COMPANY, DOMAIN, filing.cabinets())


def large_letter(to: Person, moment: datetime, size: int = _LARGE_LETTER) -> Letter:
    """Write a letter of about ``size`` bytes, an archive attached."""
    dice = Dice("large", to.address, size)
    heading = Heading(
        OUTSIDERS[0], [to], "All photographs of the mast", moment, f"<{dice.hexadecimal(12)}@brasswright.example>"
    )
    text = plain(Text(ENGLISH, "Hello,", "Hollis"), UTF8[0], 600, dice)
    members = [(f"mast-{number:02}.raw", dice.bytes(size * 3 // 4 // 8)) for number in range(8)]
    archive = parts.file_part("application/zip", "mast.zip", attachments.archive(members), dice)
    body = parts.multipart("mixed", (parts.text_part("plain", UTF8[0], text), archive), dice)
    return Letter(header(heading, dice) + body, frozenset({"\\Seen", "\\Flagged"}), moment)


class _Filing:
    """Put letters where their owners would."""

    def __init__(self, people: tuple[Person, ...], dice: Dice) -> None:
        self._dice = dice
        self._people = {person.address: person for person in people}
        self.count = 0
        self._drawers: dict[str, dict[Path, Drawer]] = {}
        for person in people:
            paths = [
                INBOX,
                *USES,
                *AWKWARD,
                *((("Archive", str(year))) for year in range(2016, 2026)),
                ("Newsletters",),
                EMPTY,
            ]
            self._drawers[person.address] = {
                path: Drawer(path, USES.get(path, ""), subscribed=path not in (EMPTY, ("Junk",))) for path in paths
            }

    def cabinets(self) -> list[Cabinet]:
        """Everybody's mailbox, letters in the order they came."""
        return [
            Cabinet(person.name, address, list(self._drawers[address].values()))
            for address, person in self._people.items()
        ]

    def put(self, person: Person, path: Path, letter: Letter) -> None:
        """Put a letter into a folder."""
        self._drawers[person.address][path].letters.append(letter)
        self.count += 1

    def file(self, sent: Sent, most: int) -> None:
        """Put a letter into the mailboxes of those who wrote and got it, up to ``most`` letters in all."""
        heading, dice = sent.heading, self._dice
        got = [person for person in (*heading.to, *heading.cc) if person.address in self._people]
        for person in got:
            if self.count < most:
                moment = in_zone(
                    sent.moment + timedelta(seconds=dice.between(1, 120)), dice.pick((0, 0, 60, 120, -210))
                )
                marks = flags(dice, answered=bool(heading.references))
                self.put(person, self._place(sent), Letter(sent.trace + sent.data, marks, moment))
        if heading.sender.address in self._people and self.count < most:
            moment = in_zone(sent.moment, heading.sender.zone)
            draft = dice.chance(0.02)
            marks = frozenset({"\\Seen", "\\Draft"} if draft else {"\\Seen"})
            self.put(heading.sender, ("Drafts",) if draft else ("Sent",), Letter(sent.data, marks, moment))

    def _place(self, sent: Sent) -> Path:
        dice = self._dice
        if sent.kind == kinds.newsletter.__name__:
            return dice.weighed(((0.6, ("Newsletters",)), (0.2, INBOX), (0.1, ("Junk",)), (0.1, ("Trash",))))
        if dice.chance(0.35) and sent.moment.year < 2024:
            return ("Archive", str(sent.moment.year))
        if dice.chance(0.3):
            return dice.pick(AWKWARD)
        return INBOX if dice.chance(0.95) else ("Trash",)
