"""A run's state comes back from disk, or the file that is to blame is named."""

import errno

import keras
import numpy as np
import pytest

from trainers.cli.errors import UserError
from trainers.storage.checkpoints import Checkpoints


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


def test_variables_and_notes_come_back_bit_for_bit(checkpoints, variables):
    values = np.array([[0.1, 1e-38, np.nan], [-0.0, np.inf, 1 / 3]], "float32")
    variables[0].assign(values)
    notes = {"seconds": 0.1 + 0.2, "best": float("inf"), "history": [{"nll": 1 / 3}]}
    checkpoints.save(notes)
    for variable in variables:
        variable.assign(np.zeros_like(variable))
    assert checkpoints.restore() == notes
    assert np.asarray(variables[0]).tobytes() == values.tobytes()
    assert np.asarray(variables[1]).tolist() == [7, 9]


def test_without_checkpoints_nothing_is_restored(checkpoints, capsys):
    assert checkpoints.restore() is None
    assert capsys.readouterr().err == ""


def test_two_checkpoints_are_kept(checkpoints, variables):
    save(checkpoints, variables, range(1, 5))
    assert [file.name for file in checkpoints.files()] == ["state-3.npz", "state-4.npz"]


def test_a_truncated_checkpoint_is_named_and_the_one_before_is_used(
    checkpoints, variables, capsys
):
    save(checkpoints, variables, [1, 2])
    newest = checkpoints.files()[-1]
    cut(newest)
    assert checkpoints.restore() == {"epoch": 1}
    assert np.all(np.asarray(variables[0]) == 1)
    warning = capsys.readouterr().err
    assert warning.startswith(f"warning: {newest}: cannot be read and is skipped (")
    assert warning.count("\n") == 1
    # The damaged one stays, in addition to the two that are kept.
    content = newest.read_bytes()
    save(checkpoints, variables, [3])
    assert len(checkpoints.files()) == 3
    cut(checkpoints.files()[-1])
    assert checkpoints.restore() == {"epoch": 1}
    save(checkpoints, variables, range(4, 9))
    assert newest.read_bytes() == content


def test_two_checkpoints_are_kept_however_often_a_run_is_resumed(
    checkpoints, variables
):
    save(checkpoints, variables, [1, 2])
    for epoch in range(3, 8):
        again = Checkpoints(checkpoints.files()[0].parent, variables)
        assert again.restore() == {"epoch": epoch - 1}
        save(again, variables, [epoch])
        assert len(again.files()) == 2


def test_a_checkpoint_of_another_model_is_not_deleted(checkpoints, variables):
    other = keras.Variable(np.zeros((3, 3), "float32"))
    folder = checkpoints._folder
    Checkpoints(folder, [other]).save({"epoch": 1})
    [foreign] = checkpoints.files()
    save(checkpoints, variables, range(2, 6))
    assert foreign in checkpoints.files()
    assert len(checkpoints.files()) == 3


def test_a_checkpoint_that_cannot_be_read_for_a_while_is_used_later(
    checkpoints, variables, capsys
):
    save(checkpoints, variables, [1, 2])
    newest = checkpoints.files()[-1]
    hidden = newest.rename(newest.with_name("away"))
    newest.mkdir()
    assert checkpoints.restore() == {"epoch": 1}
    assert "Is a directory" in capsys.readouterr().err
    newest.rmdir()
    hidden.rename(newest)
    assert checkpoints.restore() == {"epoch": 2}


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_single_changed_byte_is_noticed(checkpoints, variables, place):
    save(checkpoints, variables, [1, 2])
    newest = checkpoints.files()[-1]
    content = bytearray(newest.read_bytes())
    # The byte is in an array; elsewhere in an archive, a byte may mean nothing.
    start = content.find(np.full(6, 2, "float32").tobytes())
    content[start + int(24 * place)] ^= 0xFF
    newest.write_bytes(content)
    assert checkpoints.restore() == {"epoch": 1}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00" * 999, b"text"])
def test_if_all_checkpoints_are_damaged_nothing_is_restored(
    checkpoints, variables, capsys, content
):
    save(checkpoints, variables, [1, 2])
    for file in checkpoints.files():
        file.write_bytes(content)
    assert checkpoints.restore() is None
    assert np.all(np.asarray(variables[0]) == 2)
    assert capsys.readouterr().err.count("warning: ") == 2


@pytest.mark.parametrize("kind", ["shape", "fewer", "more", "type"])
def test_a_checkpoint_of_another_model_is_refused_not_called_damaged(
    checkpoints, variables, capsys, kind
):
    save(checkpoints, variables, [1, 2])
    files = checkpoints.files()
    content = [file.read_bytes() for file in files]
    other = keras.Variable(np.zeros((3, 3), "float32"))
    number = keras.Variable(np.zeros((2, 3), "int32"))
    fitting = {
        "shape": [variables[0], other],
        "fewer": [variables[0]],
        "more": [*variables, other],
        "type": [number, variables[1]],
    }[kind]
    before = [np.asarray(variable).copy() for variable in fitting]
    with pytest.raises(UserError, match="was saved for another model") as caught:
        Checkpoints(files[0].parent, fitting).restore()
    assert str(files[-1]) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capsys.readouterr().err == ""
    assert [file.read_bytes() for file in files] == content
    np.testing.assert_equal([np.asarray(variable) for variable in fitting], before)


def test_a_file_with_other_arrays_or_notes_is_not_restored(
    checkpoints, variables, capsys
):
    save(checkpoints, variables, [1])
    file = checkpoints.files()[0]
    with np.load(file) as content:
        arrays = dict(content)
    for wrong in (np.full((2, 3), "x"), np.ones((2, 3)), np.ones((2, 3), "int32")):
        np.savez(file, **{**arrays, "variable_0": wrong})
        with pytest.raises(UserError, match="was saved for another model"):
            checkpoints.restore()
    for notes in ("[1]", '"1"', "1", "null", "{", ""):
        np.savez(file, **{**arrays, "notes": np.array(notes)})
        assert checkpoints.restore() is None
        assert str(file) in capsys.readouterr().err
    for notes in (np.ones(3), np.array(7), np.array(["{}", "{}"])):
        np.savez(file, **{**arrays, "notes": notes})
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


def test_a_full_disk_leaves_the_earlier_checkpoints(
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
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2
    assert checkpoints.restore() == {"epoch": 2}
