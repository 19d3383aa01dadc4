"""Data sets prepared by TFDS, from the user's files or from a download."""

import contextlib
import hashlib
import io
import os
import pathlib
from collections.abc import Iterable

import requests
import tensorflow_datasets as tfds

from tf_vmfvae.data.published.builder import PublishedBuilder

# Seconds to wait for an answer from the server.
PATIENCE = 10


def prepared_builder(
    builder_class: type[PublishedBuilder],
    source: str,
    manual_dir: pathlib.Path | None,
) -> PublishedBuilder:
    """Returns a builder whose data set is prepared, now or by an earlier call.

    TFDS keeps it in its own folder (TFDS_DATA_DIR, by default ~/tensorflow_datasets).

    Args:
        builder_class: the builder.
        source: names the data set's contents; each source has a data set of its own.
        manual_dir: the folder that holds the folder of files; `None` to download.

    Raises:
        ValueError: if the data set cannot be prepared.
    """
    root = root_folder(source)
    builder = builder_class(data_dir=root)
    if not builder.data_path.exists():
        _prepare(builder, root, manual_dir)
        # Reads what was just prepared, here or by a faster process.
        builder = builder_class(data_dir=root)
    return builder


def downloaded_builder(
    builder_class: type[PublishedBuilder], missing: pathlib.Path | str
) -> PublishedBuilder:
    """Returns a builder whose data set was downloaded, now or by an earlier call.

    Args:
        builder_class: a builder with a URL.
        missing: the file that would have made a download unnecessary.

    Raises:
        ValueError: if the data set can neither be downloaded nor prepared.
    """
    if not builder_class(data_dir=root_folder("download")).data_path.exists():
        problem = _download_problem(builder_class.URL)
        if problem:
            raise ValueError(
                f"no file {missing} and no download from {builder_class.URL} "
                f"({problem}): point data_dir at the folder above "
                f"{builder_class.name}/, or choose dataset embedded, which needs "
                "neither (--dataset=embedded)"
            )
    return prepared_builder(builder_class, "download", None)


def root_folder(source: str) -> pathlib.Path:
    """Returns the folder where TFDS keeps the data set from that source."""
    home = os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
    return pathlib.Path(home).expanduser() / "tf_vmfvae" / source


def source_of(chunks: Iterable[bytes]) -> str:
    """Returns a name for the source of a data set: a digest of its contents.

    >>> source_of([b"some ", b"text"])
    'b94f6f125c79e3a5'
    """
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()[:16]


def read_split(builder: tfds.core.DatasetBuilder, split: str) -> dict[str, list]:
    """Reads a whole split; returns a list of values for each feature."""
    features = builder.as_dataset(split=split, batch_size=-1, shuffle_files=False)
    columns = {name: values.numpy().tolist() for name, values in features.items()}
    return {
        name: [_decoded(value) for value in values] for name, values in columns.items()
    }


def _decoded(value):
    return value.decode() if isinstance(value, bytes) else value


def _download_problem(url: str) -> str | None:
    """Returns why the file cannot be downloaded; `None` if it can."""
    try:
        # With requests, as TFDS itself downloads, so that the same proxy serves both.
        response = requests.head(url, timeout=PATIENCE, allow_redirects=True)
        response.raise_for_status()
    except requests.RequestException as error:
        response = getattr(error, "response", None)
        if response is not None:
            return f"the server answers {response.status_code}"
        return "no connection"
    return None


def _prepare(
    builder: PublishedBuilder,
    root: pathlib.Path,
    manual_dir: pathlib.Path | None,
) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"{root} cannot be written ({error.strerror}): set TFDS_DATA_DIR to a "
            "folder that can"
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
        from_where = builder.URL if manual_dir is None else manual_dir / builder.name
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            f"the data set {builder.name} from {from_where} cannot be prepared in "
            f"{root}: {reason}"
        ) from error
