"""What changed between two runs is told, and only that, whatever the server can do."""

from saasbackup_desktop.providers.imap import ImapSource
from tests.unit.providers.imap.conftest import Place, message, settings


async def test_new_flagged_and_deleted(place: Place) -> None:
    place.append("INBOX", [message(n) for n in range(20)])
    ledger = place.ledger
    await ledger.follow(place.source)
    before = {item.place: item.id for item in ledger.inside("INBOX")}
    place.append("INBOX", [message(n) for n in range(20, 23)])
    with place.server.connect(place.user) as client:
        client.select_folder("INBOX")
        client.add_flags([3, 4], [b"\\Flagged", b"Later"])
        client.delete_messages([7, 9])
        client.expunge()
    await ledger.follow(place.source)
    assert (ledger.fetched, ledger.put, ledger.gone) == (3, 5, 2)
    items = ledger.inside("INBOX")
    assert [ledger.data(item) for item in items] == [message(n) for n in range(23) if n not in (6, 8)]
    assert [item.place.split(":")[1] for item in items if item.flags == ("Later", "\\Flagged")] == ["3", "4"]
    assert all(before.get(item.place, item.id) == item.id for item in items)
    await ledger.follow(place.source)
    assert (ledger.fetched, ledger.put, ledger.gone) == (0, 0, 0)


async def test_one_came_and_one_went(place: Place) -> None:
    place.append("INBOX", [message(n) for n in range(5)])
    await place.ledger.follow(place.source)
    place.append("INBOX", [message(5)])
    with place.server.connect(place.user) as client:
        client.select_folder("INBOX")
        client.delete_messages([1])
        client.expunge()
    await place.ledger.follow(place.source)
    assert [place.ledger.data(item) for item in place.ledger.inside("INBOX")] == [message(n) for n in range(1, 6)]


async def test_moved_messages_keep_their_ids_and_are_not_fetched(place: Place) -> None:
    place.append("INBOX", [message(n) for n in range(6)])
    place.append("Archive", [])
    ledger = place.ledger
    await ledger.follow(place.source)
    ids = [item.id for item in ledger.inside("INBOX")]
    with place.server.connect(place.user) as client:
        client.select_folder("INBOX")
        client.copy([2, 5], place.path("Archive"))
        client.delete_messages([2, 5])
        client.expunge()
    await ledger.follow(place.source)
    assert (ledger.fetched, ledger.gone) == (0, 0)
    assert [item.id for item in ledger.inside("Archive")] == [ids[1], ids[4]]
    assert [ledger.data(item) for item in ledger.inside("Archive")] == [message(1), message(4)]
    with place.server.connect(place.user) as client:  # and back again
        client.select_folder(place.path("Archive"))
        client.copy([1], "INBOX")
        client.delete_messages([1])
        client.expunge()
        client.select_folder("INBOX")
        client.add_flags([7], [b"\\Flagged"])
    await ledger.follow(place.source)
    assert (ledger.fetched, ledger.gone) == (0, 0)
    assert [item.id for item in ledger.inside("INBOX")] == [ids[0], ids[2], ids[3], ids[5], ids[1]]
    with place.server.connect(place.user) as client:  # a moved one is found again at its new place
        client.select_folder("INBOX")
        client.delete_messages([7])
        client.expunge()
    await ledger.follow(place.source)
    assert (ledger.put, ledger.gone) == (0, 1)
    assert ids[1] not in ledger.nodes


async def test_copies_are_not_fetched(place: Place) -> None:
    place.append("INBOX", [message(1)])
    place.append("Archive", [])
    await place.ledger.follow(place.source)
    with place.server.connect(place.user) as client:
        client.select_folder("INBOX")
        client.copy([1], place.path("Archive"))
    await place.ledger.follow(place.source)
    (original,), (copy,) = place.ledger.inside("INBOX"), place.ledger.inside("Archive")
    assert place.ledger.fetched == 0
    assert copy.id != original.id
    assert copy.body == original.body


async def test_same_date_and_size_but_another_body(place: Place) -> None:
    place.append("INBOX", [message(1), message(2)])
    await place.ledger.follow(place.source)
    place.append("INBOX", [message(3)])
    await place.ledger.follow(place.source)
    assert place.ledger.fetched == 1
    assert [place.ledger.data(item) for item in place.ledger.inside("INBOX")] == [message(n) for n in (1, 2, 3)]


