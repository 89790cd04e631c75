"""Connections break, servers are busy: nothing is lost, nothing is doubled."""

import asyncio
import contextlib

import pytest

from saasbackup_desktop.core.errors import NotFound, SignInNeeded, Throttled, Unreachable
from saasbackup_desktop.core.stream import Put
from saasbackup_desktop.providers.imap import ImapSettings, ImapSource, ImapTarget, SignIn, Tls
from tests.servers.dovecot import Dovecot, User
from tests.servers.proxy import FaultyProxy
from tests.unit.providers.imap.conftest import message, settings
from tests.unit.providers.imap.ledger import Ledger
from tests.unit.providers.imap.scripted import Scripted
from tests.unit.providers.imap.test_target import delivery


async def test_cut_again_and_again_while_reading(dovecot: Dovecot, user: User) -> None:
    messages = [message(n, text="x" * 900) for n in range(1_200)]
    dovecot.append(user, "INBOX", messages)
    with FaultyProxy(dovecot.port, cut_after=300_000, cuts=6) as proxy:
        source = ImapSource(settings(dovecot, user, port=proxy.port), lambda: user.password)
        ledger = Ledger()
        assert await ledger.follow(source)
        await source.close()
        assert proxy.cuts is not None
        assert proxy.cuts < 6
    assert [ledger.data(item) for item in ledger.inside("INBOX")] == messages
    assert ledger.fetched == 1_200


async def test_cut_while_a_large_message_is_read(dovecot: Dovecot, user: User) -> None:
    large = message(1, text="0123456789abcdef" * 400_000)
    dovecot.append(user, "INBOX", [large])
    with FaultyProxy(dovecot.port, cut_after=2_500_000, cuts=3) as proxy:
        source = ImapSource(settings(dovecot, user, port=proxy.port), lambda: user.password)
        ledger = Ledger()
        assert await ledger.follow(source)
        await source.close()
        assert proxy.cuts is not None
        assert proxy.cuts < 3
    assert [ledger.data(item) for item in ledger.inside("INBOX")] == [large]


async def test_cut_over_tls(dovecot: Dovecot, user: User) -> None:
    messages = [message(n, text="x" * 900) for n in range(600)]
    dovecot.append(user, "INBOX", messages)
    with FaultyProxy(dovecot.tls_port, cut_after=200_000, cuts=4) as proxy:
        where = settings(dovecot, user, port=proxy.port, tls=Tls.IMPLICIT, ca_file=str(dovecot.ca_file))
        source = ImapSource(where, lambda: user.password)
        ledger = Ledger()
        assert await ledger.follow(source)
        await source.close()
        assert proxy.cuts is not None
        assert proxy.cuts < 4
    assert [ledger.data(item) for item in ledger.inside("INBOX")] == messages


async def test_connections_that_never_last_long(dovecot: Dovecot, user: User) -> None:
    messages = [message(n, text="x" * 900) for n in range(400)]
    dovecot.append(user, "INBOX", messages)
    with FaultyProxy(dovecot.port, cut_after=100_000, cuts=None) as proxy:
        source = ImapSource(settings(dovecot, user, port=proxy.port), lambda: user.password)
        ledger = Ledger()
        assert await ledger.follow(source)
        await source.close()
    assert [ledger.data(item) for item in ledger.inside("INBOX")] == messages


async def test_cut_for_good(dovecot: Dovecot, user: User) -> None:
    dovecot.append(user, "INBOX", [message(n, text="x" * 900) for n in range(500)])
    with FaultyProxy(dovecot.port, cut_after=900, cuts=None) as proxy:
        source = ImapSource(settings(dovecot, user, port=proxy.port), lambda: user.password)
        with pytest.raises(Unreachable):
            await Ledger().follow(source)
        await source.close()


@pytest.mark.parametrize("kind", ["dovecot", "poor_dovecot"])
async def test_cut_while_writing_doubles_nothing(request: pytest.FixtureRequest, kind: str) -> None:
    server: Dovecot = request.getfixturevalue(kind)
    user = server.fresh()
    with FaultyProxy(server.port, cut_after=1_100, cuts=4) as proxy:
        target = ImapTarget(settings(server, user, port=proxy.port), lambda: user.password)
        folder = await target.folder(["INBOX"])
        sent = [delivery(n, folder) for n in range(60)]
        receipts = [r for start in range(0, 60, 20) for r in await target.put(sent[start : start + 20])]
        await target.close()
        assert proxy.cuts is not None
        assert proxy.cuts < 4
    assert all(receipt.fault is None for receipt in receipts)
    with server.connect(user) as client:
        client.select_folder("INBOX")
        found = [data[b"BODY[]"] for data in client.fetch("1:*", ["BODY.PEEK[]"]).values()]
    assert sorted(found) == sorted(message(n) for n in range(60))


