"""How much an application may ask of the pretend directory, by Microsoft's published costs and limits."""

from collections.abc import AsyncIterator

import httpx
import pytest

from saasbackup_desktop.sim.graph.app import GraphApp
from saasbackup_desktop.sim.graph.manners import Manners
from saasbackup_desktop.sim.graph.units import Allowance, Units, cost_of
from saasbackup_desktop.sim.graph.wire import Refusal
from tests.graph.stage import DIRECTORY_GRANTED, DIRECTORY_WRITES, ROUTES, Stage


@pytest.mark.parametrize(
    ("asked", "query", "cost"),
    [
        ("GET /users", {}, 2),
        ("GET /users", {"$select": "id"}, 1),
        ("GET /users", {"$top": "10", "$select": "id"}, 1),
        ("GET /users", {"$expand": "manager"}, 3),
        ("GET /users/x", {}, 1),
        ("GET /applications", {"$top": "999"}, 2),
        ("GET /groups", {}, 1),
        ("GET /groups", {"$expand": "members"}, 2),
        ("GET /groups/x/members", {}, 3),
        ("GET /groups/x/members", {"$select": "id"}, 2),
        ("GET /groups/x/transitiveMembers", {}, 5),
        ("GET /subscribedSkus", {}, 3),
        ("PATCH /users/x", {}, 1),
        ("POST /directoryObjects/getByIds", {}, 3),
    ],
)
def test_what_a_request_costs(asked: str, query: dict[str, str], cost: int) -> None:
    method, path = asked.split()
    assert cost_of(method, path, query) == cost


class Hand:
    time = 0.0

    def now(self) -> float:
        return self.time


def spend(units: Units, many: int, method: str = "GET", path: str = "/users") -> Refusal | None:
    for _ in range(many):
        try:
            units.charge("app", method, path, {})
        except Refusal as refusal:
            return refusal
    return None


def test_units_come_back_with_time_and_what_is_nearly_all_is_told() -> None:
    hand = Hand()
    units = Units(lambda: Allowance.of("S"), hand.now)
    assert spend(units, 1400) is None
    assert "x-ms-throttle-limit-percentage" not in units.charge("other", "GET", "/users", {})
    assert units.charge("app", "GET", "/users", {})["x-ms-throttle-limit-percentage"] == "0.80"
    refusal = spend(units, 1000)
    assert refusal is not None
    assert (refusal.status, refusal.headers["Retry-After"]) == (429, "1")
    assert refusal.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert units.spent == 3500 + 2  # and another application's own
    hand.time += 1.0
    assert spend(units, 175) is None
    assert spend(units, 1) is not None


def test_writes_have_a_window_of_their_own() -> None:
    hand = Hand()
    units = Units(lambda: Allowance(writes=100), hand.now)
    assert spend(units, 100, "PATCH", "/users/x") is None
    refusal = spend(units, 1, "PATCH", "/users/x")
    assert refusal is not None
    assert refusal.headers["Retry-After"] == "150"
    assert spend(units, 1) is None
    hand.time += 150.0
    assert spend(units, 1, "PATCH", "/users/x") is None


def test_conditional_access_answers_once_a_second_and_says_not_when_again() -> None:
    hand = Hand()
    units = Units(Allowance, hand.now)
    path = "/identity/conditionalAccess/policies"
    assert spend(units, 1, path=path) is None
    refusal = spend(units, 1, path=path)
    assert refusal is not None
    assert "Retry-After" not in refusal.headers
    hand.time += 1.0
    assert spend(units, 1, path=path) is None


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    stage = Stage(granted=DIRECTORY_GRANTED | DIRECTORY_WRITES)
    stage.tenant.add_user("Ada", "ada@fernwick.example")
    app = GraphApp(stage.tenant, ROUTES, Manners(allowance=Allowance(units=10)), stage.clock.now)
    headers = {"Authorization": f"Bearer {await stage.token(False)}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://graph.example", headers=headers) as client:
        yield client


async def test_answers_say_what_they_cost_those_in_batches_too(client: httpx.AsyncClient) -> None:
    alone = await client.get("/v1.0/users")
    assert alone.headers["x-ms-resource-unit"] == "2"
    asked = [{"id": str(number), "method": "GET", "url": "/users"} for number in range(5)]
    answer = await client.post("/v1.0/$batch", json={"requests": asked})
    told = answer.json()["responses"]
    assert [one["status"] for one in told] == [200, 200, 200, 200, 429]
    assert told[-1]["headers"]["Retry-After"] == "2"
    assert told[0]["headers"]["x-ms-resource-unit"] == "2"
    refused = await client.get("/v1.0/users")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
