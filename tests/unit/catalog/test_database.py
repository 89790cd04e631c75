"""The encrypted file: keys, damage, versions, and many at once."""

import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from saasbackup_desktop.catalog import dialect
from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.catalog.database import Database
from saasbackup_desktop.catalog.migrations import STEPS, migrate
from saasbackup_desktop.catalog.schema import VERSION
from saasbackup_desktop.catalog.values import Record
from saasbackup_desktop.core.errors import CatalogFault, CatalogTooNew, CatalogUnreadable
from saasbackup_desktop.core.ids import JobId, NodeId, StreamId
from saasbackup_desktop.core.jobs import Backup, Check, Initiator, ItemFailure, Job, JobQuery, Spec, State
from saasbackup_desktop.core.model import Body, Edit, Segment, Service
from tests.unit.catalog.samples import KEY, STREAM, folder, head, item, point


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A catalog with something in it, closed."""
    file = tmp_path / "deep" / "catalog.db"
    catalog = Catalog.open(file, KEY)
    catalog.commit(head(1), [Edit(None, folder("inbox")), Edit(None, item("one", subject="plainly readable"))], {})
    catalog.close()
    return file


def test_nothing_in_the_file_is_readable(file: Path) -> None:
    data = b"".join(part.read_bytes() for part in file.parent.iterdir())
    for words in (b"plainly", b"SQLite format", b"CREATE TABLE", KEY.hex().encode()):
        assert words not in data


def test_a_wrong_key_is_told(file: Path) -> None:
    with pytest.raises(CatalogUnreadable) as caught:
        Catalog.open(file, bytes(32))
    assert caught.value.facts["file"] == str(file)
    assert bytes(32).hex() not in str(caught.value)
    with pytest.raises(ValueError, match="32 bytes"):
        Catalog.open(file, b"short")


@pytest.mark.parametrize("damage", ["no database at all" * 1000, ""])
def test_a_damaged_file_is_told_and_an_empty_one_begun(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "catalog.db"
    file.write_text(damage)
    if damage:
        with pytest.raises(CatalogUnreadable):
            Catalog.open(file, KEY)
    else:
        Catalog.open(file, KEY).close()


def test_damage_in_the_middle_is_told(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for at in range(4096 * 2 + 100, len(data), 4096):
        data[at] ^= 1
    file.write_bytes(data)
    with pytest.raises(CatalogUnreadable):  # noqa: PT012
        catalog = Catalog.open(file, KEY)
        try:
            list(catalog.nodes_at(STREAM, point(1)))
        finally:
            catalog.close()


def test_a_place_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").mkdir()
    with pytest.raises(CatalogFault):
        Catalog.open(tmp_path / "catalog.db", KEY)


def test_a_newer_file_is_refused_and_left_alone(file: Path) -> None:
    database = Database.open(file, KEY)
    with database.write() as connection:
        dialect.set_schema_version(connection, VERSION + 1)
    database.close()
    before = file.read_bytes()
    with pytest.raises(CatalogTooNew) as caught:
        Catalog.open(file, KEY)
    assert caught.value.facts == {"version": VERSION + 1, "known": VERSION}
    assert file.read_bytes() == before


def test_older_files_walk_every_step(file: Path) -> None:
    assert set(STEPS) == set(range(2, VERSION + 1))
    taken: list[int] = []

    def step(number: int) -> None:
        def take(connection: Connection) -> None:
            taken.append(number)
            connection.exec_driver_sql(f"CREATE TABLE step_{number} (x)")

        steps[number] = take

    steps: dict[int, object] = {}
    for number in (VERSION + 1, VERSION + 2):
        step(number)
    database = Database.open(file, KEY)
    with database.write() as connection:
        migrate(connection, steps, VERSION + 2)  # type: ignore[arg-type]
        assert dialect.schema_version(connection) == VERSION + 2
    assert taken == [VERSION + 1, VERSION + 2]
    with database.write() as connection:
        migrate(connection, steps, VERSION + 2)  # type: ignore[arg-type]
    assert taken == [VERSION + 1, VERSION + 2]
    with database.read() as connection:
        assert {f"step_{VERSION + 1}", f"step_{VERSION + 2}", "items"} <= set(inspect(connection).get_table_names())
    database.close()


def test_readers_see_one_state_and_never_wait(catalog: Catalog) -> None:
    catalog.commit(head(1), [Edit(None, folder("inbox")), *(Edit(None, item(f"{n}")) for n in range(1_200))], {})
    walk = catalog.nodes_at(STREAM, point(1))
    seen = [next(walk), next(walk)]
    catalog.commit(head(1), [Edit(None, item("late")), Edit(item("5"), None)], {})
    seen += walk
    assert len(seen) == 1_201
    assert len(list(catalog.nodes_at(STREAM, point(1)))) == 1_201


def test_many_threads(catalog: Catalog) -> None:
    catalog.commit(head(1), [Edit(None, folder("inbox"))], {})
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(8):
                catalog.commit(head(1), [Edit(None, item(f"{number}-{turn}"))], {})
                catalog.folders_at(STREAM, point(1))
                catalog.search(None, "ben")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert catalog.folders_at(STREAM, point(1))[0].items == 64


def test_two_programs_share_a_file(file: Path) -> None:
    one, other = Catalog.open(file, KEY), Catalog.open(file, KEY)
    one.commit(head(1), [Edit(None, item("two"))], {})
    other.commit(head(1), [Edit(None, item("three"))], {})
    assert one.folders_at(STREAM, point(1))[0].items == 3
    one.close()
    other.close()


def _without_services(connection: Connection) -> None:
    """Take away what version 7 brought."""
    connection.exec_driver_sql("DROP INDEX jobs_by_kind")
    connection.exec_driver_sql("ALTER TABLE jobs DROP COLUMN service")
    connection.exec_driver_sql("ALTER TABLE failures DROP COLUMN item")


def _without_states(connection: Connection) -> None:
    """Take away what versions 6 and 7 brought."""
    _without_services(connection)
    connection.exec_driver_sql("DROP INDEX jobs_by_state")
    connection.exec_driver_sql("DROP INDEX jobs_by_end")
    for column in ("state", "kind", "account", "initiator", "task", "finished"):
        connection.exec_driver_sql(f"ALTER TABLE jobs DROP COLUMN {column}")
    connection.exec_driver_sql("DROP TABLE records")


def _without_reads(connection: Connection) -> None:
    """Take away what versions 5 to 7 brought."""
    _without_states(connection)
    connection.exec_driver_sql("DROP INDEX jobs_by_what_they_read")
    connection.exec_driver_sql("ALTER TABLE jobs DROP COLUMN reads")


def test_a_file_of_version_4_knows_which_jobs_read_what(file: Path) -> None:
    catalog = Catalog.open(file, KEY)
    stream = StreamId("a/mail")
    specs: list[Spec] = [Backup(stream=stream), Backup(stream=stream), Check(), Backup(stream=StreamId("b/mail"))]
    for number, spec in enumerate(specs):
        catalog.save_job(Job(id=JobId(f"{number}"), spec=spec, state=State.DONE, created=number))
    told = catalog.last_runs(1)
    assert [(run.stream, run.job) for run in told] == [("b/mail", "3"), ("a/mail", "1")]
    assert [run.job for run in catalog.last_runs(2)] == ["3", "1", "0"]
    catalog.close()
    database = Database.open(file, KEY)
    with database.write() as connection:
        _without_reads(connection)
        dialect.set_schema_version(connection, 4)
    database.close()
    catalog = Catalog.open(file, KEY)
    try:
        assert catalog.last_runs(1) == told
    finally:
        catalog.close()


def test_a_file_of_version_1_gets_room_for_parts(file: Path) -> None:
    database = Database.open(file, KEY)
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE items DROP COLUMN parts")
        _without_reads(connection)
        dialect.set_schema_version(connection, 1)
    database.close()
    catalog = Catalog.open(file, KEY)
    body = Body("ab" * 32, 3, (Segment("cd" * 32, 3),))
    whole = replace(item("one", subject="plainly readable"), parts={"source": body})
    try:
        assert catalog.items(STREAM, [item("one").id])[item("one").id].parts == {}
        catalog.commit(head(2), [Edit(item("one", subject="plainly readable"), whole)], {})
        assert catalog.items(STREAM, [whole.id])[whole.id].parts == {"source": body}
    finally:
        catalog.close()


def test_a_file_of_version_2_gets_room_for_what_is_remembered(file: Path) -> None:
    database = Database.open(file, KEY)
    with database.write() as connection:
        connection.exec_driver_sql("DROP TABLE marks")
        _without_reads(connection)
        dialect.set_schema_version(connection, 2)
    database.close()
    catalog = Catalog.open(file, KEY)
    try:
        assert catalog.remembered() == {}
        catalog.remember(STREAM, "snapshots/a/1", "ab" * 32)
        catalog.remember(STREAM, "snapshots/a/2", "cd" * 32)
        catalog.forget_streams()  # what the vault cannot tell of itself is kept
        assert catalog.remembered() == {STREAM: ("snapshots/a/2", "cd" * 32)}
    finally:
        catalog.close()


def test_a_file_of_version_5_knows_how_jobs_stand_and_keeps_records(file: Path) -> None:
    catalog = Catalog.open(file, KEY)
    for number, state in enumerate((State.DONE, State.FAILED, State.PAUSED)):
        finished = number + 10 if state.is_over else None
        job = Job(id=JobId(f"{number}"), spec=Check(), state=state, created=number, finished=finished)
        catalog.save_job(job)
    queries = (JobQuery(), JobQuery(states=frozenset({State.FAILED})), JobQuery(initiator=Initiator.PERSON, limit=1))
    told = [catalog.job_page(query) for query in queries]
    assert [[job.id for job in page.jobs] for page in told] == [["2", "1", "0"], ["1"], ["2"]]
    assert told[1].counts == {State.DONE: 1, State.FAILED: 1, State.PAUSED: 1}
    catalog.close()
    database = Database.open(file, KEY)
    with database.write() as connection:
        _without_states(connection)
        dialect.set_schema_version(connection, 5)
    database.close()
    catalog = Catalog.open(file, KEY)
    try:
        assert [catalog.job_page(query) for query in queries] == told
        assert [job.id for job in catalog.jobs_ended(11, 12)] == ["1"]
        assert [job.id for job in catalog.jobs_unfinished()] == ["2"]
        catalog.put_records("room", [Record("a", 5, {"x": 1}), Record("b", 7, [2])])
        catalog.put_records("room", [Record("a", 9, {"x": 3})])
        catalog.put_records("other", [Record("a", 1, None)])
        assert catalog.records("room") == [Record("a", 9, {"x": 3}), Record("b", 7, [2])]
        assert catalog.records("room", 7, 9) == [Record("b", 7, [2])]
        catalog.drop_records("room", ["a", "not there"])
        assert (catalog.record("room", "a"), catalog.record("other", "a")) == (None, Record("a", 1, None))
    finally:
        catalog.close()


def test_a_file_of_version_6_knows_the_services_of_jobs_and_which_items_failed(file: Path) -> None:
    catalog = Catalog.open(file, KEY)
    specs: list[Spec] = [Backup(stream=StreamId("a/mail")), Check(), Backup(stream=StreamId("a/contacts"))]
    for number, spec in enumerate(specs):
        catalog.save_job(Job(id=JobId(f"{number}"), spec=spec, state=State.DONE, created=number, finished=number))
    catalog.add_failures(JobId("0"), [ItemFailure(path="inbox", name="Hello", code="refused")])
    queries = [JobQuery(services=frozenset({service})) for service in (Service.MAIL, Service.CONTACTS)]
    told = [catalog.job_page(query) for query in queries]
    assert [[job.id for job in page.jobs] for page in told] == [["0"], ["2"]]
    catalog.close()
    database = Database.open(file, KEY)
    with database.write() as connection:
        _without_services(connection)
        dialect.set_schema_version(connection, 6)
    database.close()
    catalog = Catalog.open(file, KEY)
    try:
        assert [catalog.job_page(query) for query in queries] == told
        assert [(one.name, one.item) for one in catalog.failures(JobId("0"))] == [("Hello", "")]
        known = ItemFailure(path="inbox", name="Again", code="refused", item=NodeId("one"))
        catalog.add_failures(JobId("0"), [known])
        assert catalog.failures(JobId("0"))[1] == known
    finally:
        catalog.close()


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such rights there")
@pytest.mark.parametrize("before", [None, 0o644])
def test_only_its_owner_reads_it(tmp_path: Path, before: int | None) -> None:
    file = tmp_path / "catalog.db"
    Database.open(file, KEY).close()
    if before is not None:
        file.chmod(before)
    else:
        file.unlink()
    database = Database.open(file, KEY)
    with database.write() as connection:
        connection.exec_driver_sql("create table one (two)")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("catalog.db*")} == {0o600}
    assert len(list(tmp_path.glob("catalog.db*"))) == 3
    database.close()


def test_a_file_of_version_3_gets_room_for_what_a_check_has_read(file: Path) -> None:
    database = Database.open(file, KEY)
    with database.write() as connection:
        connection.exec_driver_sql("DROP TABLE packs_read")
        _without_reads(connection)
        dialect.set_schema_version(connection, 3)
    database.close()
    catalog = Catalog.open(file, KEY)
    try:
        assert catalog.packs_read("job 1") == set()
        catalog.keep_read("job 1", {b"a", b"b"})
        catalog.keep_read("20000 5 %", {b"c"})
        catalog.keep_read("20001 5 %", {b"d"})  # of another day: the one before is over
        assert [catalog.packs_read(share) for share in ("job 1", "20000 5 %", "20001 5 %")] == [
            {b"a", b"b"},
            set(),
            {b"d"},
        ]
        catalog.keep_read("job 1", set())
        assert (catalog.packs_read("job 1"), catalog.packs_read("20001 5 %")) == (set(), {b"d"})
    finally:
        catalog.close()
