import pytest


@pytest.fixture(autouse=True)
def tfds_folder(tmp_path, monkeypatch):
    """Gives each test a TFDS folder of its own."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    return tmp_path / "tfds"
