"""What is written to a real server is there, byte for byte, with flags and date."""

import hashlib
from dataclasses import replace

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Delivery
from saasbackup_desktop.providers.imap import ImapTarget
from tests.unit.providers.imap.conftest import message

DATE = " 7-Feb-2021 21:52:25 -0800"


def delivery(number: int, into: NodeId, *, data: bytes | None = None, flags: tuple[str, ...] = ()) -> Delivery:
    body = message(number) if data is None else data
    header = body.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    item = Item(
        id=NodeId(f"i{number}"),
        parent=NodeId("f"),
        revision="1",
        size=len(body),
        time=1612763545,
        flags=flags,
        facets={"internaldate": DATE, "header": hashlib.sha256(header).hexdigest()},
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
