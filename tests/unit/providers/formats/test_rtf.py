"""Rich text: unfolded as the specification shows, and taken out of what it was wrapped into."""

import pytest

from saasbackup_desktop.providers.formats.rtf import decompressed, unwrapped

_FOLDED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
"""[MS-OXRTFCP] 4.1.1."""


def test_the_specifications_example_is_unfolded() -> None:
    assert decompressed(_FOLDED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_repetitions_reach_into_what_they_write() -> None:
    data = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert decompressed(data) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_what_was_not_folded_stays() -> None:
    text = b"{\\rtf1 x}"
    head = (len(text) + 12).to_bytes(4, "little") + len(text).to_bytes(4, "little") + b"MELA" + bytes(4)
    assert decompressed(head + text) == text


@pytest.mark.parametrize("size", range(0, len(_FOLDED), 3))
def test_cut_text_is_unfolded_as_far_as_it_goes(size: int) -> None:
    assert b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n".startswith(decompressed(_FOLDED[:size]))


def test_html_comes_out_as_it_went_in() -> None:
    source = (
        rb"{\rtf1\ANSI\ansicpg1251\fromhtml1 \deff0 {\fonttbl {\f0\fmodern Courier New;}{\f1\fcharset161 Arial;}}"
        rb"{\colortbl\red0\green0\blue0;}\uc1\pard\plain\deftab360 \f0\fs24 "
        rb"{\*\htmltag18 <HTML>}\htmlrtf\par \htmlrtf0{\*\htmltag34 <body class=\{x\}>}{\*\htmltag64}"
        rb"\htmlrtf{\htmlrtf0 {\*\mhtmltag84 <img src=old>}{\*\htmltag84 <img src=new>}\htmlrtf}\htmlrtf0 "
        rb"\'cf\'f0{\f1 \'e1}\u8364?\line {\*\htmltag84 &nbsp;}\htmlrtf\'a0\htmlrtf0\tab x{\*\htmltag50 </body>}}"
    )
    found = unwrapped(source)
    assert found.html == "<HTML><body class={x}><img src=new>Прα€\r\n&nbsp;\tx</body>"


def test_text_comes_out_as_it_went_in() -> None:
    source = rb"{\rtf1\ansi\ansicpg1252\fromtext \fbidi \deff0{\fonttbl{\f0 Courier;}}\pard one\par two \{x\}\'e9\par }"
    found = unwrapped(source)
    assert (found.text, found.is_plain) == ("one\ntwo {x}é\n", True)


def test_what_somebody_wrote_in_rich_text_is_kept_as_such() -> None:
    found = unwrapped(rb"{\rtf1\ansi{\info{\author me}}\b bold\b0\par \u-10179?\u-8704?}")
    assert (found.text, found.is_plain, found.html) == ("bold\n😀", False, "")


def test_nonsense_is_no_text() -> None:
    assert unwrapped(b"hello").is_plain
    assert unwrapped(b"{\\rtf1" + b"{" * 5000 + b"x" + b"}" * 9000).text == "x"
