"""A corpus that cannot be used is refused in one line; no run folder is made."""

import pytest

from trainers.cli.errors import UserError
from trainers.lm.task import LMTask
from trainers.storage.run_folder import RunFolder
from trainers.training.run import run

TEXTS = {
    "empty.txt": b"",
    "blank.txt": b"\n  \n\n",
    "binary.txt": bytes(range(256)) * 4,
    "zeros.txt": b"a cat\n" + bytes(100),
    "one_line.txt": b"the cat sees it\n",
    "all_different.txt": b"\n".join(b"w%d" % i for i in range(50)),
}


def refusal(settings, tmp_path):
    path = tmp_path / "run"
    with pytest.raises(UserError) as caught:
        run(LMTask({**settings, "output_dir": str(path)}), RunFolder(path, {}))
    assert not path.exists()
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_file_without_sentences_is_refused(parse, tmp_path, name):
    file = tmp_path / name
    file.write_bytes(TEXTS[name])
    settings, _ = parse("--dataset=text", f"--data_dir={file}")
    message = refusal(settings, tmp_path)
    assert str(file) in message or "no word occurs 2 times" in message


@pytest.mark.parametrize("name", ["absent.txt", "folder"])
def test_a_text_file_that_does_not_exist_is_refused_by_name(parse, tmp_path, name):
    (tmp_path / "folder").mkdir()
    settings, _ = parse("--dataset=text", f"--data_dir={tmp_path / name}")
    assert str(tmp_path / name) in refusal(settings, tmp_path)


def test_without_treebank_and_network_the_missing_file_is_named(
    parse, tmp_path, monkeypatch
):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    for proxy in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    settings, _ = parse("--dataset=ptb", f"--data_dir={tmp_path}")
    message = refusal(settings, tmp_path)
    assert str(tmp_path / "ptb" / "train.txt") in message
    assert "--dataset=embedded" in message
