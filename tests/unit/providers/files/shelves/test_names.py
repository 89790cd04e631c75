"""Names that every system takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.providers.files.shelves.names import LONGEST_PATH, Folders, Taken, safe_name, sameness


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Re: a/b\\c?", "Re_ a_b_c_"),
        ("CON", "CON_"),
        ("con.txt", "con_.txt"),
        ("COM\u00b9", "COM\u00b9_"),
        ("Lpt9 .x", "Lpt9_.x"),
        ("console", "console"),
        ("dots...", "dots"),
        ("  much   space\t", "much space"),
        (".hidden", "_hidden"),
        ("..", "_"),
        ("", "_"),
        ("???", "_"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("half \ud83d", "half \ufffd"),
        ("e\u0301", "\u00e9"),
        ("line\r\nend", "line end"),
    ],
)
def test_what_becomes_of(text: str, name: str) -> None:
    assert safe_name(text) == name


_FORBIDDEN = set('<>:"/\\|?*') | {chr(code) for code in range(32)}


@given(st.text(st.characters(), max_size=400))
def test_every_text_gives_a_name(text: str) -> None:
    name = safe_name(text)
    assert name
    assert not set(name) & _FORBIDDEN
    assert name[-1] not in " ."
    assert not name.startswith(".")
    assert len(name.encode()) <= LONGEST_PATH + 1
    assert safe_name(name) == name


@given(st.lists(st.text(st.sampled_from("aA\u00e4\u00c4 .(2)/:x"), max_size=6), max_size=30))
def test_no_two_files_share_a_name(stems: list[str]) -> None:
    taken = Taken()
    names = [taken.choose("folder/", stem, ".eml") for stem in stems]
    assert len({sameness(name) for name in names}) == len(names)


@given(st.lists(st.lists(st.text(st.sampled_from("aA:?\u00e9 ."), max_size=90), min_size=1, max_size=12), max_size=12))
def test_no_two_folders_share_a_name(paths: list[list[str]]) -> None:
    folders = Folders()
    for path in paths:
        for depth in range(1, len(path) + 1):
            above = tuple(path[:depth])
            if folders.known(above) is None:
                folders.put(above, folders.choose(above))
    found = {tuple(path[:depth]) for path in paths for depth in range(1, len(path) + 1)}
    outside = [folders.known(path) or "" for path in found]
    assert len({sameness(name) for name in outside}) == len(found)
    assert all(len(name) <= 200 for name in outside)


def test_a_folder_never_looks_like_a_file() -> None:
    assert Folders().choose(("Inbox.mbox",)) == "Inbox.mbox_/"
    assert Folders().choose(("SHA256SUMS",)) == "SHA256SUMS (2)/"


def test_long_subjects_keep_their_numbers_and_their_letters_whole() -> None:
    taken = Taken()
    first, second = (taken.choose("x" * 100 + "/", "\u65e5\u672c" * 200, ".eml") for _ in range(2))
    assert first != second
    assert second.endswith(" (2).eml")
    assert len(second.encode()) <= LONGEST_PATH


def test_many_files_of_one_name_are_named_quickly() -> None:
    taken = Taken()
    names = [taken.choose("folder/", "Daily report", ".eml") for _ in range(20_000)]
    assert names[-1] == "Daily report (20000).eml"
    taken.drop(names[-1])
    assert taken.choose("folder/", "daily REPORT", ".eml") == "daily REPORT (20000).eml"
