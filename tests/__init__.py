"""Tests: they mirror the package, and meet real servers."""
