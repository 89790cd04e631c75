"""What appointments and tasks must say ([MS-OXOCAL], [MS-OXOTASK])."""

from uuid import UUID

from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable
from saasbackup_desktop.providers.files.pstcheck.names import Name, Names
from saasbackup_desktop.providers.files.pstcheck.nodes import Kind, Node, kind_of
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.series import check_series, check_zone

_CLASS, _METHOD, _FLAGS = 0x001A, 0x3705, 0x7FFD
_APPOINTMENTS = UUID("00062002-0000-0000-c000-000000000046")
_TASKS = UUID("00062003-0000-0000-c000-000000000046")
_COMMON = UUID("00062008-0000-0000-c000-000000000046")
_START, _END = Name(_APPOINTMENTS, 0x820D), Name(_APPOINTMENTS, 0x820E)
_COMMON_START, _COMMON_END = Name(_COMMON, 0x8516), Name(_COMMON, 0x8517)
_RECURRING, _SERIES = Name(_APPOINTMENTS, 0x8223), Name(_APPOINTMENTS, 0x8216)
_TASK_RECURRING, _TASK_SERIES = Name(_TASKS, 0x8126), Name(_TASKS, 0x8116)
_ZONES = tuple(Name(_APPOINTMENTS, number) for number in (0x825E, 0x825F, 0x8260))
_ZONE_STRUCT = Name(_APPOINTMENTS, 0x8233)
_NEEDED = (_START, _END, _RECURRING, *(Name(_APPOINTMENTS, number) for number in (0x8205, 0x8215, 0x8217)))
_TASK_NEEDED = tuple(Name(_TASKS, number) for number in (0x8101, 0x8102, 0x811C, 0x8126))
_STRUCT_SIZE = 48
_EXCEPTION, _EMBEDDED = 2, 5


class Calendars:
    """Checks what messages say of when something is."""

    def __init__(self, names: Names | None, tell: Tell) -> None:
        self._numbers = names.by_name if names is not None else {}
        self._tell = tell

    def check(self, properties: Properties) -> None:
        """Check a message, if it is in a calendar or a list of tasks."""
        if not self._numbers:
            return
        kind = properties.text(_CLASS)
        try:
            self._check_series(properties)
            self._check_zones(properties)
        except Unreadable as unreadable:
            unreadable.told(self._tell)
        if kind == "IPM.Appointment" or kind.startswith("IPM.Appointment."):
            self._require("appointment-required", properties, _NEEDED)
            self._check_times(properties)
            self._check_flag(properties, _RECURRING, _SERIES)
        elif kind == "IPM.Task" or kind.startswith("IPM.Task."):
            self._require("task-required", properties, _TASK_NEEDED)
            self._check_flag(properties, _TASK_RECURRING, _TASK_SERIES)

    def _number(self, properties: Properties, name: Name) -> int | None:
        number = self._numbers.get(name)
        return number if number is not None and number in properties else None

    def _data(self, properties: Properties, name: Name) -> bytes:
        number = self._number(properties, name)
        return properties.data(number) if number is not None else b""

    def _require(self, code: str, properties: Properties, names: tuple[Name, ...]) -> None:
        for name in names:
            if self._number(properties, name) is None:
                self._tell(code, properties.node.place, property=f"{name.id:#06x}")

    def _check_times(self, properties: Properties) -> None:
        start, end = (int.from_bytes(self._data(properties, name), "little") for name in (_START, _END))
        if end < start:
            self._tell("appointment-times", properties.node.place, start=start, end=end)
        for name, moment in ((_COMMON_START, start), (_COMMON_END, end)):
            said = self._data(properties, name)
            if said and int.from_bytes(said, "little") != moment:
                self._tell("appointment-times", properties.node.place, property=f"{name.id:#06x}")

    def _check_flag(self, properties: Properties, flag: Name, series: Name) -> None:
        if any(self._data(properties, flag)[:1]) != bool(self._data(properties, series)):
            self._tell("recurrence-flag", properties.node.place)

    def _check_series(self, properties: Properties) -> None:
        place = properties.node.place
        if said := self._data(properties, _TASK_SERIES):
            check_series(said, place, self._tell, of_task=True)
        if said := self._data(properties, _SERIES):
            changed = check_series(said, place, self._tell)
            attached = _exceptions(properties.node)
            if changed != attached:
                self._tell("recurrence-attachments", place, changed=changed, attached=attached)

    def _check_zones(self, properties: Properties) -> None:
        for name in _ZONES:
            if said := self._data(properties, name):
                check_zone(said, properties.node.place)
        said = self._data(properties, _ZONE_STRUCT)
        if said and len(said) != _STRUCT_SIZE:
            self._tell("zone-form", properties.node.place, size=len(said))


def _exceptions(node: Node) -> int:
    """Count what is attached as an occurrence that is otherwise."""
    count = 0
    for nid in node.subs:
        if kind_of(nid) == Kind.ATTACHMENT:
            one = Properties(node.sub(nid))
            count += one.integer(_METHOD) == _EMBEDDED and bool(one.integer(_FLAGS) & _EXCEPTION)
    return count
