"""An endless stream of letters, for benchmarks and for filling servers."""

from collections.abc import Iterator
from datetime import timedelta

from saasbackup_desktop.sim.correspondence import FIRST_DAY, LAST_DAY, Correspondence
from saasbackup_desktop.sim.dice import MEAN_SIZE, Dice
from saasbackup_desktop.sim.headings import in_zone
from saasbackup_desktop.sim.letter import Letter

_ZONES = (0, 0, 60, 60, 120, 120, -300, 330, -210, 540, 765)
_KEYWORDS = ("$Forwarded", "$label1", "NonJunk", "follow-up", "Invoice", "$MDNSent")


def letters(seed: int | str, count: int, mean_size: int = MEAN_SIZE, *, clean: bool = False) -> Iterator[Letter]:
    """Write ``count`` letters of ``mean_size`` bytes on average, the same ones for the same arguments everywhere.

    Half of them are smaller than a quarter of the mean. About one in seventy is malformed; ``clean`` leaves out those
    whose line ends a server may rewrite, so that all come back from one byte for byte. Never a NUL.
    """
    step = (LAST_DAY - FIRST_DAY) / max(1, count)
    exchange = Correspondence("letters", seed, mean_size=mean_size, step=step, clean=clean)
    dice = Dice("letters' flags", seed)
    for _ in range(count):
        sent = exchange.next()
        moment = in_zone(sent.moment + timedelta(seconds=dice.between(1, 120)), dice.pick(_ZONES))
        yield Letter(sent.trace + sent.data, flags(dice, answered=bool(sent.heading.references)), moment)


def flags(dice: Dice, *, answered: bool = False) -> frozenset[str]:
    """Draw the flags and keywords of a letter that has been in a mailbox for some time."""
    drawn: set[str] = set()
    if dice.chance(0.88):
        drawn.add("\\Seen")
    if dice.chance(0.5 if answered else 0.1):
        drawn.add("\\Answered")
    if dice.chance(0.05):
        drawn.add("\\Flagged")
    if dice.chance(0.12):
        drawn.add(dice.pick(_KEYWORDS))
    return frozenset(drawn)
