"""The pace of reading a directory: near what the tenant allows, whatever goes wrong on the way."""

import asyncio

import httpx

from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.calls import Call
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.live import LiveDirectory, live_directory
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.permissions import Purpose, WayIn, names, needed
from saasbackup_desktop.sim.graph.app import GraphApp
from saasbackup_desktop.sim.graph.entra.populating import populate
from saasbackup_desktop.sim.graph.manners import Manners
from saasbackup_desktop.sim.graph.tenant import Tenant
from saasbackup_desktop.sim.graph.units import Allowance
from tests.graph.child import Now
from tests.graph.stage import ROUTES
from tests.graph.virtual import run as run_virtually

GRANTED = set(names(needed(WayIn.APPLICATION, [Service.DIRECTORY], [Purpose.BACK_UP])))


class Pretended:
    """A tenant with these manners, and a client of it; made inside the loop that they live in."""

    def __init__(self, manners: Manners, users: int) -> None:
        self.tenant = Tenant("fernwick.example", lambda: 1_790_000_000.0)
        self.truth = populate(self.tenant, users=users, groups=users // 10, devices=5)
        self.app = GraphApp(self.tenant, ROUTES, manners, asyncio.get_running_loop().time)
        token = self.tenant.token(self.tenant.register(GRANTED))

        async def given(_renew: bool) -> str:
            return token

        self.graph = Graph(CLOUDS["global"], given, Now(), transport=httpx.ASGITransport(self.app))

    def live(self) -> LiveDirectory:
        """The directory as it is now."""
        return live_directory(self.graph.share())

    async def everything(self) -> dict[str, DirectoryObject]:
        """All that there is, kind by kind."""
        found: dict[str, DirectoryObject] = {}
        directory = self.live()
        async for heard in directory.objects(list(SCHEMA)):
            assert not heard.code, (heard.kind, heard.detail)
            found |= {one.key: one for one in heard.objects}
        await directory.close()
        return found


def test_what_a_tenant_allows_is_used() -> None:
    async def work() -> tuple[int, float, float]:
        there = Pretended(Manners(latency=0.2, allowance=Allowance(units=150)), 500)
        keys = [f"{kind}/{id}" for kind in ("users", "groups") for id in there.truth.objects(kind)]
        found = await there.live().some(keys)
        assert set(found) == set(keys)
        return there.app.units.spent, there.graph.units.used, there.graph.units.allowance

    (spent, heard, learned), seconds = run_virtually(work())
    assert spent >= 0.95 * 150 * (1 + seconds / 10)
    assert heard == spent
    assert 100 <= learned <= 225


def test_conditional_access_is_asked_once_a_second() -> None:
    async def work() -> tuple[int, int]:
        there = Pretended(Manners(latency=0.2, allowance=Allowance()), 20)
        await asyncio.gather(there.everything(), there.everything())
        return there.app.units.conditional, there.app.units.refused

    (asked, refused), seconds = run_virtually(work())
    assert asked == 6
    assert refused == 0
    assert seconds >= asked - 1


def test_faults_on_the_way_leave_no_gap() -> None:
    async def work() -> None:
        there = Pretended(Manners(), 60)
        calm, manners = await there.everything(), there.app.manners
        manners.latency, manners.errors, manners.allowance = 0.1, {429: 0.15, 503: 0.1, 504: 0.05}, Allowance(units=60)
        assert await there.everything() == calm
        assert {status for _, _, status in there.app.log} >= {200, 429, 503}

    run_virtually(work())


def test_a_batch_may_ask_both_versions() -> None:
    async def work() -> None:
        there = Pretended(Manners(), 10)
        user, policy = (next(iter(there.truth.objects(kind))) for kind in ("users", "configurationPolicies"))
        paths = [f"/users/{user}", f"/beta/deviceManagement/configurationPolicies/{policy}", "/users/nobody"]
        answers = await there.graph.batch([Call("GET", path) for path in (*paths, *paths)])
        assert [answer.status for answer in answers] == [200, 200, 404] * 2
        assert answers[0].body["id"] == user
        assert answers[4].body["id"] == policy
        assert [path for _, path, _ in there.app.log] == ["/$batch", "/beta/$batch"]
        found = await there.live().some([f"configurationPolicies/{policy}", f"users/{user}"])
        assert found[f"configurationPolicies/{policy}"].properties["settings"]
        await there.graph.close()

    run_virtually(work())
