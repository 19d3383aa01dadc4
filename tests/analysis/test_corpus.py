import pytest

from analysis import command_line
from analysis.command_line import UserError
from analysis.corpus import validation_sentences
from tf_vmfvae import data


def options(*arguments):
    return command_line.make_parser("A.", **command_line.CORPUS).parse_args(arguments)


def test_the_first_validation_sentences_are_taken():
    found = validation_sentences(options("--examples=3"))

    assert found == data.embedded.sentences("validation")[:3]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--dataset=ptb", "--data_dir=nowhere"], "nowhere"),
        (["--dataset=text", "--data_dir=nowhere"], "nowhere"),
        (["--dataset=nothing"], "'nothing'"),
    ],
)
def test_a_corpus_that_cannot_be_read_is_refused_by_name(
    arguments, named, monkeypatch, tmp_path
):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(UserError, match=named):
        validation_sentences(options(*arguments))
