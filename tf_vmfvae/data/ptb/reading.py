"""The Penn Treebank's sentences, prepared by TFDS."""

import contextlib
import hashlib
import io
import os
import pathlib

import requests
import tensorflow_datasets as tfds

from tf_vmfvae.data.ptb.ptb_dataset_builder import FILES, Builder
from tf_vmfvae.data.text_file import read_sentences

# Seconds to wait for the server before the download counts as impossible.
PATIENCE = 10


def read_ptb(data_dir: str | os.PathLike | None = None) -> dict[str, list[str]]:
    """Reads the Penn Treebank through its TFDS builder.

    TFDS keeps the prepared data set in its own folder (TFDS_DATA_DIR, by default
    ~/tensorflow_datasets), under a name made from the files' contents: other files are
    another data set. Nothing is written into `data_dir`.

    Args:
        data_dir: folder that holds ptb/train.txt, ptb/valid.txt and ptb/test.txt;
            without these the files are downloaded.

    Returns:
        "train", "validation" and "test" -> sentences.

    Raises:
        ValueError: a file is unusable, or there are no files and no download.
    """
    folder = None if data_dir is None else pathlib.Path(data_dir)
    files = [] if folder is None else [folder / "ptb" / name for name in FILES.values()]
    if any(file.exists() for file in files):
        digest = hashlib.sha256()
        for file in files:
            digest.update("\n".join(read_sentences(file)).encode() + b"\0")
        return _prepared(digest.hexdigest()[:16], folder)
    root = _root("download")
    if not Builder(data_dir=root).data_path.exists():
        problem = _download_problem()
        if problem:
            looked_for = files[0] if files else "data_dir/ptb/train.txt"
            raise ValueError(
                f"no file {looked_for} and no download from {Builder.URL} ({problem}): "
                "point data_dir at the folder above ptb/, or choose dataset embedded, "
                "which needs neither (--dataset=embedded)"
            )
    return _prepared("download", None)


def _root(source: str) -> pathlib.Path:
    home = os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
    return pathlib.Path(home).expanduser() / "tf_vmfvae" / source


def _download_problem() -> str | None:
    """Why the file cannot be downloaded; None if it can."""
    try:
        # Through requests like TFDS's own download, so that a proxy serves both.
        response = requests.head(Builder.URL, timeout=PATIENCE, allow_redirects=True)
        response.raise_for_status()
    except requests.RequestException as error:
        response = getattr(error, "response", None)
        if response is not None:
            return f"the server answers {response.status_code}"
        return "no connection"
    return None


def _prepared(source: str, manual_dir: pathlib.Path | None) -> dict[str, list[str]]:
    """Prepares the data set if this was not done before, and reads it."""
    root = _root(source)
    builder = Builder(data_dir=root)
    if not builder.data_path.exists():
        _prepare(builder, root, manual_dir)
        # What it prepared, or another process did that was faster.
        builder = Builder(data_dir=root)
    return {split: _sentences(builder, split) for split in FILES}


def _prepare(
    builder: Builder, root: pathlib.Path, manual_dir: pathlib.Path | None
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
        from_where = Builder.URL if manual_dir is None else manual_dir / "ptb"
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            f"the Penn Treebank from {from_where} cannot be prepared in {root}: "
            f"{reason}"
        ) from error


def _sentences(builder: tfds.core.DatasetBuilder, split: str) -> list[str]:
    dataset = builder.as_dataset(split=split, batch_size=-1, shuffle_files=False)
    return [text.decode() for text in dataset["text"].numpy().tolist()]
