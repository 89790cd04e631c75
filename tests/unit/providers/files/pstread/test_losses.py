"""Everything that is lost on the way out of a data file can be said."""

from saasbackup_desktop.app.words.losses import LOSSES
from saasbackup_desktop.providers.files.pstread import losses


def test_every_loss_has_words() -> None:
    codes = {value for name, value in vars(losses).items() if name.isupper()}
    assert len(codes) == 15
    assert codes <= set(LOSSES)
