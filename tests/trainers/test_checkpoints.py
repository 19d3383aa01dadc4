"""The state of a run on disk."""

import errno

import keras
import numpy as np
import pytest

from trainers.checkpoints import Checkpoints


@pytest.fixture
def variables():
    return [
        keras.Variable(np.ones((2, 3), "float32"), name="kernel"),
        keras.Variable(np.array([7, 9], "uint32"), trainable=False, name="seed"),
    ]


@pytest.fixture
def checkpoints(tmp_path, variables):
    return Checkpoints(tmp_path / "checkpoints", variables)


def cut(file):
    """Leaves the first half of a file."""
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def save(checkpoints, variables, epochs):
    for epoch in epochs:
        variables[0].assign(np.full((2, 3), epoch, "float32"))
        checkpoints.save({"epoch": epoch})


def test_what_is_saved_comes_back_bit_by_bit(checkpoints, variables):
    values = np.array([[0.1, 1e-38, np.nan], [-0.0, np.inf, 1 / 3]], "float32")
    variables[0].assign(values)
    notes = {"seconds": 0.1 + 0.2, "best": float("inf"), "history": [{"nll": 1 / 3}]}
    checkpoints.save(notes)
    for variable in variables:
        variable.assign(np.zeros_like(variable))
    assert checkpoints.restore() == notes
    assert np.asarray(variables[0]).tobytes() == values.tobytes()
    assert np.asarray(variables[1]).tolist() == [7, 9]


def test_none_is_none(checkpoints, capsys):
    assert checkpoints.restore() is None
    assert capsys.readouterr().err == ""


def test_two_are_kept(checkpoints, variables):
    save(checkpoints, variables, range(1, 5))
    assert [file.name for file in checkpoints.files()] == ["state-3.npz", "state-4.npz"]


def test_a_cut_one_is_named_and_the_one_before_serves(checkpoints, variables, capsys):
    save(checkpoints, variables, [1, 2])
    newest = checkpoints.files()[-1]
    cut(newest)
    assert checkpoints.restore() == {"epoch": 1}
    assert np.all(np.asarray(variables[0]) == 1)
    warning = capsys.readouterr().err
    assert warning.startswith(f"warning: {newest}: broken checkpoint passed over")
    assert warning.count("\n") == 1
    # The next one takes the place of the broken one, not of the one that served.
    save(checkpoints, variables, [3])
    assert newest not in checkpoints.files()
    assert len(checkpoints.files()) == 2
    cut(checkpoints.files()[-1])
    assert checkpoints.restore() == {"epoch": 1}


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_one_changed_byte_is_noticed(checkpoints, variables, place):
    save(checkpoints, variables, [1, 2])
    newest = checkpoints.files()[-1]
    content = bytearray(newest.read_bytes())
    # Within an array: among the names of an archive a byte may mean nothing.
    start = content.find(np.full(6, 2, "float32").tobytes())
    content[start + int(24 * place)] ^= 0xFF
    newest.write_bytes(content)
    assert checkpoints.restore() == {"epoch": 1}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00" * 999, b"text"])
def test_all_broken_is_none_and_changes_nothing(
    checkpoints, variables, capsys, content
):
    save(checkpoints, variables, [1, 2])
    for file in checkpoints.files():
        file.write_bytes(content)
    assert checkpoints.restore() is None
    assert np.all(np.asarray(variables[0]) == 2)
    assert capsys.readouterr().err.count("warning: ") == 2


def test_one_of_another_model_is_not_half_restored(checkpoints, variables):
    save(checkpoints, variables, [1])
    other = keras.Variable(np.zeros((3, 3), "float32"))
    folder = checkpoints.files()[0].parent
    assert Checkpoints(folder, [other, variables[1]]).restore() is None
    assert Checkpoints(folder, [variables[0]]).restore() is None
    assert Checkpoints(folder, [*variables, other]).restore() is None


def test_values_of_another_kind_are_not_restored(checkpoints, variables):
    save(checkpoints, variables, [1])
    file = checkpoints.files()[0]
    with np.load(file) as content:
        arrays = dict(content)
    for wrong in (np.full((2, 3), "x"), np.ones((2, 3)), np.ones((2, 3), "int32")):
        np.savez(file, **{**arrays, "variable_0": wrong})
        assert checkpoints.restore() is None
    np.savez(file, **{**arrays, "notes": np.array("[1]")})
    assert checkpoints.restore() is None
    np.savez(file, **arrays)
    assert checkpoints.restore() == {"epoch": 1}


def test_nothing_is_unpickled(checkpoints, variables, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (tmp_path / "exploded").write_text, ("",)

    save(checkpoints, variables, [1])
    file = checkpoints.files()[0]
    with np.load(file) as content:
        arrays = dict(content)
    bomb = np.empty(1, object)
    bomb[0] = Bomb()
    np.savez(file, **{**arrays, "notes": bomb})
    assert checkpoints.restore() is None
    assert not (tmp_path / "exploded").exists()


def test_a_full_disk_leaves_the_earlier_ones(
    checkpoints, variables, monkeypatch, tmp_path
):
    save(checkpoints, variables, [1, 2])

    def fill_up(file, **_):
        file.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", fill_up)
    with pytest.raises(OSError, match="No space left on device") as caught:
        save(checkpoints, variables, [3])
    assert "state-3.npz" in caught.value.filename
    assert [file.name for file in (tmp_path / "checkpoints").iterdir()] != []
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2
    assert checkpoints.restore() == {"epoch": 2}
