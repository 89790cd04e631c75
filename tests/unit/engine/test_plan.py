"""Where what is restored goes, and what is there already."""

from collections.abc import Sequence

from saasbackup_desktop.core.ids import ConnectionName, NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Restore
from saasbackup_desktop.core.model import Folder, Item, Role
from saasbackup_desktop.core.selection import EVERYTHING, Selection
from saasbackup_desktop.engine.plan import target_paths
from saasbackup_desktop.engine.restore import BATCH_BYTES, BATCH_ITEMS, _batches


def _folder(path: str, role: Role | None = None, side: str = "") -> Folder:
    above, _, name = path.rpartition("/")
    return Folder(id=NodeId(side + path), parent=NodeId(side + above) if above else None, name=name, role=role)


def _paths(
    sources: Sequence[Folder],
    there: Sequence[Folder] = (),
    *,
    selection: Selection = EVERYTHING,
    folder: str | None = None,
    whole: bool = False,
    wanted: Sequence[str] = (),
) -> dict[str, str]:
    spec = Restore(
        stream=StreamId("a/mail"),
        snapshot=SnapshotId("s"),
        selection=selection,
        connection=ConnectionName("c"),
        folder=folder,
        whole_paths=whole,
    )
    by_id = {one.id: one for one in sources}
    found = target_paths(spec, by_id, {NodeId(one) for one in wanted} or set(by_id), there)
    return {id: "/".join(path) for id, path in found.items()}


SENT = _folder("Sent", Role.SENT)
SENT_OLD = _folder("Sent/2024")


def test_original_paths_where_the_target_knows_no_roles() -> None:
    assert _paths([SENT, SENT_OLD]) == {"Sent": "Sent", "Sent/2024": "Sent/2024"}


def test_a_role_finds_its_folder_at_the_target() -> None:
    there = [_folder("INBOX", Role.INBOX, "t"), _folder("Mail/Gesendet", Role.SENT, "t"), _folder("Mail", None, "t")]
    assert _paths([SENT, SENT_OLD, _folder("INBOX", Role.INBOX)], there) == {
        "Sent": "Mail/Gesendet",
        "Sent/2024": "Mail/Gesendet/2024",
        "INBOX": "INBOX",
    }


def test_of_two_folders_of_one_role_each_finds_itself() -> None:
    trash = [_folder("Trash", Role.TRASH), _folder("Deleted Items", Role.TRASH), _folder("Bin", Role.TRASH)]
    there = [_folder("Trash", Role.TRASH, "t"), _folder("Deleted Items", Role.TRASH, "t")]
    assert _paths(trash, there) == {"Trash": "Trash", "Deleted Items": "Deleted Items", "Bin": "Trash"}
    assert _paths(trash, [*reversed(there)])["Bin"] == "Deleted Items"


def test_below_a_folder_whole_or_from_what_was_selected() -> None:
    sources = [_folder("Work"), _folder("Work/Plans"), _folder("Work/Plans/Old"), _folder("Other")]
    assert _paths(sources, folder="Back")["Work/Plans/Old"] == "Back/Work/Plans/Old"
    chosen = Selection(folders=(NodeId("Work/Plans"), NodeId("Work/Plans/Old")))
    wanted = ["Work/Plans", "Work/Plans/Old"]
    assert _paths(sources, selection=chosen, folder="A/B", wanted=wanted) == {
        "Work/Plans": "A/B/Plans",
        "Work/Plans/Old": "A/B/Plans/Old",
    }
    assert _paths(sources, selection=chosen, folder="A", whole=True, wanted=wanted)["Work/Plans"] == "A/Work/Plans"
    single = Selection(items=(NodeId("x"),))
    assert _paths(sources, selection=single, folder="A", wanted=["Work/Plans", "Other"]) == {
        "Work/Plans": "A",
        "Other": "A",
    }


def test_the_inbox_is_spelled_as_the_target_does() -> None:
    there = [_folder("INBOX", Role.INBOX, "t")]
    single = Selection(items=(NodeId("x"),))
    assert _paths([SENT], there, selection=single, folder="inbox")["Sent"] == "INBOX"
    assert _paths([SENT], there, selection=single, folder="Inbox/New")["Sent"] == "INBOX/New"
    assert _paths([SENT], there, selection=single, folder="New/inbox")["Sent"] == "New/inbox"


def test_batches_hold_little() -> None:
    def sized(number: int, size: int) -> Item:
        return Item(id=NodeId(str(number)), parent=NodeId("b"), revision="", size=size)

    items = [sized(number, 100) for number in range(450)] + [sized(number, 3 << 20) for number in range(450, 454)]
    items.append(sized(454, 60 << 20))
    batches = list(_batches(items))
    assert [one for batch in batches for one in batch] == items
    assert all(len(batch) <= BATCH_ITEMS for batch in batches)
    assert all(len(batch) == 1 or sum(one.size or 0 for one in batch) <= BATCH_BYTES for batch in batches)
