"""Keys of the storage service, as far as this computer's keyring has them."""

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, row
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf, head


class StorageKeysCard(Card):
    """Seen for a vault in a bucket only."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._picture = Picture("info", "muted")
        self.note = Text("", wrap=True)
        super().__init__()
        self.forget = Button(self.tr("Take &out of the keyring…"), pressed=lambda: leaf.run(self._forget()))
        line = row(self._picture, self.note, self.forget)
        line.setStretch(1, 1)
        self.body.addWidget(head("cloud", self.tr("Keys of the storage")))
        self.body.addLayout(line)
        self.hide()

    async def look(self) -> None:
        """Ask whether the keyring has them."""
        is_bucket = self._leaf.desk.bucket_settings is not None
        self.setVisible(is_bucket)
        if is_bucket:
            kept = await self._leaf.bridge.call(self._leaf.desk.keeps_bucket_keys())
            self.forget.setVisible(kept)
            self._picture.become("ok" if kept else "info", "good" if kept else "muted")
            self.note.setText(
                self.tr("The access key is kept in this computer's keyring.")
                if kept
                else self.tr("This computer's keyring has none: they come from a profile, or are asked for.")
            )

    async def _forget(self) -> None:
        if await confirm(
            self,
            self.tr("Take the storage's keys out of the keyring?"),
            self.tr("The next time that the vault is opened on this computer, they are asked for."),
            self.tr("Take them out"),
            danger=True,
        ):
            await self._leaf.bridge.call(self._leaf.desk.forget_bucket_keys())
            self._leaf.refresh()
