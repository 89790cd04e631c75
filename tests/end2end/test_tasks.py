"""Tasks and schedules from the command line."""

from collections.abc import Iterator

import pytest

from saasbackup_desktop.sim.imap import Mailbox, Server, serve_in_thread
from tests.end2end.conftest import Home


@pytest.fixture
def server() -> Iterator[Server]:
    box = Mailbox("office@example.org")
    box.deliver("INBOX", b"Subject: One\r\nMessage-ID: <1@example.org>\r\n\r\nOne letter.\r\n")
    with serve_in_thread([box]) as running:
        yield running


def test_tasks(home: Home, server: Server) -> None:
    password = home.file("password", Mailbox("").password)
    where = ("--host", server.host, "--port", str(server.port), "--tls", "none", "--password-file", password)
    home.succeed("source", "add", "imap", "--name", "office", "--user", "office@example.org", *where)
    [office] = home.succeed("task", "list", "--json").records
    assert (office["name"], office["covers"], office["schedule"]["rhythm"]) == ("office", ["office"], "daily")
    assert (office["active"], office["waits"]) == (1, "no-agent")

    changed = home.succeed("schedule", "set", "office", "--every", "weekly", "--on", "sun", "--at", "23:15", "--utc")
    assert "Weekly on Sunday at 23:15 UTC" in changed.text
    [told] = home.succeed("schedule", "show", "office", "--json").records
    assert told["upcoming"][0] == told["next_run"]
    assert [run.endswith("T23:15:00Z") for run in told["upcoming"]] == [True] * 5

    [kept] = home.succeed("task", "set", "office", "--keep-age", "90d", "--archived", "30d", "--json").records
    assert (kept["keep"]["days"], kept["archived_days"]) == (90, 30)
    refused = home.run("task", "remove", "office", "--json")
    assert (refused.code, refused.told[-1]["facts"]["what"]) == (2, "only-task")
    home.succeed("task", "run", "office")
    paused = home.succeed("task", "pause", "office", "--json").records[0]
    assert (paused["waits"], paused["last"] is not None) == ("paused", True)

    spans = ("--blackout", "mon-fri 08:00-18:00", "--cap", "22:00-06:00 2MiB", "--not-on-battery", "--prune", "daily")
    [found] = home.succeed("schedule", "conditions", *spans, "--stay-awake", "--json").records
    assert found["blackout"] == [{"days": [0, 1, 2, 3, 4], "start": 480, "end": 1080}]
    assert (found["caps"][0]["rate"], found["on_battery"], found["prune"]) == (2 << 20, False, "daily")
    assert found["stays_awake"]
