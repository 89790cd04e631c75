"""An import whose process ends after some checkpoints, between the vault's head and the catalog's commit; a program."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.imports.views import ImportRequest
from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.providers.files.archives import source


async def main(home: str, passphrase: str, path: str, name: str, checkpoints: str) -> None:
    desk = Desk(Path(home))
    await desk.unlock(passphrase)
    source._ITEMS_PER_CHECKPOINT = 10  # type: ignore[misc]
    left = int(checkpoints)
    commit = Catalog.commit

    def counted(*arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        commit(*arguments)

    Catalog.commit = counted  # type: ignore[method-assign]
    await desk.imports.start(ImportRequest(paths=(path,), name=name))
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
