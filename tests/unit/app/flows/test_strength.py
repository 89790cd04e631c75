import pytest

from saasbackup_desktop.app.flows.strength import Strength, strength


@pytest.mark.parametrize(
    ("passphrase", "least", "most"),
    [
        ("", Strength.NONE, Strength.NONE),
        ("a", Strength.WEAK, Strength.WEAK),
        ("password", Strength.WEAK, Strength.WEAK),
        ("Password123", Strength.WEAK, Strength.WEAK),
        ("aaaaaaaaaaaaaaaaaaaa", Strength.WEAK, Strength.WEAK),
        ("1234567890", Strength.WEAK, Strength.WEAK),
        ("k7#Qm2!xR9vL", Strength.GOOD, Strength.STRONG),
        ("correct horse battery staple", Strength.FAIR, Strength.GOOD),
        ("correct horse battery staple lantern", Strength.STRONG, Strength.STRONG),
        ("yes yes yes yes yes yes", Strength.WEAK, Strength.WEAK),
    ],
)
def test_strength(passphrase: str, least: Strength, most: Strength) -> None:
    assert least <= strength(passphrase) <= most
