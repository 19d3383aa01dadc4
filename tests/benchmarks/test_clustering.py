import pytest

from benchmarks import clustering
from trainers.cli.errors import UserError

SMALL = ("--rows=400", "--dimension=8", "--clusters=3", "--kappa=5", "--rounds=1")


def test_both_fits_are_timed_and_the_memory_is_printed(capsys, monkeypatch):
    # The process that runs the tests may hold any amount.
    monkeypatch.setattr(clustering, "peak_memory", lambda: 1.5)
    assert clustering.main([*SMALL, "--profile"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("400 x 8, 3 clusters, kappa 5; ")
    assert lines[1].split() == ["an", "iteration", "seconds", "CPU", "s"]
    names = ["VonMisesFisherMixture", "KMeans", "matrix products"]
    assert [line[:24].rstrip() for line in lines[2:5]] == names
    assert all(len(line[24:].split()) == 2 for line in lines[2:5])
    assert "1.50 GiB; adjusted Rand index of a fit of 400 rows" in lines[5]


def test_too_much_memory_is_a_failure(monkeypatch):
    monkeypatch.setattr(clustering, "GIB_AT_MOST", 0.01)
    assert clustering.main([*SMALL]) == 1


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--iterations=1", "--iterations=1: give at least 2"),
        ("--dimension=1", "--dimension=1: give at least 2"),
        ("--clusters=401", "--clusters=401: give at most --rows=400"),
        ("--rows=3", "--iterations=4: the fit has converged after"),
    ],
)
def test_sizes_that_cannot_be_measured_are_refused(flag, message):
    with pytest.raises(UserError, match=f"^{message}"):
        clustering.main([*SMALL, flag])
