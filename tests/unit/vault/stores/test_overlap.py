"""Two names for one place are seen through."""

from pathlib import Path

import pytest

from saasbackup_desktop.vault.stores.overlap import overlap


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [
        ("s3://bucket/a", "s3://bucket/a", True),
        ("s3://bucket/a", "s3://bucket", True),
        ("s3://bucket/a", "s3://bucket/ab", False),
        ("s3://bucket/a", "/bucket/a", False),
    ],
)
def test_buckets(one: str, other: str, is_so: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is is_so


def test_folders(tmp_path: Path) -> None:
    vault, beside = tmp_path / "vault", tmp_path / "vault-2"
    vault.mkdir()
    (tmp_path / "link").symlink_to(vault, target_is_directory=True)
    (tmp_path / "inner").mkdir()
    for same in (vault, vault / "new", tmp_path, tmp_path / "inner" / ".." / "vault", tmp_path / "link" / "new" / "er"):
        assert overlap(str(vault), str(same))
        assert overlap(str(same), str(vault))
    for other in (beside, tmp_path / "inner", tmp_path / "link-2"):
        assert not overlap(str(vault), str(other))
        assert not overlap(str(other), str(vault))


def test_one_folder_with_two_real_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a disk that does not tell capital letters apart, or that is mounted twice."""
    (tmp_path / "vault").mkdir()
    stat = Path.stat

    def one_case(path: Path, *, follow_symlinks: bool = True) -> object:
        return stat(Path(str(path).replace("VAULT", "vault")), follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", one_case)
    assert overlap(str(tmp_path / "vault"), str(tmp_path / "VAULT" / "deep"))
    assert overlap(str(tmp_path / "VAULT"), str(tmp_path / "vault"))
    assert not overlap(str(tmp_path / "vault"), str(tmp_path / "WAULT"))
