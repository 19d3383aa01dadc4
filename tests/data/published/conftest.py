import functools
import http.server
import os
import pathlib
import threading
import zipfile

import pytest

# Nothing listens on this port.
NO_SERVER = "http://127.0.0.1:9"


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(autouse=True)
def tfds_folder(tmp_path, monkeypatch):
    """Gives each test a TFDS folder of its own."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    return tmp_path / "tfds"


@pytest.fixture
def no_network(monkeypatch):
    """Returns a function after which a builder cannot reach its download."""

    def cut_off(builder):
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(builder, "URL", f"{NO_SERVER}/{builder.FOLDER}.zip")

    return cut_off


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """Returns a function that lets a builder download its files from this machine.

    Its arguments are the builder and the folder that holds the builder's folder of
    files; it returns the folder that holds the archive.
    """
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(QuietHandler, directory=os.fspath(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def start(builder, files):
        name = f"{builder.FOLDER}.zip"
        with zipfile.ZipFile(folder / name, "w") as archive:
            for file in pathlib.Path(files, builder.FOLDER).iterdir():
                archive.write(file, file.relative_to(files))
        url = f"http://127.0.0.1:{server.server_port}/{name}"
        monkeypatch.setattr(builder, "URL", url)
        return folder

    yield start
    server.shutdown()
    server.server_close()
