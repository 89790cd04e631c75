"""Who there is in a tenant, what their mailboxes are for, and what changed since the last look."""

import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from saasbackup_desktop.core.activation import Leaving, Rule, Rules, Status, When, decide
from saasbackup_desktop.providers.microsoft.directory import (
    Found,
    FoundPage,
    MailboxKind,
    Product,
    candidate_of,
    discover,
    read_groups,
    read_members,
    read_products,
)
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.permissions import Duty, WayIn, names, needed
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.tenant import SKUS
from tests.graph.stage import Stage

DUTIES = names(needed(WayIn.APPLICATION, list(Duty)))


@pytest.fixture
def stage() -> Stage:
    return Stage(granted=DUTIES)


@pytest.fixture(autouse=True)
def the_referee_agrees(stage: Stage) -> Iterator[None]:
    yield
    assert stage.referee.exchanges
    assert stage.referee.problems == []


def join(stage: Stage, name: str, *, has_mailbox: bool = True, **more: object) -> str:
    address = str(more.pop("address", f"{name.lower()}@fernwick.example"))
    user = stage.tenant.add_user(name, address, **more)  # type: ignore[arg-type]
    if has_mailbox:
        Mailbox(stage.tenant, user["id"])
    return str(user["id"])


async def look(
    graph: Graph, since: str = "", products: Sequence[Product] | None = None, **more: bool
) -> tuple[dict[str, Found], FoundPage]:
    found: dict[str, Found] = {}
    page = None
    async with aclosing(discover(graph, since, products, **more)) as pages:
        async for page in pages:
            found |= {one.id: one for one in page.found}
    assert page is not None
    assert page.is_last
    return found, page


async def test_every_kind_of_mailbox_is_told(stage: Stage) -> None:
    ids = {
        "user": join(
            stage,
            "Ada",
            department="Sales",
            jobTitle="Lead",
            proxyAddresses=[
                "SMTP:ada@fernwick.example",
                "smtp:a.lovelace@fernwick.example",
                "SIP:ada@fernwick.example",
            ],
        ),
        "shared": join(stage, "Info", sku=None, purpose="shared"),
        "room": join(stage, "Attic", sku=None, purpose="room"),
        "equipment": join(stage, "Projector", sku=None, purpose="equipment"),
        "none": join(stage, "Leaver", sku=None, has_mailbox=False),
        "power": join(stage, "Chart", sku="POWER_BI_STANDARD", has_mailbox=False),
        "guest": join(stage, "Guest", sku=None, has_mailbox=False, userType="Guest", address="guest@elsewhere.example"),
        "nameless": join(stage, "Ghost", sku=None, has_mailbox=False, mail=None),
    }
    graph = stage.graph()
    found, _ = await look(graph, products=await read_products(graph))
    kinds = {name: found[id].kind for name, id in ids.items()}
    assert kinds == {
        "user": MailboxKind.USER,
        "shared": MailboxKind.SHARED,
        "room": MailboxKind.ROOM,
        "equipment": MailboxKind.EQUIPMENT,
        "none": MailboxKind.NONE,
        "power": MailboxKind.NONE,
        "guest": MailboxKind.NONE,
        "nameless": MailboxKind.NONE,
    }
    assert {name for name, id in ids.items() if found[id].is_licensed} == {"user"}
    ada = found[ids["user"]]
    assert (ada.address, ada.name, ada.properties["department"], ada.properties["jobTitle"]) == (
        "ada@fernwick.example",
        "Ada",
        "Sales",
        "Lead",
    )
    assert ada.aliases == ("a.lovelace@fernwick.example",)
    assert found[ids["guest"]].is_guest
    await graph.close()


async def test_rules_choose_among_what_was_found(stage: Stage) -> None:
    ada, bob = join(stage, "Ada", department="Sales"), join(stage, "Bob", department="Law")
    room = join(stage, "Attic", sku=None, purpose="room")
    leaver = join(stage, "Leaver", sku=None, has_mailbox=False, department="Sales")
    group = stage.tenant.add_group("Inner circle", [bob])["id"]
    graph = stage.graph()
    found, page = await look(graph, products=await read_products(graph))
    members = await read_members(graph, group)
    assert members is not None
    rules = Rules(
        rules=(
            Rule(id="sales", name="department", values=("sales",)),
            Rule(id="rooms", name="kind", values=("room",)),
            Rule(id="circle", group=group, when=When.DAILY, leaving=Leaving.PAUSE),
        )
    )
    candidates = [candidate_of(one, frozenset({group} if one.id in members else ())) for one in found.values()]
    decided = {one.id: one for one in decide(candidates, rules, {}, 0)}
    active = {id for id, one in decided.items() if one.status is Status.ACTIVE}
    assert active == {ada, bob, room}
    assert decided[leaver].status is Status.INACTIVE
    stage.tenant.remove_user(ada)
    found, _ = await look(graph, page.link)
    [gone] = decide([candidate_of(found[ada])], rules, {ada: decided[ada].standing}, 1)
    assert gone.status is Status.AWAY
    await graph.close()


async def test_a_licensed_room_is_found_by_a_thorough_look(stage: Stage) -> None:
    id = join(stage, "Hall", purpose="room", accountEnabled=True)
    graph = stage.graph()
    assert (await look(graph))[0][id].kind is MailboxKind.USER
    assert (await look(graph, is_thorough=True))[0][id].kind is MailboxKind.ROOM
    await graph.close()


