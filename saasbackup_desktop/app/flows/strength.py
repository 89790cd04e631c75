"""How hard a passphrase is to guess: a rough, honest estimate without a dictionary of its own."""

import math
from enum import IntEnum

_COMMON = frozenset(
    {"password", "passwort", "qwerty", "qwertz", "letmein", "welcome", "admin", "secret", "backup", "dragon", "monkey"}
)
_CLASSES = (
    (str.islower, 26),
    (str.isupper, 26),
    (str.isdigit, 10),
    (str.isspace, 1),
    (lambda c: not c.isalnum() and not c.isspace(), 33),
)


class Strength(IntEnum):
    """From nothing typed to strong."""

    NONE = 0
    WEAK = 1
    FAIR = 2
    GOOD = 3
    STRONG = 4


def bits(passphrase: str) -> float:
    """Estimate the entropy: repeated, consecutive and well-known stretches count little, words count as words."""
    words = [word for word in passphrase.split() if word]
    if len(words) >= 3:
        return sum(min(_spread(word), 12.0) for word in dict.fromkeys(word.casefold() for word in words))
    return _spread(passphrase)


def strength(passphrase: str) -> Strength:
    """Judge a passphrase."""
    if not passphrase:
        return Strength.NONE
    found = bits(passphrase)
    if len(passphrase) < 8 or found < 34:
        return Strength.WEAK
    if found < 45:
        return Strength.FAIR
    return Strength.GOOD if found < 58 else Strength.STRONG


def _spread(text: str) -> float:
    lowered = text.casefold()
    for word in _COMMON:
        lowered = lowered.replace(word, word[0])
    fresh = sum(
        1.0 if abs(ord(c) - ord(before)) > 1 else 0.25 for before, c in zip("\0" + lowered[:-1], lowered, strict=True)
    )
    different = len(set(lowered))
    alphabet = sum(size for belongs, size in _CLASSES if any(belongs(c) for c in text)) or 1
    return min(fresh, different * 1.5) * math.log2(max(2, alphabet))
