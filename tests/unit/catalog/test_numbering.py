"""Numbers that sort by time."""

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.catalog.numbering import first_number
from saasbackup_desktop.core.model import Edit
from tests.unit.catalog.samples import STREAM, folder, head, item, point


def test_numbers_sort_by_time() -> None:
    times = [None, -5, 0, 1, 1_000_000_000, 1 << 39, 1 << 50]
    numbers = [first_number(time) for time in times]
    assert numbers == sorted(numbers)
    assert numbers[-1] < 1 << 62


def test_more_documents_than_a_second_has_numbers(catalog: Catalog) -> None:
    crowd = [item(f"{number:05d}", subject="crowd", time=1_000) for number in range(2_600)]
    late = [item(f"late{number}", subject="crowd", time=1_001 + number) for number in range(3)]
    catalog.commit(head(1), [Edit(None, folder("inbox")), *(Edit(None, one) for one in [*crowd[:1_500], *late])], {})
    catalog.commit(head(2), [Edit(None, one) for one in crowd[1_500:]], {})
    assert len(catalog.search(None, "crowd", limit=5_000)) == 2_603
    assert len(catalog.search(STREAM, "crowd", since=1_000, until=1_001, limit=5_000)) == 2_600
    assert len(catalog.search(STREAM, since=1_001, until=1_003, limit=5_000)) == 2
    catalog.commit(head(3), [Edit(None, item("again", subject="crowd", time=1_000))], {})
    assert len(catalog.search(STREAM, "crowd", limit=5_000, snapshot=point(3))) == 2_604


def test_numbers_that_came_free_are_given_again(catalog: Catalog) -> None:
    three = [item(f"{number}", subject="free", time=1_000) for number in range(3)]
    catalog.commit(head(1), [Edit(None, folder("inbox")), *(Edit(None, one) for one in three)], {})
    catalog.commit(head(1), [Edit(three[0], None)], {})
    new = [item(f"new{number}", subject="free", time=1_000) for number in range(3)]
    for one in new:
        catalog.commit(head(1), [Edit(None, one)], {})
    assert len(catalog.search(None, "free")) == 5
