import pytest

from benchmarks import topic_memory
from trainers.cli.errors import UserError

SMALL = ("--documents=60", "--words=5", "--vocabulary_size=40", "--epochs=1")


def test_memory_is_printed_after_each_step_and_too_much_is_a_failure(
    capsys, monkeypatch
):
    # The process that runs the tests may hold any amount.
    monkeypatch.setattr(topic_memory, "peak_memory", lambda: 4.5)
    assert topic_memory.main(SMALL) == 1
    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == "60 texts of 5 words"
    assert [line.split(":")[0] for line in lines[1:3]] == ["fit", "transform"]
    assert all(line.endswith("peak memory 4.50 GiB") for line in lines[1:3])


def test_fewer_documents_than_topics_are_refused():
    with pytest.raises(UserError, match="--documents=9: give at least 20"):
        topic_memory.main(["--documents=9"])
