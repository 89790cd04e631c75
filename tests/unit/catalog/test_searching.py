"""Search: words, phrases, accents, scripts, and whatever else people type."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saasbackup_desktop.catalog.catalog import Catalog, Text
from saasbackup_desktop.catalog.words import match_expression
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit
from tests.unit.catalog.samples import BEN, BENS, STREAM, folder, head, item, point

MAILS = {
    "cafe": ("Café au lait", "Zoë <zoe@example.org>", "Crème brûlée and Straße, naïve."),
    "plan": ("Project plan 2024", "Ben <ben@example.org>", "The quarterly figures are attached. AND OR NOT NEAR"),
    "code": ("c++ and c#", "bot@ci.example.com", "don't panic: foo_bar(1) = a*b; see https://example.net/x?y=1"),
    "tokyo": ("東京の会議", "佐藤 <sato@example.jp>", "明日の会議は東京タワーです。안녕하세요 ｆｕｌｌｗｉｄｔｈ"),
    "nfd": ("Re\u0301sume\u0301", "Q'orianka", "ОТЧЁТ за год"),
}


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    """Five messages, the later ones newer."""
    edits = [Edit(None, folder("inbox"))]
    texts = {}
    for number, (id, (subject, sender, body)) in enumerate(MAILS.items()):
        one = item(id, subject=subject, sender=sender, time=1_000 + number)
        assert one.body is not None
        edits.append(Edit(None, one))
        texts[one.body.sha256] = Text(body)
    catalog.commit(head(1), edits, texts)
    return catalog


def found(catalog: Catalog, words: str = "", **fields: str) -> list[str]:
    """Search, and name what is found."""
    return [row.item.id for row in catalog.search(None, words, **fields)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("cafe", ["cafe"]),
        ("CAFÉ", ["cafe"]),
        ("cafe\u0301", ["cafe"]),
        ("creme brulee", ["cafe"]),
        ("quart fig", ["plan"]),
        ("fig quart", ["plan"]),
        ('"quarterly figures"', ["plan"]),
        ('"figures quarterly"', []),
        ('"quarterly fig"', []),
        ('"quarterly figures', ["plan"]),
        ("AND", ["code", "plan", "cafe"]),
        ("NOT NEAR", ["plan"]),
        ("2024", ["plan"]),
        ("zoe@example.org", ["cafe"]),
        ("example.com", ["code"]),
        ("foo_bar", ["code"]),
        ("don't", ["code"]),
        ("resume", ["nfd"]),
        ("отчет", ["nfd"]),
        ("会議", ["tokyo"]),
        ("東京", ["tokyo"]),
        ("京東", []),
        ("タワー", ["tokyo"]),
        ("안녕", ["tokyo"]),
        ("fullwidth", ["tokyo"]),
        ("qzx1xzq", []),
        ("", ["nfd", "tokyo", "code", "plan", "cafe"]),
        ("   ", ["nfd", "tokyo", "code", "plan", "cafe"]),
        ("...", []),
        ("📎", []),
        ('""', []),
    ],
)
def test_words(filled: Catalog, words: str, ids: list[str]) -> None:
    assert found(filled, words) == ids


def test_fields(filled: Catalog) -> None:
    assert found(filled, sender="zoe") == ["cafe"]
    assert found(filled, subject="zoe") == []
    assert found(filled, recipient="anna") == ["nfd", "tokyo", "code", "plan", "cafe"]
    assert found(filled, "figures", sender="ben", subject="plan") == ["plan"]
    assert found(filled, "figures", sender="zoe") == []


@pytest.mark.parametrize(
    "words",
    [
        *('"', "'", "*", "a*b", "^start", "subject:x", "{body}:x", "(", ")", "a AND", "OR", "NEAR(a b)", "-a", "+a"),
        *("a\0b", "\ud800", "%", "_", "\\", ";--", "x" * 10_000, "w " * 5_000, '"a" "b" "', "{", "a:b:c", "½", "ß"),
        *("\u0301", "\u200b", "\uffff", "\U0010ffff", "ﷺ", "a\u0301\u0302" * 500),
    ],
)
def test_nothing_that_is_typed_is_an_error(filled: Catalog, words: str) -> None:
    filled.search(None, words)
    filled.search(STREAM, sender=words, recipient=words, subject=words, snapshot=point(1))
    filled.row_ids(STREAM, point(1), NodeId("inbox"), "time", True, words)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.text())
def test_nothing_that_can_be_typed_is_an_error(filled: Catalog, words: str) -> None:
    filled.search(None, words)


def test_operators_are_words() -> None:
    assert match_expression('a OR b* "c d"') == '("a" AND "OR"* AND "b*" AND "c d")'.replace('"b*"', '"b*"*')
    assert match_expression("ab", "sender") == '{sender} : ("ab"*)'
    assert match_expression("!?") == ""


def test_time_streams_and_points(filled: Catalog) -> None:
    assert [row.item.id for row in filled.search(None, "example", since=1_001, until=1_003)] == ["code", "plan"]
    assert [row.item.id for row in filled.search(None, since=1_003)] == ["nfd", "tokyo"]
    filled.commit(head(1, BEN), [Edit(None, folder("inbox")), Edit(None, item("his", subject="example"))], {})
    assert [row.item.id for row in filled.search(BENS, "example")] == ["his"]
    assert [row.item.id for row in filled.search(BENS)] == ["his"]
    assert "his" not in [row.item.id for row in filled.search(STREAM, "example")]
    assert len(filled.search(None, "example")) == 6
    assert filled.search(BENS.__class__("f" * 16 + "/mail"), "example") == []


def test_each_item_once_in_its_newest_matching_version(catalog: Catalog) -> None:
    first = item("one", subject="alpha", content="1")
    second = item("one", subject="alpha beta", content="2", flags=("\\Seen",))
    catalog.commit(head(1), [Edit(None, folder("inbox", "INBOX")), Edit(None, first)], {})
    catalog.commit(head(2), [Edit(first, second)], {})
    catalog.commit(head(3), [Edit(second, None), Edit(folder("inbox", "INBOX"), folder("inbox", "Renamed"))], {})
    assert [row.item for row in catalog.search(STREAM, "alpha", snapshot=point(1))] == [first]
    assert [(row.item, row.path) for row in catalog.search(STREAM, "alpha beta")] == [(second, "INBOX")]
    assert len(catalog.search(None, "alpha")) == 1
    assert catalog.search(STREAM, "alpha", snapshot=point(3)) == []


def test_pages_fit_together(catalog: Catalog) -> None:
    edits = [Edit(None, folder("inbox"))]
    edits += [Edit(None, item(f"{number:04d}", subject="same", time=number % 97)) for number in range(700)]
    catalog.commit(head(1), edits, {})
    whole = [row.row for row in catalog.search(None, "same", limit=1_000)]
    pages = [row.row for start in range(0, 700, 150) for row in catalog.search(None, "same", limit=150, offset=start)]
    assert whole == pages
    assert len(set(whole)) == 700
    times = [row.item.time or 0 for row in catalog.search(None, "same", limit=1_000)]
    assert times == sorted(times, reverse=True)
