"""What a message, its recipients and its attachments must be ([MS-PST] 2.4.5 and 2.4.6)."""

from collections import Counter
from collections.abc import Collection, Iterator
from uuid import UUID

from saasbackup_desktop.providers.files.pstcheck.calendars import Calendars
from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable
from saasbackup_desktop.providers.files.pstcheck.names import FIRST_NAMED, Name, Names
from saasbackup_desktop.providers.files.pstcheck.nodes import Kind, Node, kind_of
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.table import ROW_ID, ROW_VERSION, Row, Table
from saasbackup_desktop.providers.files.pstcheck.values import BINARY, OBJECT

RECIPIENTS, ATTACHMENTS = 0x692, 0x671
CLASS, SUBJECT, FLAGS, SIZE, STATUS = 0x001A, 0x0037, 0x0E07, 0x0E08, 0x0E17
PARENT = 0x0E09
"""Never kept: Outlook takes an item that says whose it is for one that lost its folder."""
SEARCH_KEY, CREATED, MODIFIED, ROW_KEY = 0x300B, 0x3007, 0x3008, 0x3013
ATTACHED, METHOD, ATTACHED_SIZE, POSITION, HIDDEN = 0x3701, 0x3705, 0x0E20, 0x370B, 0x7FFE
BY_VALUE, EMBEDDED, OBJECT_STORAGE = 1, 5, 6
RECIPIENT_TYPE, DISPLAY_NAME = 0x0C15, 0x3001
_HAS_ATTACHMENTS = 0x10
_OWN_OF_ROWS = frozenset({ROW_ID, ROW_VERSION, STATUS, ROW_KEY, 0x0E30, 0x0E33, 0x0E34, 0x0E38})
"""Cells that the object itself need not have."""
_OWN_OF_OFFLINE_ROWS = frozenset({0x3008, 0x65E2, 0x65E3, 0x6612, 0x6623, 0x6628})
_DEEPEST = 32
_LONGEST_SUBJECT = 254
_KEY_SIZE = 16
_CONTACT_DATA = Name(UUID("00062004-0000-0000-c000-000000000046"), 0x8007)


