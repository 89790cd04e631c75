"""Every colour pair that carries words can be read, in both themes."""

import pytest

from saasbackup_desktop.ui.kit import theme
from saasbackup_desktop.ui.kit.tokens import DARK, LIGHT, Tokens, contrast

GROUNDS = ("window", "surface", "sunken", "hover", "selection")
TEXTS = ("text", "muted")
TONES = ("accent", "good", "attention", "bad")
BOTH = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)


@BOTH
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(tokens: Tokens, text: str, ground: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@BOTH
@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("ground", ["window", "surface", "sunken"])
def test_status_can_be_read(tokens: Tokens, tone: str, ground: str) -> None:
    assert contrast(getattr(tokens, tone), getattr(tokens, ground)) >= 4.5


@BOTH
@pytest.mark.parametrize("ground", ["good_ground", "attention_ground", "bad_ground", "busy_ground"])
def test_banner_can_be_read(tokens: Tokens, ground: str) -> None:
    assert contrast(tokens.text, getattr(tokens, ground)) >= 4.5


@BOTH
def test_buttons_and_focus_can_be_seen(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent_hover) >= 4.5
    for ground in ("window", "surface", "sunken"):
        assert contrast(tokens.accent, getattr(tokens, ground)) >= 3
        assert contrast(tokens.outline, getattr(tokens, ground)) >= 3


@BOTH
def test_style_sheet_has_no_gaps(qapp: object, tokens: Tokens) -> None:
    assert "@" not in theme.style_sheet(tokens)
