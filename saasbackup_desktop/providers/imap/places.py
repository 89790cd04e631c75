"""Where a message lies in its mailbox, and the id that it is given when first seen there."""

from saasbackup_desktop.core.ids import NodeId


def write_place(uidvalidity: int, uid: int) -> str:
    """Write a place."""
    return f"{uidvalidity}:{uid}"


def read_place(place: str) -> tuple[int, int]:
    """Read a place: UIDVALIDITY and UID; zeros if it is none."""
    uidvalidity, _, uid = place.partition(":")
    return (int(uidvalidity), int(uid)) if uidvalidity.isdigit() and uid.isdigit() else (0, 0)


def item_id(folder: NodeId, uidvalidity: int, uid: int) -> NodeId:
    """The id of a message first seen at a place: sorts by mailbox, then by UID."""
    return NodeId(f"{folder}-{uidvalidity:08x}-{uid:08x}")
