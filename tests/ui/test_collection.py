"""Widgets in cycles are let go in the window's thread, whoever makes the garbage."""

import gc
import threading
import weakref
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.stage import play, until, window


class _Knot(QWidget):
    def __init__(self, ended_in: list[int]) -> None:
        super().__init__()
        self.itself = self
        weakref.finalize(self, lambda: ended_in.append(threading.get_ident()))


def test_garbage_of_another_thread_ends_no_widget_there(qapp: QApplication, tmp_path: Path) -> None:
    ended_in: list[int] = []

    def make_garbage() -> None:
        for _ in range(200_000):
            knot: list[object] = []
            knot.append(knot)

    async def scene() -> None:
        async with window(qapp, tmp_path):
            _Knot(ended_in)
            thread = threading.Thread(target=make_garbage)
            thread.start()
            await until(lambda: not thread.is_alive(), turns=4000)
            await until(lambda: bool(ended_in), turns=4000)
            assert ended_in == [threading.get_ident()]
        assert gc.isenabled()

    play(qapp, scene())
