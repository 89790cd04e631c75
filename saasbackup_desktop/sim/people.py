"""Who writes to whom: the people of Fernwick Instruments, and those outside."""

from dataclasses import dataclass

from saasbackup_desktop.sim.phrases import CHINESE, ENGLISH, FRENCH, GERMAN, JAPANESE, RUSSIAN, SPANISH, Language

COMPANY = "Fernwick Instruments"
DOMAIN = "fernwick.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an address; ``zone`` is minutes east of universal time."""

    name: str
    address: str
    zone: int = 0
    language: Language = ENGLISH

    @property
    def first_name(self) -> str:
        """What friends call them."""
        return self.name.split()[0]


def _colleague(name: str, local: str, zone: int = 0, language: Language = ENGLISH) -> Person:
    return Person(name, f"{local}@{DOMAIN}", zone, language)


COLLEAGUES = (
    _colleague("Odalys Thornbury", "odalys.thornbury"),
    _colleague("Björn Åkerlöf", "bjorn", 60, GERMAN),
    _colleague("Wilhelmina Groß", "w.gross", 60, GERMAN),
    _colleague("Étienne Larivaux", "etienne", 60, FRENCH),
    _colleague("湊 佐倉", "minato", 540, JAPANESE),
    _colleague("Зоя Верещак", "zoya", 180, RUSSIAN),
    _colleague("林 晓舟", "xiaozhou", 480, CHINESE),
    _colleague("Iñaki Belmonteño", "inaki", 60, SPANISH),
    _colleague("Prudence O'Halloway", "prudence", -300),
    _colleague('Tobias "Toby" Marl', "toby"),
    _colleague("Kavindra Selvanathan", "kavindra", 330),
    _colleague("Mele Tupouniua-Reed", "mele", 765),
)
"""The people of the house."""

OUTSIDERS = (
    Person("Hollis Brandt", "hollis@brasswright.example", 0),
    Person("Réjane Coquillard", "r.coquillard@verrerie-du-lac.example", 60, FRENCH),
    Person("Accounts, Northquay Freight", "accounts@northquay.example", 0),
    Person("Ruprecht Sälzle", "saelzle@feinmechanik.example", 60, GERMAN),
    Person("Harbour Office", "office@lighthouse-trust.example", -210),
    Person("Тимур Лазаренков", "timur@sever-pribor.example", 180, RUSSIAN),
    Person("渚 柏木", "nagisa@kazami.example", 540, JAPANESE),
    Person("罗 沐晨", "muchen@leishi.example", 480, CHINESE),
    Person("Estefanía Quirós", "equiros@puerto.example", 60, SPANISH),
)
"""Customers and suppliers."""

PUBLISHERS = (
    Person("The Isobar Weekly", "letters@isobar.example", 0),
    Person("Screws & Fittings Direct", "offers@screws-direct.example", 0),
    Person("Rooftop Weather Society", "news@rooftop-weather.example", -480),
    Person("Cloudspotter's Almanac", "almanac@cloudspot.example", 600),
    Person("Kantine Aktuell", "kantine@mittagstisch.example", 60, GERMAN),
)
"""Senders of newsletters."""

POSTMASTER = Person("Mail Delivery System", f"MAILER-DAEMON@mx.{DOMAIN}")
