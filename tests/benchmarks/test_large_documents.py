import pytest

from benchmarks.large_text import documents


@pytest.mark.parametrize("in_memory", [False, True])
def test_documents_are_written_once_and_loaded(tmp_path, capsys, in_memory):
    first, second = (documents.load(tmp_path, 60, 20, in_memory) for _ in range(2))
    [file] = tmp_path.glob("*.txt")
    texts = file.read_text().splitlines()
    assert len(texts) == 60
    assert 80 < sum(len(text.split()) for text in texts) / len(texts) < 130
    assert len(first.train) == 54
    assert first.vocabulary == second.vocabulary
    printed = capsys.readouterr().out.splitlines()
    assert [line.split(" loaded")[0] for line in printed] == ["0 MB", "0 MB"]


def test_the_documents_are_trained_on_with_the_given_sizes(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(
        documents, "train", lambda found, words, steps: f"{words} words, {steps} steps"
    )
    documents.main([f"--folder={tmp_path}", "--documents=60", "--steps=2"])
    expected = "54 documents to train on, 10000 words, 2 steps"
    assert capsys.readouterr().out.splitlines()[1] == expected
