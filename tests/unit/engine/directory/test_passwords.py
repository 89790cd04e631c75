"""Passwords that are made up: strong, sealed, the same when asked again, and told once."""

from dataclasses import replace

from saasbackup_desktop.core.directory.placeholders import needs_password
from saasbackup_desktop.core.directory.plan import Action, PlanHead, Standing, Write, WriteResult
from saasbackup_desktop.core.ids import AccountId, SnapshotId, StreamId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.passwords import Passwords, make_up
from saasbackup_desktop.engine.directory.plans import Plans


def made(number: int, id: str) -> Write:
    body = {"passwordProfile": {"password": "{password}"}}
    return Write(
        number=number,
        action=Action.CREATE,
        kind="users",
        id=id,
        name=id.title(),
        method="POST",
        path="/users",
        body=body,
    )


def head(id: str) -> PlanHead:
    account = AccountId("account")
    return PlanHead(id=id, stream=StreamId("account/directory"), account=account, snapshot=SnapshotId("s"), made=1)


def test_passwords_are_strong_and_unlike() -> None:
    drawn = {make_up() for _ in range(200)}
    assert len(drawn) == 200
    for one in drawn:
        assert len(one) == 20
        assert not set(one) & set("O0oIl1|")
        for is_one in (str.isupper, str.islower, str.isdigit, lambda sign: not sign.isalnum()):
            assert any(map(is_one, one))


def test_only_who_needs_one_gets_one() -> None:
    assert needs_password(made(1, "ada"))
    assert not needs_password(
        Write(number=1, action=Action.CREATE, kind="groups", id="g", name="g", method="POST", path="/")
    )


async def test_told_once_and_only_of_who_was_made(bench: Bench) -> None:
    passwords, plans = Passwords(bench, "plan"), Plans(bench.catalog, bench.offload)
    first = await passwords.of(made(1, "ada"))
    assert await passwords.of(made(1, "ada")) == first
    second = await passwords.of(made(2, "eve"))
    await passwords.of(made(3, "bob"))
    assert await passwords.waiting() == 0
    await plans.put_results(
        "plan",
        [
            WriteResult(number=1, standing=Standing.DONE, new_id="new ada"),
            WriteResult(number=2, standing=Standing.BEGUN),
            WriteResult(number=3, standing=Standing.REFUSED),
        ],
    )
    await passwords.drop(made(3, "bob"))
    assert await passwords.waiting() == 1
    [told] = await passwords.given()
    assert (told.id, told.name, told.password) == ("new ada", "Ada", first)
    assert first not in repr(told)
    assert await passwords.given() == [told], "nobody has said to have it"
    await passwords.forget(["new ada"])
    assert await passwords.given() == []
    await plans.put_results("plan", [WriteResult(number=2, standing=Standing.DONE, new_id="new eve")])
    assert [one.password for one in await passwords.given()] == [second]


async def test_who_was_deleted_again_has_none(bench: Bench) -> None:
    passwords, plans = Passwords(bench, "plan"), Plans(bench.catalog, bench.offload)
    await plans.put(head("plan"), [made(1, "ada"), made(2, "eve")])
    for number, id in ((1, "ada"), (2, "eve")):
        await passwords.of(made(number, id))
        await plans.put_results("plan", [WriteResult(number=number, standing=Standing.DONE, new_id=f"new {id}")])
    deletes = [replace(made(number, f"new {id}"), action=Action.DELETE) for number, id in ((1, "ada"), (2, "eve"))]
    await plans.put(head("undo"), deletes)
    await plans.set_undone_by("plan", "undo")
    assert await passwords.waiting() == 2
    await plans.put_results("undo", [WriteResult(number=1, standing=Standing.DONE)])
    assert [one.id for one in await passwords.given()] == ["new eve"]
    await plans.set_undone_by("undo", "undo of undo")
    await plans.put_results("undo of undo", [WriteResult(number=1, standing=Standing.DONE)])
    assert await passwords.waiting() == 2


async def test_kept_sealed(bench: Bench) -> None:
    password = await Passwords(bench, "plan").of(made(1, "ada"))
    [sealed] = await Plans(bench.catalog, bench.offload).passwords("plan")
    assert password not in sealed.sealed
    assert (sealed.id, sealed.name) == ("ada", "Ada")
