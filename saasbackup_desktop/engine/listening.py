"""Who listens to what happens, and what each has still to be told."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from saasbackup_desktop.core.jobs import Event, JobChanged


@dataclass(slots=True, eq=False)
class _Listener:
    """What somebody has still to be told: of a job, only how it stands now."""

    events: OrderedDict[object, Event] = field(default_factory=OrderedDict)
    some: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def tell(self, event: Event) -> None:
        key: object = event.job.id if isinstance(event, JobChanged) else (event.stream,)
        self.events[key] = event
        self.events.move_to_end(key)
        self.some.set()

    def end(self) -> None:
        self.is_over = True
        self.some.set()


class Audience:
    """All who listen. Whoever listens slowly is told of a job only how it stands by then."""

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()

    @property
    def is_empty(self) -> bool:
        """Nobody listens."""
        return not self._listeners

    def tell(self, event: Event) -> None:
        """Say something to all who listen."""
        for listener in self._listeners:
            listener.tell(event)

    def dismiss(self) -> None:
        """Tell all that nothing more will come."""
        for listener in self._listeners:
            listener.end()

    async def events(self) -> AsyncGenerator[Event, None]:
        """Give what happens from now on."""
        listener = _Listener()
        self._listeners.add(listener)
        try:
            while True:
                while listener.events:
                    yield listener.events.popitem(last=False)[1]
                if listener.is_over:
                    return
                listener.some.clear()
                await listener.some.wait()
        finally:
            self._listeners.discard(listener)
