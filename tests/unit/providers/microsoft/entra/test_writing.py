"""What is refused because another server has not heard of it yet is sent again."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from saasbackup_desktop.core.directory.plan import Action, Standing, Write
from saasbackup_desktop.core.directory.ports import Directory
from saasbackup_desktop.core.errors import ItemFault, NotFound
from saasbackup_desktop.providers.microsoft.entra.writing import DirectoryToWrite
from saasbackup_desktop.providers.microsoft.graph import Graph


class Units:
    """Never holds anything back."""

    @asynccontextmanager
    async def spending(self, units: int) -> AsyncIterator[None]:
        yield


class Slow:
    """Refuses a few times, and then takes it."""

    def __init__(self, *refusals: ItemFault) -> None:
        self.units = Units()
        self.refusals = list(refusals)
        self.sent = 0

    async def send(self, method: str, path: str, body: Any, **how: Any) -> Mapping[str, Any]:
        self.sent += 1
        if self.refusals:
            raise self.refusals.pop(0)
        return {}


EARLY = "The source resource object or one of the objects being referenced do not exist."
GONE = "Resource 'x' does not exist or one of its queried reference-property objects are not present."


@pytest.mark.parametrize(
    ("refusal", "standing"),
    [
        (ItemFault(EARLY), Standing.DONE),
        (NotFound(GONE), Standing.DONE),
        (ItemFault("Invalid value."), Standing.REFUSED),
    ],
)
async def test_what_is_too_early_is_sent_again(
    refusal: ItemFault, standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    graph = Slow(refusal)
    directory = DirectoryToWrite(cast("Graph", graph), cast("Directory", None))
    write = Write(
        number=1,
        action=Action.LINK,
        kind="groups",
        id="g",
        name="All",
        method="POST",
        path="/groups/g/members/$ref",
        body={"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/{new:u}"},
    )
    result = await directory.write(write, {"u": "v"})
    assert result.standing is standing
    assert (graph.sent, waited) == ((2, [1.0]) if standing is Standing.DONE else (1, []))
