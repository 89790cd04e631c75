"""Tasks as To Do knows them ([MS-OXOTASK])."""

from datetime import datetime, time
from typing import Any, Final

from saasbackup_desktop.providers.files.pstread import losses
from saasbackup_desktop.providers.files.pstread.attachments import attached_of
from saasbackup_desktop.providers.files.pstread.mail import subject_of
from saasbackup_desktop.providers.files.pstread.named import common, task
from saasbackup_desktop.providers.files.pstread.objects import Id, Message, Said
from saasbackup_desktop.providers.files.pstread.plain import (
    Kept,
    Plain,
    body_of,
    common_of,
    files_of,
    id_of,
    identity_of,
    placed,
)
from saasbackup_desktop.providers.files.pstread.recurrence import Unknown, series_of

_STATUS, _PERCENT, _START, _DUE = task(0x8101), task(0x8102), task(0x8104), task(0x8105)
_DONE_ON, _PATTERN, _COMPLETE = task(0x810F), task(0x8116), task(0x811C)
_COMMON_START, _COMMON_END = common(0x8516), common(0x8517)
_REMINDER, _REMINDS = common(0x8503), common(0x8502)
_STATES: Final = {0: "notStarted", 1: "inProgress", 2: "completed", 3: "waitingOnOthers", 4: "deferred"}
_PRIVATE: Final = common(0x8506)


def task_of(message: Message, said: Said) -> Kept:
    """Turn a task into Graph's form."""
    title = subject_of(said).strip()
    plain: Plain = {
        "@odata.type": "#microsoft.graph.todoTask",
        "title": title,
        "status": _status(said),
        "body": body_of(said),
        **common_of(said),
        "isReminderOn": said.truth(_REMINDER),
    }
    days = (
        ("startDateTime", _START, _COMMON_START),
        ("dueDateTime", _DUE, _COMMON_END),
        ("completedDateTime", _DONE_ON, None),
    )
    for name, id, other in days:
        if (day := _day(said, id, other)) is not None:
            plain[name] = day
    if (moment := said.moment(_REMINDS)) is not None and (plain["isReminderOn"] or moment.year < 4000):
        plain["reminderDateTime"] = placed(moment)
    if not plain["isReminderOn"]:
        plain.pop("reminderDateTime", None)
    _repeat(plain, said)
    percent = said.real(_PERCENT) or 0.0
    if 0 < percent < 1:
        said.lost.append(losses.PERCENT)
    identity = identity_of(said, plain)
    plain["id"] = id_of("task", identity)
    kept = Kept(plain, title, identity)
    files = files_of(list(attached_of(message, said)), f"{plain['id']}-", kept.parts, said.lost, "taskFileAttachment")
    plain["hasAttachments"] = bool(files)
    if files:
        plain["attachments"] = files
    return kept


def _status(said: Said) -> str:
    if said.truth(_COMPLETE):
        return "completed"
    status = said.number(_STATUS)
    return _STATES.get(0 if status is None else status, "notStarted")


def _day(said: Said, id: Id, other: Id | None) -> dict[str, str] | None:
    """To Do knows days only; Outlook writes them as midnights without a zone."""
    moment = said.moment(id)
    if moment is None and other is not None:
        moment = said.moment(other)
    return None if moment is None else placed(datetime.combine(moment.date(), time(), moment.tzinfo))


def _repeat(plain: dict[str, Any], said: Said) -> None:
    if not said.has(_PATTERN):
        return
    try:
        series = series_of(said.data(_PATTERN), "UTC", said.page)
    except Unknown:
        said.lost.append(losses.RECURRENCE_UNREAD)
        return
    if series.regenerates:
        said.lost.append(losses.REGENERATES)
    plain["recurrence"] = {"pattern": series.pattern, "range": series.range}
