"""What an Outlook data file cannot hold can be told to a person."""

from saasbackup_desktop.app.words.losses import LOSSES
from saasbackup_desktop.providers.files.mapi import losses
from saasbackup_desktop.providers.files.pst.items import ATTACHMENT_LEFT_OUT, SUBJECT_SHORTENED


def test_every_loss_has_words() -> None:
    codes = {value for name, value in vars(losses).items() if name.isupper()}
    assert codes | {ATTACHMENT_LEFT_OUT, SUBJECT_SHORTENED} <= set(LOSSES)
