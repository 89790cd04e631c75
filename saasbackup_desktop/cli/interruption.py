"""Ctrl-C and SIGTERM while something is done that must not end halfway."""

import asyncio
import signal
import sys

from saasbackup_desktop.cli.output import Output


async def finish_first(out: Output) -> None:
    """From here to its end the command cannot be cut; one that was cut already ends here (CancelledError).

    Ctrl-C and SIGTERM are answered with a word on that. For keys: half done, nobody would have the new ones.
    """
    loop = asyncio.get_running_loop()

    def tell() -> None:
        out.note("This cannot be cancelled any more; it ends in a moment and says what was done.")

    def put_off(*_: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell)

    signal.signal(signal.SIGINT, put_off)
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGTERM, tell)
    await asyncio.sleep(0)  # a cancellation that waits for the next await is to come now, not in the midst of it
