"""An agent whose exports are slow and often safe, so that they can be killed in their middle; a program of its own."""

import sys
import time
from typing import Any

from saasbackup_desktop.agent.main import main
from saasbackup_desktop.engine.exporting import writing

_write: Any = writing.Writing._write


def _slowly(self: writing.Writing, held: Any) -> None:
    time.sleep(0.004)
    _write(self, held)


if __name__ == "__main__":
    writing._SAFE_SECONDS = 0.1  # type: ignore[misc]
    writing._STRETCH = 0.05  # type: ignore[misc]
    writing.Writing._write = _slowly  # type: ignore[method-assign]
    sys.exit(main())
