"""Items with their bytes, in their order, read ahead of whoever writes them."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.model import Body, Item
from saasbackup_desktop.vault.vault import Vault

T = TypeVar("T")

_LARGE: Final = 4 << 20
"""Bytes of a body from which on it is read piece by piece, when its turn comes."""
_OWN: Final = ""
"""Names an item's own body among its parts."""


@dataclass(slots=True)
class Held(Generic[T]):
    """An item whose small bodies are in memory."""

    about: T
    item: Item
    missing: int = 0
    found: dict[str, bytes | BodyDamaged] = field(default_factory=dict)

    def data(self, vault: Vault) -> Callable[[], Iterator[bytes]]:
        """Its own bytes. What is called raises BodyDamaged."""
        return self._reading(vault, _OWN, self.item.body)

    def parts(self, vault: Vault) -> Mapping[str, Callable[[], Iterator[bytes]]]:
        """The bytes of its parts."""
        return {name: self._reading(vault, name, body) for name, body in self.item.parts.items()}

    def _reading(self, vault: Vault, name: str, body: Body | None) -> Callable[[], Iterator[bytes]]:
        def read() -> Iterator[bytes]:
            if body is None:
                raise BodyDamaged("no body")
            held = self.found.get(name)
            if held is None:
                yield from vault.pieces(body)
            elif isinstance(held, BodyDamaged):
                raise held
            else:
                yield held

        return read


def in_order(vault: Vault, items: Iterator[tuple[T, Item]]) -> Iterator[Held[T]]:
    """Give the items in their order with their bytes at hand; some 64 MB are in memory. Blocks."""
    waiting: deque[Held[T]] = deque()

    def wanted() -> Iterator[tuple[tuple[Held[T], str], Body]]:
        for about, item in items:
            held = Held(about, item)
            small = [
                (name, body)
                for name, body in ((_OWN, item.body), *item.parts.items())
                if body is not None and body.size < _LARGE
            ]
            held.missing = len(small)
            waiting.append(held)
            for name, body in small:
                yield (held, name), body

    for (held, name), data in vault.read_many(wanted()):
        held.found[name] = data
        held.missing -= 1
        while waiting and not waiting[0].missing:
            yield waiting.popleft()
    yield from waiting
