"""Secrets as text: what a person writes down is read back, whatever they do to it."""

import random

from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.vault.access import recovery

SECRETS = st.binary(min_size=32, max_size=32)


@given(SECRETS)
def test_text_leads_back(secret: bytes) -> None:
    text = recovery.to_text(secret)
    groups = text.split("-")
    assert [len(group) for group in groups] == [4] * 14
    assert recovery.from_text(text) == secret
    assert recovery.from_text(f"  {text.lower().replace('-', ' ')}\n") == secret
    assert recovery.from_text(text.replace("O", "0").replace("I", "1").replace("B", "8")) == secret


@given(SECRETS, st.integers(0, 1 << 30))
def test_one_wrong_letter_or_two_swapped_groups_are_noticed(secret: bytes, seed: int) -> None:
    chance = random.Random(seed)
    text = recovery.to_text(secret)
    at = chance.choice([n for n, letter in enumerate(text) if letter != "-"])
    other = chance.choice([letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if letter != text[at]])
    assert recovery.from_text(text[:at] + other + text[at + 1 :]) is None
    groups = text.split("-")
    one, two = chance.sample(range(14), 2)
    groups[one], groups[two] = groups[two], groups[one]
    swapped = "-".join(groups)
    assert swapped == text or recovery.from_text(swapped) is None


@given(st.text())
def test_other_text_is_no_key(text: str) -> None:
    assert recovery.from_text(text) is None
    assert recovery.from_device_text(text) is None


@given(SECRETS)
def test_a_device_secret_is_told_from_everything_else(secret: bytes) -> None:
    text = recovery.to_device_text(secret)
    assert recovery.from_device_text(text) == secret
    assert recovery.from_text(text) is None
    assert recovery.from_device_text(recovery.to_text(secret)) is None
    assert recovery.from_device_text(text[:-1]) is None
