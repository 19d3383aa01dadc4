import pytest

from benchmarks import kappas, reconstructions, trained_model


def refusal(arguments, capsys, monkeypatch, main=kappas.main):
    monkeypatch.setattr("sys.argv", ["benchmark", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


def test_a_missing_model_is_refused_in_one_line(tmp_path, capsys, monkeypatch):
    missing = tmp_path / "none"

    message = refusal([f"--model={missing}"], capsys, monkeypatch)

    assert f"--model={missing}" in message


def test_a_file_that_is_no_model_is_refused_in_one_line(tmp_path, capsys, monkeypatch):
    (tmp_path / "model.keras").write_bytes(b"no model")

    message = refusal([f"--model={tmp_path}"], capsys, monkeypatch)

    assert "cannot be read as a model" in message


def test_no_sentences_to_reconstruct_are_refused_in_one_line(capsys, monkeypatch):
    arguments = ["--model=m", "--count=0"]

    message = refusal(arguments, capsys, monkeypatch, reconstructions.main)

    assert "--count=0: must be at least 1" in message


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--count=0"], "--count=0"),
        (["--dataset=ptb", "--data_dir=nowhere"], "nowhere"),
        (["--dataset=nothing"], "nothing"),
    ],
)
def test_sentences_that_are_not_there_are_refused_in_one_line(arguments, named, capsys):
    parser = trained_model.make_parser("A benchmark.")
    trained_model.add_corpus_flags(parser)
    options = parser.parse_args(["--model=m", *arguments])

    with pytest.raises(SystemExit):
        trained_model.load_validation(parser, options)

    assert named in capsys.readouterr().err.splitlines()[-1]