async def test_renamed_folder_keeps_everything(place: Place) -> None:
    place.append("Work", [message(n) for n in range(4)])
    place.append("Work" + place.server.separator + "Deep", [message(n, subject="deep") for n in range(2)])
    ledger = place.ledger
    await ledger.follow(place.source)
    work, deep = ledger.folder("Work"), ledger.folder("Deep")
    with place.server.connect(place.user) as client:
        client.rename_folder(place.path("Work"), place.path("Old"))
    await ledger.follow(place.source)
    assert (ledger.put, ledger.fetched, ledger.gone) == (0, 0, 0)
    assert ledger.folder("Old").id == work.id
    assert ledger.folder("Deep").id == deep.id
    assert ledger.folder("Deep").parent == work.id
    assert len(ledger.inside("Old")) == 4


async def test_name_taken_over_by_a_renamed_folder(place: Place) -> None:
    place.append("One", [message(1)])
    place.append("Two", [message(2)])
    ledger = place.ledger
    await ledger.follow(place.source)
    two = ledger.folder("Two").id
    with place.server.connect(place.user) as client:
        client.delete_folder(place.path("One"))
        client.rename_folder(place.path("Two"), place.path("One"))
    await ledger.follow(place.source)
    assert ledger.folder("One").id == two
    assert [ledger.data(item) for item in ledger.inside("One")] == [message(2)]
    assert ledger.fetched == 0


async def test_deleted_folder_goes_and_a_new_one_of_its_name_is_read(place: Place) -> None:
    place.append("Work", [message(n) for n in range(3)])
    ledger = place.ledger
    await ledger.follow(place.source)
    with place.server.connect(place.user) as client:
        client.delete_folder(place.path("Work"))
    await ledger.follow(place.source)
    assert "Work" not in ledger.names()
    assert not ledger.all_items()
    place.append("Work", [message(9)])
    await ledger.follow(place.source)
    assert [ledger.data(item) for item in ledger.inside("Work")] == [message(9)]


async def test_folder_deleted_and_made_again_between_runs(place: Place) -> None:
    place.append("Work", [message(n) for n in range(3)])
    ledger = place.ledger
    await ledger.follow(place.source)
    with place.server.connect(place.user) as client:
        client.delete_folder(place.path("Work"))
    place.append("Work", [message(9)])
    await ledger.follow(place.source)
    assert [ledger.data(item) for item in ledger.inside("Work")] == [message(9)]
    assert len(ledger.all_items()) == 1


async def test_moved_out_of_a_folder_that_was_deleted(place: Place) -> None:
    place.append("Work", [message(n) for n in range(3)])
    ledger = place.ledger
    await ledger.follow(place.source)
    ids = [item.id for item in ledger.inside("Work")]
    with place.server.connect(place.user) as client:
        client.select_folder(place.path("Work"))
        client.copy([1, 2, 3], "INBOX")
        client.unselect_folder() if b"UNSELECT" in client.capabilities() else client.close_folder()
        client.delete_folder(place.path("Work"))
    await ledger.follow(place.source)
    assert [item.id for item in ledger.inside("INBOX")] == ids
    assert ledger.fetched == 0


async def test_uidvalidity_changed(place: Place) -> None:
    place.append("Work", [message(n) for n in range(40)])
    ledger = place.ledger
    await ledger.follow(place.source)
    ids = {item.id: ledger.data(item) for item in ledger.inside("Work")}
    places = {item.place for item in ledger.inside("Work")}
    place.number_anew("Work")
    await ledger.follow(place.source)
    assert (ledger.fetched, ledger.gone) == (0, 0)
    assert {item.id: ledger.data(item) for item in ledger.inside("Work")} == ids
    assert not places & {item.place for item in ledger.inside("Work")}
    await ledger.follow(place.source)
    assert (ledger.put, ledger.gone) == (0, 0)


async def test_interrupted_first_walk_goes_on(place: Place) -> None:
    place.append("INBOX", [message(n) for n in range(2_300)])
    ledger = place.ledger
    assert not await ledger.follow(place.source, checkpoints=1)
    first = ledger.fetched
    assert 500 <= first < 2_300
    await place.source.close()
    again = ImapSource(settings(place.server, place.user), lambda: place.user.password)
    place.append("INBOX", [message(2_300)])
    assert await ledger.follow(again)
    await again.close()
    assert ledger.fetched == 2_301 - first
    assert sorted(map(ledger.data, ledger.inside("INBOX"))) == sorted(message(n) for n in range(2_301))
