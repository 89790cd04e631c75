"""Addresses as people and programs write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from saasbackup_desktop.providers.files.mapi.addresses import MOST, Address, read_addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a@b.example", [Address("", "a@b.example")]),
        ("Ada Lovelace <ada@b.example>", [Address("Ada Lovelace", "ada@b.example")]),
        ('"Lovelace, Ada" <ada@b.example>, c@d', [Address("Lovelace, Ada", "ada@b.example"), Address("", "c@d")]),
        (r'"say \"hi\"" <a@b>', [Address('say "hi"', "a@b")]),
        ("ada@b.example (Ada (the first) Lovelace)", [Address("Ada (the first) Lovelace", "ada@b.example")]),
        ("friends: a@b, C <c@d>;, e@f", [Address("", "a@b"), Address("C", "c@d"), Address("", "e@f")]),
        ("undisclosed-recipients:;", []),
        ("undisclosed recipients", [Address("undisclosed recipients", "")]),
        ("root", [Address("root", "root")]),
        ("=?utf-8?q?J=C3=B6rg?= =?utf-8?q?_M=C3=BCller?= <j@m>", [Address("Jörg Müller", "j@m")]),
        ('"=?utf-8?b?SsO2cmc=?=" <j@m>', [Address("Jörg", "j@m")]),
        ("=?utf-8?q?M=C3=BCller,_J?= <j@m>", [Address("Müller, J", "j@m")]),
        ("=?utf-8?q?Smith,_J?= <j@m>, k@l", [Address("Smith, J", "j@m"), Address("", "k@l")]),
        ("=?utf-8?q?Ada_<ada@b=2Eexample>?=", [Address("Ada", "ada@b.example")]),
        ("<@relay.example:a@b>", [Address("", "a@b")]),
        ("a@[192.0.2.1]", [Address("", "a@[192.0.2.1]")]),
        ("<>", []),
        ("Ada <>", [Address("Ada", "")]),
        ("a@b; c@d", [Address("", "a@b"), Address("", "c@d")]),
        ("jörg@müller.example", [Address("", "jörg@müller.example")]),
        ("Ada Lovelace <ada@b.example", [Address("Ada Lovelace", "ada@b.example")]),
        ('"Ada <ada@b.example>', [Address("Ada", "ada@b.example")]),
        ("a @ b.example", [Address("", "a@b.example")]),
        ('"two words"@b.example', [Address("", '"two words"@b.example')]),
    ],
)
def test_reads(text: str, expected: list[Address]) -> None:
    assert read_addresses(text) == expected


@settings(max_examples=300, deadline=None)
@given(some.text(alphabet='ab@.,;:<>()"\\[]=?Qq \t\n', max_size=80))
def test_nothing_breaks_it(text: str) -> None:
    for person in read_addresses(text):
        assert person.name or person.address
        assert "\n" not in person.address


@pytest.mark.parametrize("word", ["(", "<", '"', "=?", "a:", "[", "=?a?q?", "\\", "a <", "((a)"])
def test_long_nonsense_is_read_too(word: str) -> None:
    assert len(read_addresses(word * 20_000)) <= MOST
