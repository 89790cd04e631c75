"""What is written to a real server is there, byte for byte, with flags and date."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from saasbackup_desktop.core.errors import BodyDamaged, ItemFault, NotFound, Refused, TargetFull, TooLarge
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Delivery
from saasbackup_desktop.providers.formats.headers import header_digest
from saasbackup_desktop.providers.imap import ImapTarget
from saasbackup_desktop.providers.imap.dates import seconds
from tests.servers.dovecot import Dovecot, User
from tests.unit.providers.imap.conftest import message, settings

DATE = " 7-Feb-2021 21:52:25 -0800"


def delivery(number: int, into: NodeId, *, data: bytes | None = None, flags: tuple[str, ...] = ()) -> Delivery:
    body = message(number) if data is None else data
    item = Item(
        id=NodeId(f"i{number}"),
        parent=NodeId("f"),
        revision="1",
        size=len(body),
        time=1612763545,
        flags=flags,
        facets={"internaldate": DATE, "header": header_digest(body)},
    )
    return Delivery(item, into, body)


async def test_messages_come_back_as_they_were_written(target: ImapTarget) -> None:
    folder = await target.folder(["Restored", "Häufig & 日本 😀"])
    sent = [delivery(n, folder, flags=("$Label1", "\\Flagged", "\\Seen")) for n in range(25)]
    receipts = await target.put(sent)
    assert [receipt.item for receipt in receipts] == [one.item for one in sent]
    assert all(receipt.fault is None and receipt.id and not receipt.dropped for receipt in receipts)
    ids = [receipt.id for receipt in receipts if receipt.id]
    back = {id: (item, data) async for batch in target.read(ids) for id, item, data in batch}
    assert [back[id][1] for id in ids] == [one.data for one in sent]
    assert {back[id][0].flags for id in ids} == {("$Label1", "\\Flagged", "\\Seen")}
    assert {back[id][0].time for id in ids} == {1612763545}
    assert {p.id for p in await target.present(folder)} == set(ids)
    headers = await target.headers(ids)
    assert [headers[id] for id in ids] == [one.item.facets["header"] for one in sent]
    await target.mark(ids[0], ["\\Answered"])
    (marked,) = [p for p in await target.present(folder) if p.id == ids[0]]
    assert marked.flags == ("\\Answered",)


async def test_poor_server_takes_the_same(poor_target: ImapTarget) -> None:
    await poor_target.folders()
    assert poor_target.folder_fault(["a.b"]) == "has-delimiter"
    folder = await poor_target.folder(["Work", "Deep"])
    assert folder == "INBOX.Work.Deep"
    sent = [delivery(n, folder, flags=("\\Seen",)) for n in range(12)]
    sent.append(replace(sent[0], item=replace(sent[0].item, id=NodeId("twin"))))
    receipts = await poor_target.put(sent)
    assert all(receipt.fault is None and receipt.id for receipt in receipts)
    assert len({receipt.id for receipt in receipts}) == 13
    ids = [receipt.id for receipt in receipts if receipt.id]
    back = {id: data async for batch in poor_target.read(ids) for id, _, data in batch}
    assert [back[id] for id in ids] == [one.data for one in sent]


async def test_full_mailbox(dovecot: Dovecot) -> None:
    user = dovecot.fresh(small=True)
    target = ImapTarget(settings(dovecot, user), lambda: user.password)
    room, limit = await target.room()
    assert (room, limit) == (5 << 20, 52_428_800)
    folder = await target.folder(["INBOX"])
    with pytest.raises(TargetFull):
        await target.put([delivery(n, folder, data=message(n, text="x" * 1_000_000)) for n in range(8)])
    left, _ = await target.room()
    assert left is not None
    assert left < 5 << 20
    await target.close()


async def test_message_above_the_limit(user: User) -> None:
    with Dovecot(capability="+APPENDLIMIT=2000") as server:
        target = ImapTarget(settings(server, user), lambda: user.password)
        folder = await target.folder(["INBOX"])
        small, large = await target.put([delivery(1, folder), delivery(2, folder, data=message(2, text="x" * 3_000))])
        await target.close()
    assert small.fault is None
    assert isinstance(large.fault, TooLarge)
    assert large.fault.facts["limit"] == 2_000


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: caf\xe9 \xff raw\r\nMessage-ID: <8@x>\r\n\r\n8-bit \x80\x81 body\r\n",
        b"Subject: no end of line",
        b"\r\n\r\nno header\r\n",
        b"no header at all",
        b"Subject: long\r\n\r\n" + b"y" * 100_000 + b"\r\n",
        b"From someone Mon Jan 1 00:00:00 2001\r\nSubject: mbox line\r\n\r\nx\r\n",
        b"Subject: dots\r\n\r\n.\r\n..\r\n",
    ],
)
async def test_odd_bytes_come_back(target: ImapTarget, data: bytes) -> None:
    folder = await target.folder(["INBOX"])
    (receipt,) = await target.put([delivery(1, folder, data=data)])
    assert receipt.fault is None
    assert receipt.id is not None
    ((_, _, back),) = [entry async for batch in target.read([receipt.id]) for entry in batch]
    assert back == data


async def test_nul_bytes_never_pass_silently(target: ImapTarget, poor_target: ImapTarget) -> None:
    data = b"Subject: x\r\n\r\na\0b\r\n"
    for each in (target, poor_target):
        folder = await each.folder(["INBOX"])
        fine, odd = await each.put([delivery(1, folder), delivery(2, folder, data=data)])
        assert fine.fault is None
        if odd.fault is not None:
            assert isinstance(odd.fault, Refused)
            continue
        assert odd.id is not None
        ((_, _, back),) = [entry async for batch in each.read([odd.id]) for entry in batch]
        assert len(back) == len(data)


async def test_empty_message_is_kept_or_refused(target: ImapTarget, poor_target: ImapTarget) -> None:
    for each in (target, poor_target):
        folder = await each.folder(["INBOX"])
        one, empty, other = await each.put([delivery(1, folder), delivery(2, folder, data=b""), delivery(3, folder)])
        assert one.fault is None
        assert other.fault is None
        assert empty.id or isinstance(empty.fault, Refused)
        assert len(await each.present(folder)) == 2 + (empty.fault is None)


@pytest.mark.parametrize(
    ("date", "time"),
    [
        (" 7-Feb-2021 21:52:25 -0800", 1612763545),
        ("29-Feb-2020 23:59:59 +0545", 1583000099),
        ("01-Jan-1970 00:00:01 +0000", 1),
        ("31-Dec-1999 23:59:59 -1200", 946727999),
    ],
)
async def test_dates_with_odd_zones(target: ImapTarget, date: str, time: int) -> None:
    folder = await target.folder(["INBOX"])
    made = delivery(1, folder)
    facets = {**made.item.facets, "internaldate": date}
    (receipt,) = await target.put([replace(made, item=replace(made.item, facets=facets))])
    (found,) = await target.present(folder)
    assert receipt.id == found.id
    assert found.time == seconds(date)
    assert found.time is not None
    assert abs(found.time - time) < 1


async def test_date_that_is_none_is_made_of_the_time(target: ImapTarget) -> None:
    folder = await target.folder(["INBOX"])
    made = delivery(1, folder)
    await target.put([replace(made, item=replace(made.item, facets={"internaldate": "yesterday"}))])
    (found,) = await target.present(folder)
    assert found.time == 1612763545


async def test_flags_that_are_not_kept_are_told(target: ImapTarget) -> None:
    folder = await target.folder(["INBOX"])
    (receipt,) = await target.put([delivery(1, folder, flags=("\\Flagged", "\\Odd", "bad keyword", "Good"))])
    assert receipt.dropped == ("\\Odd", "bad keyword")
    (found,) = await target.present(folder)
    assert found.flags == ("Good", "\\Flagged")


async def stream(data: bytes, size: int = 100_000, fail: Exception | None = None) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
        if fail is not None and start > len(data) // 2:
            raise fail


async def test_streamed_messages(target: ImapTarget, poor_target: ImapTarget) -> None:
    large = message(1, text="0123456789abcde\n" * 400_000).replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")
    for each in (target, poor_target):
        folder = await each.folder(["INBOX"])
        made = delivery(1, folder, data=large)
        receipts = await each.put([delivery(0, folder), replace(made, data=stream(large)), delivery(2, folder)])
        assert [receipt.fault for receipt in receipts] == [None, None, None]
        id = receipts[1].id
        assert id is not None
        ((_, _, back),) = [entry async for batch in each.read([id]) for entry in batch]
        assert back == large


@pytest.mark.parametrize("fault", [BodyDamaged("damaged"), None])
async def test_stream_that_breaks_off(target: ImapTarget, fault: ItemFault | None) -> None:
    large = message(1, text="x" * 3_000_000)
    folder = await target.folder(["INBOX"])
    made = delivery(1, folder, data=large)
    broken = stream(large, fail=fault) if fault else stream(large[:-10])
    receipts = await target.put([delivery(0, folder), replace(made, data=broken), delivery(2, folder)])
    assert [type(receipt.fault) for receipt in receipts] == [type(None), type(fault or Refused()), type(None)]
    assert len(await target.present(folder)) == 2


async def test_messages_of_another_uidvalidity_are_gone(target: ImapTarget) -> None:
    folder = await target.folder(["INBOX"])
    with pytest.raises(NotFound):
        await target.mark(NodeId(f"{folder}\0001:99"), ["\\Seen"])
    assert await target.headers([NodeId(f"{folder}\0001:99")]) == {}