async def test_plans_that_are_off_and_products_out_of_force_give_no_licence(stage: Stage) -> None:
    product, plan, _ = SKUS["ENTERPRISEPACK"]
    off = join(stage, "Off", assignedLicenses=[])
    stage.tenant.change_user(off, assignedLicenses=[{"skuId": product, "disabledPlans": [plan]}])
    late = join(stage, "Late", sku="EXCHANGESTANDARD")
    graph = stage.graph()
    products = await read_products(graph)
    found, _ = await look(graph, products=products)
    assert not found[off].is_licensed
    assert found[late].is_licensed
    stage.tenant.products["EXCHANGESTANDARD"] = "Suspended"
    found, _ = await look(graph, products=await read_products(graph))
    assert not found[late].is_licensed
    await graph.close()


async def test_later_looks_tell_what_changed(stage: Stage) -> None:
    ada, bob = join(stage, "Ada"), join(stage, "Bob")
    graph = stage.graph()
    first, page = await look(graph)
    assert set(first) == {ada, bob}
    assert page.is_fresh
    stage.tenant.change_user(ada, department="Law", mail="lovelace@fernwick.example")
    stage.tenant.remove_user(bob)
    later, page = await look(graph, page.link)
    assert not page.is_fresh
    assert (later[ada].address, later[ada].properties["department"]) == ("lovelace@fernwick.example", "Law")
    assert (later[bob].is_deleted, later[bob].is_restorable) == (True, True)
    stage.tenant.restore_user(bob)
    again, page = await look(graph, page.link)
    assert set(again) == {bob}
    assert not again[bob].is_deleted
    assert (await look(graph, page.link))[0] == {}
    await graph.close()


async def test_a_change_that_says_little_is_completed(stage: Stage) -> None:
    ada, bob = join(stage, "Ada", department="Sales"), join(stage, "Bob", jobTitle="Clerk")
    graph = stage.graph()
    before, page = await look(graph)
    stage.tenant.tells_changes_only = True
    stage.tenant.change_user(ada, jobTitle="Head")
    stage.tenant.change_user(bob, jobTitle=None)
    found, _ = await look(graph, page.link)
    assert found[ada] == replace(before[ada], properties={**before[ada].properties, "jobTitle": "Head"})
    assert "jobTitle" not in found[bob].properties
    assert found[bob].address == "bob@fernwick.example"
    await graph.close()


async def test_an_expired_link_lists_everybody_again(stage: Stage) -> None:
    ada = join(stage, "Ada")
    graph = stage.graph()
    _, page = await look(graph)
    stage.tenant.user_feed.forget()
    found, page = await look(graph, page.link)
    assert set(found) == {ada}
    assert page.is_fresh
    await graph.close()


async def test_groups_and_those_in_groups_in_them(stage: Stage) -> None:
    ada, bob = join(stage, "Ada"), join(stage, "Bob")
    inner = stage.tenant.add_group("Inner", [bob])
    outer = stage.tenant.add_group("Outer", [ada, inner["id"]], groupTypes=["Unified"], mail="outer@fernwick.example")
    graph = stage.graph()
    groups = [group async for page in read_groups(graph) for group in page]
    assert {(group.name, group.is_microsoft_365) for group in groups} == {("Inner", False), ("Outer", True)}
    assert await read_members(graph, outer["id"]) == {ada, bob}
    assert await read_members(graph, inner["id"]) == {bob}
    assert await read_members(graph, "00000000-0000-0000-0000-00000000dead") is None
    await graph.close()


async def test_without_the_right_to_ask_kinds_are_unknown_and_nobody_keeps_asking(stage: Stage) -> None:
    stage.application.granted.remove("MailboxSettings.Read")
    id = join(stage, "Info", sku=None, purpose="shared")
    for number in range(1500):
        join(stage, f"Info {number}", sku=None, purpose="shared", address=f"info{number}@fernwick.example")
    graph = stage.graph()
    found, _ = await look(graph)
    assert found[id].kind is MailboxKind.UNKNOWN
    assert len(stage.app.log) <= 2 + 50  # the first page's batches, and none after
    await graph.close()


async def test_a_fence_hides_kinds_outside_of_it_only(stage: Stage) -> None:
    far = [join(stage, f"Far{number}", sku=None, purpose="shared") for number in range(1001)]
    near = join(stage, "Near", sku=None, purpose="room")
    stage.application.granted.remove("MailboxSettings.Read")
    stage.application.fenced, stage.application.fenced_roles = {near}, {"MailboxSettings.Read"}
    graph = stage.graph()
    found, _ = await look(graph)
    assert found[far[0]].kind is MailboxKind.UNKNOWN
    assert found[near].kind is MailboxKind.ROOM
    await graph.close()


async def test_five_thousand_accounts_in_few_requests(stage: Stage) -> None:
    for number in range(5000):
        is_shared = number % 25 == 0
        stage.tenant.add_user(
            f"Person {number}",
            f"p{number}@fernwick.example",
            sku=None if is_shared else "ENTERPRISEPACK",
            purpose="shared" if is_shared else "user",
        )
        if is_shared:
            stage.tenant.mailboxes[next(reversed(stage.tenant.users))] = object()
    graph = stage.graph()
    products = await read_products(graph)
    many, shared, largest = 0, 0, 0
    tracemalloc.start()
    async with aclosing(discover(graph, products=products)) as pages:
        async for page in pages:
            many += len(page.found)
            largest = max(largest, len(page.found))
            shared += sum(one.kind is MailboxKind.SHARED for one in page.found)
    print(f"{len(stage.app.log)} requests, peak {tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB")
    tracemalloc.stop()
    assert (many, shared) == (5000, 200)
    assert largest <= 999
    assert len(stage.app.log) <= 1 + 6 + 200 // 20 + 6
    await graph.close()
