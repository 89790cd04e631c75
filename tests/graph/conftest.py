"""Every test on this stage ends with the referee's word."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.flow.stage import desk_in
from tests.graph.home import Home
from tests.graph.office import Office, Site, opened
from tests.graph.stage import GRANTED, Stage


@pytest.fixture
def granted() -> frozenset[str]:
    """What the application may do; tests that need more say so."""
    return GRANTED


@pytest.fixture
def stage(granted: frozenset[str]) -> Iterator[Stage]:
    stage = Stage(granted=granted)
    yield stage
    assert stage.referee.exchanges
    assert stage.referee.problems == []


@pytest.fixture
def home(tmp_path: Path, stage: Stage) -> Iterator[Home]:
    home = Home(tmp_path, stage)
    yield home
    home.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with opened(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture
async def office(tmp_path: Path, site: Site) -> AsyncIterator[Office]:
    async for desk in desk_in(tmp_path):
        found = Office(tmp_path, site, desk)
        yield found
    assert found.referee.problems == []
