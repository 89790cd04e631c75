"""Jobs at the command line: what an earlier program left, and what is to become of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from saasbackup_desktop.sim.imap import Mailbox, Refuse, Server, serve_in_thread
from tests.end2end.conftest import Home, letter, new_home


@pytest.fixture
def server() -> Iterator[Server]:
    box = Mailbox("ada@example.org")
    for number in range(4):
        box.deliver("INBOX", letter(number))
    with serve_in_thread([box]) as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, server: Server) -> Home:
    home = new_home(tmp_path)
    password = home.file("password", next(iter(server.mailboxes.values())).password)
    home.succeed(
        *("source", "add", "imap", "--name", "office", "--user", "ada@example.org", "--host", server.host),
        *("--port", str(server.port), "--tls", "none", "--password-file", password),
    )
    return home


def test_jobs_are_found_skipped_and_cancelled(office: Home, server: Server) -> None:
    server.faults.add("UID FETCH", Refuse("", "cannot read it"), after=1, times=3)
    ended = office.run("backup", "office", "--json")
    assert ended.code == 3
    failures = ended.of("failure")
    job = ended.of("job")[0]
    assert (job["attempt"], job["due"], job["started_by"], job["task"]) == (1, None, "person", None)
    assert all(one["item"] for one in failures)
    id = job["id"]

    assert office.run("job", "skip", id, "nothing-like-it").code == 2
    assert office.succeed("job", "skip", id[:6], "--reason", "broken", "--json").of("skipped")[0]["items"] == len(
        failures
    )
    [shown] = office.succeed(
        *("jobs", "--status", "done", "--kind", "backup", "--service", "mail", "--account", "ada@"),
        *("--started-by", "person", "--days", "1", "--oldest", "--json"),
    ).of("job")
    assert (shown["id"], shown["failed"], shown["skipped"]) == (id, 0, len(failures))
    listed = office.succeed("job", "skipped", "--json").of("skipped-item")
    assert {(one["item"], one["reason"]) for one in listed} == {(one["item"], "broken") for one in failures}
    office.succeed("job", "unskip", id)
    assert not office.succeed("job", "skipped", "--json").of("skipped-item")

    for ask in ("cancel", "pause", "resume", "retry"):
        assert office.run("job", ask, id).code == 2
    assert office.succeed("jobs", "--json").of("job")[-1]["state"] == "done"
    assert office.succeed("job", "cancel", "--all-queued", "--json").of("cancelled")[0]["jobs"] == 0
    assert office.run("job", "cancel", id, "--all-queued").code == 2