class Items:
    """Checks messages of a file, one after the other."""

    def __init__(self, names: Names | None, counts: Counter[str], tell: Tell, *, offline: bool) -> None:
        self._names = names
        self._counts = counts
        self._tell = tell
        self._offline = offline
        self._calendars = Calendars(names, tell)

    def check(self, node: Node, row: Row | None = None) -> int:
        """Check a message of a folder, and the row that stands for it; tells its flags."""
        properties = Properties(node, self._tell)
        self._check_message(properties, 0)
        self._check_numbers(node)
        if row is not None:
            self.compare(row, properties)
            self._check_row(row)
        return properties.integer(FLAGS)

    def _check_numbers(self, node: Node) -> None:
        """Ids of what is within a message, and within messages in it, are found by all of these at once in libpff."""
        seen: set[int] = set()
        for nid in _within(node):
            if nid in seen:
                self._tell("sub-twice", node.place, nid=nid)
            seen.add(nid)

    def _check_row(self, row: Row) -> None:
        for id_ in (STATUS, ROW_KEY):
            column = row.table.by_id.get(id_)
            if column is None:
                continue
            if not row.has(column):
                self._tell("row-lacks", row.place(id_))
            elif id_ == ROW_KEY and len(row.cell(column) or b"") != _KEY_SIZE:
                self._tell("row-key", row.place(id_))

    def compare(self, row: Row, properties: Properties) -> None:
        """Check that a row says what the object itself says."""
        node = row.table.node
        for column in row.table.columns:
            id_ = column.id
            if id_ in (ROW_ID, ROW_VERSION):
                continue
            try:
                cell = row.cell(column)
                if cell is None:
                    if id_ in properties and properties.type(id_) == column.type and properties.size(id_):
                        self._tell("row-misses", f"{node.place}, row {row.id:#x}, cell {id_:#06x}")
                elif id_ not in properties:
                    if cell and id_ not in _OWN_OF_ROWS and not (self._offline and id_ in _OWN_OF_OFFLINE_ROWS):
                        self._tell("row-invents", row.place(id_))
                elif properties.type(id_) != column.type or properties.size(id_) != len(cell):
                    self._tell("row-differs", row.place(id_))
                elif properties.data(id_) != cell:
                    self._tell("row-size" if id_ == SIZE else "row-differs", row.place(id_))
            except Unreadable as unreadable:
                self._tell(unreadable.code, row.place(id_), **unreadable.facts)

    def _check_message(self, properties: Properties, depth: int) -> None:
        node, tell = properties.node, self._tell
        self._counts["embedded" if depth else "messages" if kind_of(node.nid) == Kind.MESSAGE else "associated"] += 1
        used: set[int] = set()
        values = properties.check(tell, used)
        self._check_named(properties)
        for id_ in (CLASS, FLAGS, SIZE):
            if id_ not in properties:
                tell("message-required", properties.place(id_))
        for id_ in (SEARCH_KEY, CREATED, MODIFIED):
            if id_ not in properties:
                tell("message-lacks", properties.place(id_))
        if PARENT in properties:
            tell("message-parent", properties.place(PARENT))
        self._check_subject(properties)
        self._check_contact(properties)
        self._calendars.check(properties)
        self._check_recipients(node)
        self._check_attachments(properties, depth)
        for nid in node.subs:
            if kind_of(nid) in (Kind.LTP, Kind.MESSAGE) and nid not in used:
                tell("sub-orphan", node.place, nid=nid)
        self._check_size(properties, values)

    def _check_named(self, properties: Properties) -> None:
        if self._names is not None:
            known: Collection[int] = self._names.by_id
            for id_ in properties:
                if id_ >= FIRST_NAMED and id_ not in known:
                    self._tell("names-unknown", properties.place(id_))

    def _check_subject(self, properties: Properties) -> None:
        subject = properties.text(SUBJECT)
        if subject[:1] == "\x01" and not (len(subject) >= 2 and 1 <= ord(subject[1]) <= len(subject) - 1):
            self._tell("subject-prefix", properties.place(SUBJECT))
        if len(subject) > _LONGEST_SUBJECT + 2 * (subject[:1] == "\x01"):
            self._tell("subject-long", properties.place(SUBJECT), size=len(subject))

    def _check_contact(self, properties: Properties) -> None:
        """Contacts without a note of which addresses they show are left out by Outlook's import."""
        if self._names is not None and properties.text(CLASS).startswith("IPM.Contact"):
            number = self._names.by_name.get(_CONTACT_DATA)
            if number is None or number not in properties:
                self._tell("contact-lacks", properties.node.place)

    def _check_size(self, properties: Properties, values: int) -> None:
        said, real = properties.integer(SIZE), data_of(properties.node)
        place = properties.place(SIZE)
        if SIZE not in properties or said == real:
            return
        if not min(values, real) * 0.9 <= said <= real * 1.1:
            self._tell("message-size", place, expected=real, found=said)
        else:
            self._tell("message-size-inexact", place, expected=real, found=said)

    def _check_recipients(self, node: Node) -> None:
        if RECIPIENTS not in node.subs:
            self._tell("message-lacks", f"{node.place}, table {RECIPIENTS:#x}")
            return
        for row in self._rows(node.sub(RECIPIENTS)):
            self._counts["recipients"] += 1
            if row.value(RECIPIENT_TYPE) is None or row.value(DISPLAY_NAME) is None:
                self._tell("recipient-required", row.place(RECIPIENT_TYPE))

    def _rows(self, node: Node) -> list[Row]:
        used: set[int] = set()
        try:
            table = Table(node, self._tell)
            table.check(self._tell, used)
            rows = list(table.rows())
        except Unreadable as unreadable:
            unreadable.told(self._tell)
            return []
        for row in rows:
            row.check(self._tell, used)
        check_order(table, rows, self._tell)
        for nid in node.subs:
            if kind_of(nid) == Kind.LTP and nid not in used:
                self._tell("sub-orphan", node.place, nid=nid)
        return rows

    def _check_attachments(self, properties: Properties, depth: int) -> None:
        node, tell = properties.node, self._tell
        rows = {row.id: row for row in self._rows(node.sub(ATTACHMENTS))} if ATTACHMENTS in node.subs else {}
        within = [nid for nid in node.subs if kind_of(nid) == Kind.ATTACHMENT]
        shown = False
        for nid in within:
            self._counts["attachments"] += 1
            try:
                attachment = Properties(node.sub(nid), tell)
                shown = shown or not attachment.integer(HIDDEN)
                self._check_attachment(attachment, depth)
                if nid in rows:
                    self.compare(rows[nid], attachment)
            except Unreadable as unreadable:
                unreadable.told(tell)
            if nid not in rows:
                tell("attachment-orphan", f"{node.place} / {nid:#x}")
        for nid in rows:
            if nid not in node.subs:
                tell("attachment-missing", f"{node.place} / {ATTACHMENTS:#x}", nid=nid)
        flagged = bool(properties.integer(FLAGS) & _HAS_ATTACHMENTS)
        if flagged and not rows:
            tell("message-flag", properties.place(FLAGS), attachments=0)
        elif shown and not flagged:
            tell("message-flag-missing", properties.place(FLAGS), attachments=len(within))

    def _check_attachment(self, properties: Properties, depth: int) -> None:
        node, tell = properties.node, self._tell
        used: set[int] = set()
        size = properties.check(tell, used)
        self._check_named(properties)
        for id_ in (ATTACHED_SIZE, METHOD, POSITION):
            if id_ not in properties:
                tell("attachment-required", properties.place(id_))
        method = properties.integer(METHOD)
        wanted = {BY_VALUE: (BINARY,), EMBEDDED: (OBJECT,), OBJECT_STORAGE: (OBJECT, BINARY)}.get(method)
        if wanted is not None and properties.type(ATTACHED) not in wanted:
            tell("attachment-content", properties.place(ATTACHED), method=method, type=properties.type(ATTACHED))
        contained = properties.contained(ATTACHED)
        if contained is not None:
            size += contained.size - 8
            if contained.nid in node.subs:
                self._check_contained(node.sub(contained.nid), method, contained.size, depth)
        if ATTACHED_SIZE in properties and properties.integer(ATTACHED_SIZE) != size:
            found = properties.integer(ATTACHED_SIZE)
            tell("attachment-size", properties.place(ATTACHED_SIZE), expected=size, found=found)
        for nid in node.subs:
            if kind_of(nid) in (Kind.LTP, Kind.MESSAGE) and nid not in used:
                tell("sub-orphan", node.place, nid=nid)

    def _check_contained(self, node: Node, method: int, size: int, depth: int) -> None:
        real = data_of(node)
        if method == EMBEDDED:
            if kind_of(node.nid) != Kind.MESSAGE:
                self._tell("attachment-content", node.place, method=method)
            if depth >= _DEEPEST:
                raise Unreadable("message-depth", node.place)
            embedded = Properties(node, self._tell)
            self._check_message(embedded, depth + 1)
            real = embedded.integer(SIZE)
        if size != real:
            self._tell("object-size", node.place, expected=real, found=size)


def data_of(node: Node, depth: int = 0) -> int:
    """Add up the data of a node and of all nodes within; raises Unreadable for nodes without an end."""
    if depth > 3 * _DEEPEST:
        raise Unreadable("message-depth", node.place)
    size = node.data.size if node.data_bid else 0
    return size + sum(data_of(node.sub(nid), depth + 1) for nid in node.subs)


def _within(node: Node, depth: int = 0) -> Iterator[int]:
    """The ids of attachments, messages and large values within a node, wherever; raises Unreadable without an end."""
    if depth > 3 * _DEEPEST:
        raise Unreadable("message-depth", node.place)
    for nid in node.subs:
        if kind_of(nid) in (Kind.ATTACHMENT, Kind.MESSAGE, Kind.LTP):
            yield nid
        if kind_of(nid) in (Kind.ATTACHMENT, Kind.MESSAGE):
            yield from _within(node.sub(nid), depth + 1)


def check_order(table: Table, rows: list[Row], tell: Tell) -> None:
    """Check that the index of a table leads to the rows that it names."""
    ids, places = table.rows_in_index
    for id_, place in zip(ids, places, strict=True):
        if place >= len(rows) or rows[place].id != id_:
            tell("table-row-id", table.node.place, row=id_, at=place)
