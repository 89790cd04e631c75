"""What must not end halfway is not cut."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator

import pytest

from saasbackup_desktop.cli.interruption import finish_first
from saasbackup_desktop.cli.output import Output

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no signals are sent there")


@pytest.fixture(autouse=True)
def _own_handling() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_signals_are_answered_and_nothing_is_cut(capsys: pytest.CaptureFixture[str], how: signal.Signals) -> None:
    async def work() -> str:
        await finish_first(Output(as_json=False))
        for _ in range(2):
            os.kill(os.getpid(), how)
            await asyncio.sleep(0.01)
        return "whole"

    assert asyncio.run(work()) == "whole"
    assert "cannot be cancelled any more" in capsys.readouterr().err


def test_what_was_cut_before_does_not_begin() -> None:
    begun = []

    async def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await finish_first(Output(as_json=False))
        begun.append(True)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(work())
    assert not begun
