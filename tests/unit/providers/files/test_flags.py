"""What a mailbox says of a message, and what formats without a place for it list as lost."""

from pathlib import Path

import pytest

from saasbackup_desktop.core.export.ports import Writer
from saasbackup_desktop.providers.files import mbox
from saasbackup_desktop.providers.files.eml import EmlWriter
from saasbackup_desktop.providers.files.flags import KEYWORDS_NOT_HELD, STATE_NOT_HELD
from saasbackup_desktop.providers.files.mapi.losses import KEYWORD_AS_CATEGORY
from saasbackup_desktop.providers.files.mapi.states import State, state_losses
from saasbackup_desktop.providers.files.mbox import MboxWriter
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from tests.unit.providers.files.entries import entry

_STATE, _KEYWORDS = STATE_NOT_HELD, KEYWORDS_NOT_HELD


@pytest.mark.parametrize("form", ["eml", "mbox", "large mbox"])
@pytest.mark.parametrize(
    ("head", "flags", "facets", "lost"),
    [
        (b"", ("\\Seen",), {}, ()),
        (b"", ("\\Seen", "NonJunk", "$NotJunk", "$MDNSent", "$HasNoAttachment", "\\Recent"), {}, ()),
        (b"", (), {}, (_STATE,)),
        (b"", ("\\Seen", "\\Flagged"), {}, (_STATE,)),
        (b"", ("\\Seen", "$Forwarded"), {}, (_STATE,)),
        (b"", ("\\Seen", "\\Deleted", "Invoice"), {}, (_STATE, _KEYWORDS)),
        (b"", ("\\Seen",), {"categories": "Red"}, (_KEYWORDS,)),
        (b"", ("\\Seen",), {"answered": "answered"}, (_STATE,)),
        (b"Status: O\r\n", (), {}, ()),
        (b"Status: O\r\n", ("\\Seen",), {}, (_STATE,)),
        (b"Status: RO\r\nX-Status: F\r\nX-Keywords: Invoice\r\n", ("\\Seen", "\\Flagged", "Invoice"), {}, ()),
        (b"X-Unsent: 1\r\n", ("\\Seen", "\\Draft"), {}, ()),
    ],
)
def test_what_a_message_does_not_say_itself_is_listed(
    form: str,
    head: bytes,
    flags: tuple[str, ...],
    facets: dict[str, str],
    lost: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mbox, "_LARGE", 0 if form == "large mbox" else 1 << 20)
    shelf = FolderShelf(tmp_path, "Export")
    writer: Writer = EmlWriter(shelf) if form == "eml" else MboxWriter(shelf, tmp_path / "scratch")
    assert writer.add(entry(b"Subject: a\r\n" + head + b"\r\nx\r\n", flags=flags, facets=facets)) == lost
    writer.finish()
    shelf.publish()


@pytest.mark.parametrize(
    ("flags", "lost"),
    [
        ((), []),
        (("\\Seen", "\\Flagged", "\\Answered", "\\Draft", "NonJunk"), []),
        (("\\Answered", "$Forwarded"), [_STATE]),
        (("\\Deleted",), [_STATE]),
        (("$label1",), [_KEYWORDS]),
        (("work", "$label1"), [_KEYWORDS, KEYWORD_AS_CATEGORY]),
    ],
)
def test_what_an_outlook_data_file_has_no_place_for_is_listed(flags: tuple[str, ...], lost: list[str]) -> None:
    assert state_losses(State(flags=flags)) == lost
