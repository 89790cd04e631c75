"""Plain English for every fault, state and code: the only room that makes sentences for people."""

from saasbackup_desktop.app.words.faults import Words, has_words, words_for

__all__ = ["Words", "has_words", "words_for"]
