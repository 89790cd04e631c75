"""What a mailbox says of a message."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.mapi.states import FollowUp, State, state_of
from saasbackup_desktop.providers.files.pst.model import Message

_MAIL = b"Subject: Re: Things\r\nDate: 1 Jan 2026 00:00 GMT\r\nImportance: low\r\n\r\nwords"


def _item(**more: Any) -> Item:
    return Item(id=NodeId("1"), parent=NodeId("2"), revision="3", **more)


def _said(**more: Any) -> Message:
    return mail(_MAIL, state_of(_item(**more)))


def test_nothing_said() -> None:
    assert state_of(_item()) == State()


def test_flags_of_imap() -> None:
    flags = ("$Forwarded", "$label1", "NonJunk", "Work", "\\Flagged", "\\Seen")
    said = _said(flags=flags, time=1_767_312_000).properties
    assert said[tags.KEYWORDS] == ["Work"]
    assert said[tags.MESSAGE_FLAGS] == 1
    assert (said[tags.ICON], said[tags.LAST_VERB]) == (0x106, 104)
    assert (said[tags.FLAG_STATUS], said[tags.FLAG_COLOUR], said[tags.TO_DO_FLAGS]) == (2, 6, 1)
    assert said[tags.TO_DO_TITLE] == "Re: Things"
    assert said[tags.DELIVERED] == datetime(2026, 1, 2, tzinfo=UTC)
    assert said[tags.IMPORTANCE] == 0


def test_what_graph_says() -> None:
    flag = {
        "flagStatus": "complete",
        "startDateTime": {"dateTime": "2026-01-02T00:00:00.0000000", "timeZone": "UTC"},
        "dueDateTime": {"dateTime": "2026-01-03T00:00:00.0000000", "timeZone": "UTC"},
        "completedDateTime": {"dateTime": "2026-01-04T00:00:00.0000000", "timeZone": "UTC"},
    }
    facets = {
        "categories": "Red\nBlue",
        "importance": "high",
        "verb": json.dumps(["261", "103", "2026-01-05T06:07:08Z"]),
        "flag": json.dumps(flag),
    }
    said = _said(facets=facets).properties
    assert said[tags.KEYWORDS] == ["Red", "Blue"]
    assert said[tags.IMPORTANCE] == 2
    assert (said[tags.LAST_VERB], said[tags.ICON]) == (103, 0x105)
    assert said[tags.LAST_VERB_TIME] == datetime(2026, 1, 5, 6, 7, 8, tzinfo=UTC)
    assert said[tags.FLAG_STATUS] == 1
    assert said[tags.TASK_START] == said[tags.COMMON_START] == datetime(2026, 1, 2, tzinfo=UTC)
    assert said[tags.TASK_DUE] == said[tags.COMMON_END] == datetime(2026, 1, 3, tzinfo=UTC)
    assert said[tags.FLAG_COMPLETED] == said[tags.TASK_COMPLETED] == datetime(2026, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize("odd", ["", "null", "[]", "{", '["1"]', '["a", "b", "c"]', '{"flagStatus": 3}', "[[[]]]", "7"])
def test_odd_facets_say_nothing(odd: str) -> None:
    assert state_of(_item(facets={"verb": odd, "flag": odd})) == State()


def test_a_flag_with_odd_days_is_a_flag() -> None:
    flag = '{"flagStatus": "flagged", "dueDateTime": {"dateTime": "soon"}, "startDateTime": "x"}'
    assert state_of(_item(facets={"flag": flag})).follow_up == FollowUp()
