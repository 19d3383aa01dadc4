"""Data sets prepared by TFDS, from the user's files or from a download."""

import contextlib
import io
import os
import pathlib

import requests
import tensorflow_datasets as tfds

# Seconds to wait for the server before the download counts as impossible.
PATIENCE = 10


def prepared_builder(
    builder_class: type[tfds.core.DatasetBuilder],
    source: str,
    manual_dir: pathlib.Path | None,
) -> tfds.core.DatasetBuilder:
    """Returns a builder whose data set lies ready, prepared now if it was not before.

    TFDS keeps it in its own folder (TFDS_DATA_DIR, by default ~/tensorflow_datasets).

    Args:
        builder_class: a builder with an attribute `URL`, where it downloads from.
        source: names the data set's contents: another one is another data set.
        manual_dir: the folder above the files; None to download.

    Raises:
        ValueError: the data set cannot be prepared; one line.
    """
    root = root_folder(source)
    builder = builder_class(data_dir=root)
    if not builder.data_path.exists():
        _prepare(builder, root, manual_dir)
        # What it prepared, or another process did that was faster.
        builder = builder_class(data_dir=root)
    return builder


def root_folder(source: str) -> pathlib.Path:
    """Where TFDS keeps the data set of that source."""
    home = os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
    return pathlib.Path(home).expanduser() / "tf_vmfvae" / source


def download_problem(url: str) -> str | None:
    """Why the file cannot be downloaded; None if it can."""
    try:
        # Through requests like TFDS's own download, so that a proxy serves both.
        response = requests.head(url, timeout=PATIENCE, allow_redirects=True)
        response.raise_for_status()
    except requests.RequestException as error:
        response = getattr(error, "response", None)
        if response is not None:
            return f"the server answers {response.status_code}"
        return "no connection"
    return None


def manual_folder(
    dl_manager: tfds.download.DownloadManager, name: str, files: tuple[str, ...]
) -> pathlib.Path | None:
    """The folder `name` in TFDS's manual folder, if it holds any of the files."""
    try:
        folder = pathlib.Path(dl_manager.manual_dir) / name
    except AssertionError:  # TFDS's way to say that there is no manual folder.
        return None
    return folder if any(os.path.lexists(folder / file) for file in files) else None


def _prepare(
    builder: tfds.core.DatasetBuilder,
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
        # TFDS prints that it is downloading even where it is not.
        with contextlib.redirect_stdout(io.StringIO()):
            builder.download_and_prepare(
                download_dir=root / "downloads", download_config=config
            )
    except Exception as error:
        # TFDS puts the finished folder into its place in one step, so if it is there,
        # another process was faster. Otherwise whatever a network, an archive or a
        # disk can do to a download comes up here.
        if builder.data_path.exists():
            return
        from_where = builder.URL if manual_dir is None else manual_dir / builder.name
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            f"the data set {builder.name} from {from_where} cannot be prepared in "
            f"{root}: {reason}"
        ) from error
