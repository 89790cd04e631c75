"""An empty catalog."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from saasbackup_desktop.catalog.catalog import Catalog
from tests.unit.catalog.samples import KEY


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Open an empty catalog."""
    catalog = Catalog.open(tmp_path / "catalog.db", KEY)
    yield catalog
    catalog.close()