async def test_server_that_restarts(user: User) -> None:
    with Dovecot() as server:
        server.append(user, "INBOX", [message(n) for n in range(50)])
        source = ImapSource(settings(server, user, patience=0.2), lambda: user.password)
        ledger = Ledger()
        await ledger.follow(source)
        server.restart()
        server.append(user, "INBOX", [message(50)])
        assert await ledger.follow(source)
        await source.close()
        assert len(ledger.inside("INBOX")) == 51


async def test_fewer_connections_than_wanted(user: User) -> None:
    limit = "protocol imap {\n  mail_max_userip_connections = 1\n}"
    with Dovecot(extra=limit) as server:
        server.append(user, "INBOX", [message(n) for n in range(900)])
        source = ImapSource(settings(server, user), lambda: user.password)
        ledger = Ledger()
        assert await ledger.follow(source)
        await source.close()
        assert ledger.fetched == 900


async def test_token_that_expires_on_the_way(dovecot: Dovecot, user: User) -> None:
    dovecot.append(user, "INBOX", [message(1)])
    tokens = [dovecot.token(user)]
    with FaultyProxy(dovecot.port) as proxy:
        where = settings(dovecot, user, port=proxy.port, sign_in=SignIn.XOAUTH2)
        source = ImapSource(where, lambda: tokens[-1])
        await Ledger().follow(source)
        tokens.append("stale")
        proxy.cut()
        with pytest.raises(SignInNeeded):
            await Ledger().follow(source)
        tokens.append(dovecot.token(user))
        assert await Ledger().follow(source)
        await source.close()


async def test_busy_server_is_asked_again_later() -> None:
    refusals = [b"LIST", b"NO [UNAVAILABLE] try again later"] * 3 + [b"LIST", b'* LIST () "/" INBOX']
    with Scripted([*refusals, b"STATUS", b"* STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7)"]) as server:
        source = ImapSource(_quick(server), lambda: "x")
        told = [change async for change in source.changes(None, Ledger())]
        await source.close()
    assert any(isinstance(change, Put) for change in told)
    assert sum(1 for command in server.commands if command.startswith(b"LIST")) == 4


async def test_server_that_stays_busy() -> None:
    with Scripted([b"LIST", b"NO [LIMIT] wait 0 seconds"]) as server:
        source = ImapSource(_quick(server), lambda: "x")
        with pytest.raises(Throttled):
            await Ledger().follow(source)
        await source.close()


async def test_farewell_in_the_middle() -> None:
    with Scripted([b"LIST", b"* BYE shutting down"]) as server:
        source = ImapSource(_quick(server), lambda: "x")
        with pytest.raises(Unreachable):
            await Ledger().follow(source)
        await source.close()


def _quick(server: Scripted) -> ImapSettings:
    return ImapSettings(host="localhost", user="a", port=server.port, tls=Tls.NONE, patience=0.01, answer_seconds=5)


async def test_message_that_vanishes_before_it_is_read(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    dovecot.append(user, "INBOX", [message(n) for n in range(3)])
    ledger = Ledger()
    items = [c.node for c in [c async for c in source.changes(None, ledger)] if isinstance(c, Put)][-3:]
    with dovecot.connect(user) as client:
        client.select_folder("INBOX")
        client.delete_messages([2])
        client.expunge()
    results = [r async for batch in source.fetch(items) for r in batch]  # type: ignore[arg-type]
    faults = [result.item.place.split(":")[1] for result in results if isinstance(result.data, NotFound)]
    assert faults == ["2"]


async def test_owed_items_are_found_without_a_walk(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    dovecot.append(user, "Work", [message(n) for n in range(3)])
    ledger = Ledger()
    await ledger.follow(source)
    other = ImapSource(settings(dovecot, user), lambda: user.password)
    results = [r async for batch in other.fetch(ledger.inside("Work")) for r in batch]
    await other.close()
    assert [result.data for result in results] == [message(n) for n in range(3)]


async def test_closed_in_the_middle(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    dovecot.append(user, "INBOX", [message(n) for n in range(1_500)])
    changes = source.changes(None, Ledger())
    items = [c.node for c in [await anext(changes) for _ in range(700)] if isinstance(c, Put)][10:]
    await changes.aclose()
    fetching = source.fetch(items)  # type: ignore[arg-type]
    await anext(fetching)
    await fetching.aclose()
    assert await Ledger().follow(source)


async def test_hung_server_does_not_hold_up_closing(dovecot: Dovecot, user: User) -> None:
    dovecot.append(user, "INBOX", [message(n) for n in range(10)])
    with FaultyProxy(dovecot.port, delay=3) as proxy:
        source = ImapSource(settings(dovecot, user, port=proxy.port), lambda: user.password)
        walk = asyncio.create_task(Ledger().follow(source))
        await asyncio.sleep(0.2)
        walk.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await walk
        async with asyncio.timeout(10):
            await source.close()
        proxy.delay = 0
