"""From what a person types to what the full-text index understands."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from saasbackup_desktop.catalog.dialect import spaced

MOST_WORDS: Final = 32
"""Words of a question that are looked at; the rest is left out."""

LONGEST_WORD: Final = 100

_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
_PIECES: Final = re.compile(r'"([^"]*)"?|([^\s"]+)')


def readable(text: str) -> str:
    """Bring text and questions to the same letters: no accents, no compatibility forms, unspaced scripts cut up."""
    if text.isascii():
        return text.replace("\0", " ")
    text = text.encode("utf-8", "replace").decode().replace("\0", " ")
    return spaced(unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text))))


def match_expression(words: str, columns: str = "") -> str:
    """Write an FTS5 expression that asks for all the words, by prefix, and for phrases in double quotes as they stand.

    Whatever is typed is quoted, so nothing in it can be an operator. Empty if there is no word in it.
    """
    terms = " AND ".join(_terms(words))
    if not terms:
        return ""
    return f"{{{columns}}} : ({terms})" if columns else f"({terms})"


def _terms(words: str) -> Iterator[str]:
    for number, piece in enumerate(_PIECES.finditer(words)):
        if number == MOST_WORDS:
            return
        phrase, word = piece.groups()
        said = readable(word if word is not None else phrase)
        if word is not None:
            said = said[:LONGEST_WORD]
        if not any(character.isalnum() for character in said):
            continue
        # One letter would match half of everything: it counts as a whole word.
        prefix = word is not None and len(said.strip()) > 1
        yield f'"{said}"*' if prefix else f'"{said}"'
