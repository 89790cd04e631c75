"""A restore whose process ends in the middle; run as a program of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import RestoreRequest
from saasbackup_desktop.core.ids import ConnectionName, SnapshotId, StreamId
from saasbackup_desktop.core.ports import Receipt
from saasbackup_desktop.providers.imap.target import ImapTarget


async def main(home: str, passphrase: str, stream: str, snapshot: str, connection: str) -> None:
    desk = Desk(Path(home))
    await desk.unlock(passphrase)
    put, batches = ImapTarget.put, 0

    async def counted(self: ImapTarget, deliveries: Sequence[Any]) -> Sequence[Receipt]:
        nonlocal batches
        receipts = await put(self, deliveries)
        batches += 1
        if batches == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return receipts

    ImapTarget.put = counted  # type: ignore[method-assign]
    await desk.restore(
        RestoreRequest(
            stream=StreamId(stream),
            snapshot=SnapshotId(snapshot),
            connection=ConnectionName(connection),
            conflict="skip",
        )
    )
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
