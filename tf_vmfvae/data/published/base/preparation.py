"""Prepares published data sets with TFDS, from the user's files or a download."""

import contextlib
import hashlib
import io
import os
import pathlib
from collections.abc import Sequence

import requests
import tensorflow_datasets as tfds

from tf_vmfvae.data.files.text_file import open_bytes
from tf_vmfvae.data.published.base.builder import PublishedBuilder

# Seconds to wait for an answer from the server.
TIMEOUT = 10


def prepared_builder(
    builder_class: type[PublishedBuilder],
    data_dir: str | os.PathLike | None,
    names: Sequence[str] | None = None,
) -> PublishedBuilder:
    """Returns a builder whose data set is prepared, now or by an earlier call.

    TFDS keeps the data set in its own folder (TFDS_DATA_DIR, by default
    ~/tensorflow_datasets), under a name made from the contents of the files, so changed
    files make a different data set. Nothing is written into `data_dir`.

    Args:
        builder_class: the builder.
        data_dir: the folder that holds the builder's folder of files. Without it, or if
            none of the files is there, they are downloaded.
        names: the files that must be there; by default all that the builder can read.

    Raises:
        ValueError: a file is unusable, or there are neither files nor a download.
    """
    names = names or builder_class.file_names()
    folder = pathlib.Path("data_dir" if data_dir is None else data_dir)
    files = [folder / builder_class.FOLDER / name for name in names]
    if data_dir is not None and any(map(os.path.lexists, files)):
        for file in files:
            if not file.exists():
                others = ", ".join(name for name in names if name != file.name)
                raise ValueError(f"{file} does not exist: put it next to {others}")
        return _prepared(builder_class, digest(files), folder)
    if builder_class.URL is None:
        raise ValueError(
            f"no file {files[0]}, and {builder_class.FOLDER} cannot be downloaded: "
            f"{builder_class.MANUAL_DOWNLOAD_INSTRUCTIONS} Then point data_dir "
            "(--data_dir) at the folder that holds this folder"
        )
    return _downloaded(builder_class, files[0])


def digest(files: Sequence[str | os.PathLike]) -> str:
    """Returns a digest of the contents of files.

    Raises:
        ValueError: a file cannot be read.

    >>> digest([])
    'e3b0c44298fc1c14'
    """
    found = hashlib.sha256()
    for path in files:
        # The size keeps a byte from moving between files unnoticed.
        found.update(b"%d\0" % os.path.getsize(path))
        with open_bytes(path) as file:
            while chunk := file.read(1 << 20):
                found.update(chunk)
    return found.hexdigest()[:16]


def read_split(builder: tfds.core.DatasetBuilder, split: str) -> dict[str, list]:
    """Reads a whole split; returns a list of values for each feature."""
    features = builder.as_dataset(split=split, batch_size=-1, shuffle_files=False)
    columns = {name: values.numpy().tolist() for name, values in features.items()}
    return {
        name: [_decoded(value) for value in values] for name, values in columns.items()
    }


def _decoded(value):
    return value.decode() if isinstance(value, bytes) else value


def _downloaded(builder_class, missing):
    """Returns a builder whose data set was downloaded, now or by an earlier call.

    Args:
        builder_class: a builder with a URL.
        missing: the file without which a download is needed, for error messages.
    """
    if not builder_class(data_dir=_root("download")).data_path.exists():
        problem = _download_problem(builder_class.URL)
        if problem:
            raise ValueError(
                f"no file {missing} and no download from {builder_class.URL} "
                f"({problem}): point data_dir at the folder that holds "
                f"{builder_class.FOLDER}/, or choose dataset embedded, which needs "
                "neither (--dataset=embedded)"
            )
    return _prepared(builder_class, "download", None)


def _prepared(builder_class, source, manual_dir):
    """Returns a builder whose data set is prepared from a source.

    Args:
        builder_class: the builder.
        source: "download", or the digest of the files.
        manual_dir: TFDS's manual folder; None to download.
    """
    root = _root(source)
    builder = builder_class(data_dir=root)
    if not builder.data_path.exists():
        _prepare(builder, root, manual_dir)
        # Reads what was just prepared, here or by a faster process.
        builder = builder_class(data_dir=root)
    return builder


def _root(source):
    """Returns the folder where TFDS keeps the data set from a source."""
    home = os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
    return pathlib.Path(home).expanduser() / "tf_vmfvae" / source


def _download_problem(url):
    """Returns why the file cannot be downloaded, or None if it can."""
    try:
        # With requests, as TFDS itself downloads, so that the same proxy serves both.
        response = requests.head(url, timeout=TIMEOUT, allow_redirects=True)
        response.raise_for_status()
    except requests.RequestException as error:
        response = getattr(error, "response", None)
        if response is not None:
            return f"the server answers {response.status_code}"
        return "no connection"
    return None


def _prepare(builder, root, manual_dir):
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"{root} cannot be written ({error.strerror}): set TFDS_DATA_DIR to a "
            "writable folder"
        ) from None
    config = tfds.download.DownloadConfig(manual_dir=manual_dir, try_download_gcs=False)
    tfds.disable_progress_bar()
    try:
        # TFDS prints that it downloads even when it does not.
        with contextlib.redirect_stdout(io.StringIO()):
            builder.download_and_prepare(
                download_dir=root / "downloads", download_config=config
            )
    except Exception as error:
        # A network, an archive or a disk may fail in any way. TFDS moves the finished
        # folder into place in one step: if it exists, another process was faster.
        if builder.data_path.exists():
            return
        source = builder.URL if manual_dir is None else manual_dir / builder.FOLDER
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            f"the data set {builder.FOLDER} from {source} cannot be prepared in "
            f"{root}: {reason}"
        ) from error
