"""Every test on this stage ends with the referee's word."""

from collections.abc import Iterator

import pytest

from tests.graph.stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    assert stage.referee.exchanges
    assert stage.referee.problems == []
