"""Work in threads, and callers that leave before it ends."""

import asyncio
import gc
import threading
from typing import Any

import pytest

from saasbackup_desktop.engine.offload import Offload


async def test_failure_that_nobody_waits_for_is_no_complaint() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    offload, go_on = Offload(), threading.Event()

    def fail() -> None:
        go_on.wait()
        raise ConnectionError

    task = asyncio.create_task(offload.on_disk(fail))
    await asyncio.sleep(0)
    task.cancel()
    asyncio.get_running_loop().call_soon(go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    del task
    gc.collect()
    offload.close()
    assert complaints == []
