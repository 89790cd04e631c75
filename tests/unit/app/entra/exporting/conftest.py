"""A made-up directory that is backed up and compared by the real engine."""

from tests.unit.engine.conftest import bench, clock
from tests.unit.engine.directory.conftest import comparisons, directory_bench, doors, save, tenant

__all__ = ["bench", "clock", "comparisons", "directory_bench", "doors", "save", "tenant"]
