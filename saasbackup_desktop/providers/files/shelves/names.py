"""Names of files and folders that Windows, macOS, Linux and what carries files between them all take."""

import re
import unicodedata
from typing import Final

from saasbackup_desktop.core.characters import whole

LONGEST_PATH: Final = 240
"""Characters of a path below the export's folder; of each name in it, characters and bytes of its UTF-8, too."""

_LONGEST_FOLDER: Final = 60
_SHORTEST_FOLDER: Final = 12
_FOLDERS: Final = 150
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff\ufffe\uffff]')
_INVISIBLE: Final = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]")
_PLAIN: Final = re.compile(r"(?!.*  )[A-Za-z0-9][A-Za-z0-9 ._,;()+=@#&'!-]{0,150}[A-Za-z0-9)]")
"""What hardly needs to be looked at."""
_SPACES: Final = re.compile(r"\s+")
_RESERVED: Final = re.compile(
    r"(CON|PRN|AUX|NUL|COM[0-9\u00b9\u00b2\u00b3]|LPT[0-9\u00b9\u00b2\u00b3]|CONIN\$|CONOUT\$|CLOCK\$)", re.I
)
_LIKE_A_FILE: Final = re.compile(r"\.(eml|mbox|pst|ics|vcf|csv|pdf|json|zip)", re.I)
_MANY: Final = 1 << 40
_OURS: Final = frozenset(("sha256sums",))


def safe_name(text: str, instead: str = "_") -> str:
    """Make a name of a text: nothing that a system forbids, hides or takes for a device; ``instead`` if nothing is
    left.
    """
    if _PLAIN.fullmatch(text) and not _RESERVED.match(text):
        return text
    name = unicodedata.normalize("NFC", whole(text))
    name = _SPACES.sub(" ", _FORBIDDEN.sub("_", _INVISIBLE.sub("", _SPACES.sub(" ", name))))
    name = cut(name.strip(" "), LONGEST_PATH).rstrip(" .")
    if name.startswith("."):
        name = "_" + name[1:]
    if not name.strip("_ "):
        return instead
    stem, point, rest = name.partition(".")
    return f"{stem.rstrip()}_{point}{rest}" if _RESERVED.fullmatch(stem.rstrip()) else name


def cut(text: str, longest: int) -> str:
    """The beginning of a text of at most so many characters, and bytes of UTF-8; no letter loses its accents."""
    if len(text) <= longest and (text.isascii() or len(text.encode()) <= longest):
        return text
    kept = text.encode()[:longest].decode("utf-8", "ignore")[:longest]
    end = len(kept)
    while end > 1 and end < len(text) and (unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f"):
        end -= 1
    return kept[:end]


def sameness(name: str) -> str:
    """What is equal of two names that some system takes for one."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).casefold())


def split_name(name: str) -> tuple[str, str]:
    """Part a path into the folder (empty, or ending in ``/``) and the file's name."""
    folder, slash, last = name.rpartition("/")
    return folder + slash, last


class Folders:
    """What folders are called outside: each keeps its name, and two never share one."""

    def __init__(self) -> None:
        self._outside: dict[tuple[str, ...], str] = {(): ""}
        self._taken: set[str] = set(_OURS)

    def known(self, path: tuple[str, ...]) -> str | None:
        """The path outside of a folder that was asked for before: empty, or ending in ``/``."""
        return self._outside.get(path)

    def put(self, path: tuple[str, ...], outside: str) -> None:
        """Note what a folder is called."""
        self._outside[path] = outside
        self._taken.add(sameness(outside.rstrip("/")))

    def choose(self, path: tuple[str, ...]) -> str:
        """Find a path for a folder, below its parent, which is known."""
        above = self._outside[path[:-1]]
        while above and len(above) > _FOLDERS - _SHORTEST_FOLDER:
            above = split_name(above[:-1])[0]
        name = safe_name(path[-1])
        if _LIKE_A_FILE.search(name[-5:]) or name.lower().endswith(".partial"):
            name += "_"
        longest = max(_SHORTEST_FOLDER, min(_LONGEST_FOLDER, _FOLDERS - len(above)))
        for number in range(1, _MANY):
            twin = f" ({number})" if number > 1 else ""
            outside = above + safe_name(cut(name, longest - len(twin)).rstrip(" .") + twin)
            if sameness(outside) not in self._taken:
                return outside + "/"
        raise AssertionError


class Taken:
    """Names of the files in one folder, as few bytes as they need."""

    def __init__(self) -> None:
        self._marks: set[int] = set()
        self._next: dict[int, int] = {}
        """Of names that are there more than once, the number that is free."""

    def add(self, name: str) -> bool:
        """Take a name; False if another file has it, or one that some system takes for equal."""
        mark = hash(sameness(name))
        if mark in self._marks:
            return False
        self._marks.add(mark)
        return True

    def drop(self, name: str) -> None:
        """Let a name go."""
        self._marks.discard(hash(sameness(name)))

    def choose(self, folder: str, stem: str, suffix: str) -> str:
        """Find and take a name for a file in this folder; ``suffix`` begins with a point."""
        longest = max(24, min(LONGEST_PATH - len(folder), LONGEST_PATH) - len(suffix))
        stem = safe_name(stem)
        first = hash(sameness(stem + suffix))
        for number in range(self._next.get(first, 1), _MANY):
            twin = f" ({number})" if number > 1 else ""
            name = stem if number == 1 and len(stem) <= longest and stem.isascii() else _twin(stem, longest, twin)
            name += suffix
            if self.add(name):
                if number > 1:
                    self._next[first] = number
                return name
        raise AssertionError


def _twin(stem: str, longest: int, twin: str) -> str:
    return safe_name(cut(stem, longest - len(twin)).rstrip(" .") + twin)
