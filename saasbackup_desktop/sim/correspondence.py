"""How letters follow each other: new subjects, answers, the passing of time."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from saasbackup_desktop.sim import kinds, oddities, phrases
from saasbackup_desktop.sim.dice import Dice, draw_size
from saasbackup_desktop.sim.headings import Heading, traces
from saasbackup_desktop.sim.people import COLLEAGUES, OUTSIDERS, PUBLISHERS, Person

FIRST_DAY = datetime(2016, 1, 4, 7, 30, tzinfo=UTC)
LAST_DAY = datetime(2025, 6, 27, 17, 0, tzinfo=UTC)

_ODD_SHARE = 0.015
_THREADS_REMEMBERED = 120


@dataclass(slots=True)
class _Thread:
    subject: str
    people: list[Person]
    references: list[str]


@dataclass(slots=True)
class Sent:
    """A letter on its way: what was written, and what delivery adds in front."""

    heading: Heading
    data: bytes
    trace: bytes
    kind: str
    """The name of its kind, such as ``newsletter``."""
    moment: datetime


class Correspondence:
    """An endless exchange of letters between some people, in order of time."""

    def __init__(
        self,
        *seed: object,
        insiders: Sequence[Person] = COLLEAGUES,
        mean_size: int,
        step: timedelta,
        start: datetime = FIRST_DAY,
        clean: bool = False,
    ) -> None:
        """``step`` is the mean time between letters; ``clean`` leaves out letters with bare CR or LF."""
        self._dice = Dice(*seed)
        self._insiders = insiders
        self._mean = mean_size
        self._step = step
        self._moment = start
        self._oddities = oddities.CLEAN if clean else oddities.ALL
        self._threads: deque[_Thread] = deque(maxlen=_THREADS_REMEMBERED)

    def next(self) -> Sent:
        """Write the next letter."""
        dice = self._dice
        self._moment += timedelta(seconds=int(self._step.total_seconds() * 2 * dice.fraction()))
        if dice.chance(_ODD_SHARE):
            heading = self._fresh(dice.pick(OUTSIDERS), [dice.pick(self._insiders)])
            odd = dice.pick(self._oddities)
            return self._sent(heading, odd(heading, dice), odd.__name__)
        size = draw_size(dice, self._mean)
        kind = kinds.kind_for(size, dice)
        if kind is kinds.newsletter:
            heading = self._fresh(dice.pick(PUBLISHERS), [dice.pick(self._insiders)])
        elif self._threads and dice.chance(0.45):
            heading = self._answer(dice.pick(self._threads))
        else:
            heading = self._opening()
        trace = traces(heading, dice)
        return self._sent(heading, kind(heading, max(600, size - len(trace)), dice), kind.__name__, trace)

    def _sent(self, heading: Heading, data: bytes, kind: str, trace: bytes = b"") -> Sent:
        return Sent(heading, data, trace, kind, heading.moment)

    def _fresh(self, sender: Person, to: list[Person], subject: str | None = None) -> Heading:
        dice = self._dice
        domain = sender.address.rpartition("@")[2]
        text = phrases.subject(sender.language, dice) if subject is None else subject
        moment = self._moment.replace(microsecond=0)
        return Heading(sender, to, text, moment, f"<{dice.hexadecimal(12)}.{dice.below(9999)}@{domain}>")

    def _opening(self) -> Heading:
        dice = self._dice
        insider = dice.pick(self._insiders)
        other = dice.pick(OUTSIDERS) if dice.chance(0.4) else dice.pick(COLLEAGUES)
        if other.address == insider.address:
            other = dice.pick(OUTSIDERS)
        sender, receiver = (insider, other) if dice.chance(0.4) else (other, insider)
        heading = self._fresh(sender, [receiver])
        if dice.chance(0.25):
            heading.cc = [person for person in dice.several(COLLEAGUES, 3) if person not in (sender, receiver)]
        people = [sender, receiver, *heading.cc]
        self._threads.append(_Thread(heading.subject, people, [heading.message_id]))
        return heading

    def _answer(self, thread: _Thread) -> Heading:
        dice = self._dice
        sender = dice.pick(thread.people[:2])
        others = [person for person in thread.people if person is not sender]
        subject = thread.subject if thread.subject.startswith("Re: ") else f"Re: {thread.subject}"
        heading = self._fresh(sender, others[:1], subject)
        heading.cc = others[1:]
        heading.references = list(thread.references[-10:])
        thread.references.append(heading.message_id)
        thread.subject = subject
        return heading
