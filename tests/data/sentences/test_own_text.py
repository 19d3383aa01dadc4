import pytest

from tf_vmfvae.data.sentences.own_text import read_own_text


def write(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def one_line(error) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def test_a_single_file_is_split_the_same_way_each_time(tmp_path):
    lines = [f"sentence number {i}" for i in range(200)]
    write(tmp_path / "text.txt", lines)
    splits, _, notes = read_own_text(tmp_path / "text.txt")

    sizes = {split: len(sentences) for split, sentences in splits.items()}
    assert sizes == {"train": 180, "validation": 10, "test": 10}
    found = [sentence for sentences in splits.values() for sentence in sentences]
    assert sorted(found) == sorted(lines)
    assert read_own_text(tmp_path / "text.txt") == (splits, None, notes)


@pytest.mark.parametrize("validation", ["valid", "validation", "dev", "val"])
def test_a_folder_with_all_three_splits_is_read_as_it_is(tmp_path, validation):
    write(tmp_path / "train.txt", ["a b", "b a"])
    write(tmp_path / f"{validation}.txt", ["a a"])
    write(tmp_path / "test.txt", ["b b", "b"])
    splits, _, notes = read_own_text(tmp_path)

    assert splits == {
        "train": ["a b", "b a"],
        "validation": ["a a"],
        "test": ["b b", "b"],
    }
    assert notes == []


def test_a_missing_split_is_held_out_from_the_training_set(tmp_path):
    write(tmp_path / "train.txt", [f"a {i}" for i in range(100)])
    write(tmp_path / "test.txt", ["a"])
    splits, _, notes = read_own_text(tmp_path)

    assert (len(splits["train"]), len(splits["validation"])) == (95, 5)
    assert splits["test"] == ["a"]
    (note,) = notes
    assert "no validation set: 5 of its lines are held out" in note


def test_a_folder_without_a_training_file_is_read_as_one_text(tmp_path):
    write(tmp_path / "b.txt", ["b b"] * 20)
    write(tmp_path / "a.txt", ["a a"] * 20)
    splits, _, notes = read_own_text(tmp_path)

    assert splits["train"] == ["a a"] * 18 + ["b b"] * 18
    assert "a.txt, b.txt" in notes[0]


def test_three_lines_are_enough(tmp_path):
    write(tmp_path / "text.txt", ["a a", "b", "c"])
    splits, _, _ = read_own_text(tmp_path / "text.txt")

    assert splits == {"train": ["a a"], "validation": ["b"], "test": ["c"]}


def test_two_lines_are_too_few(tmp_path):
    write(tmp_path / "text.txt", ["one", "two"])
    with pytest.raises(ValueError, match=r"text\.txt has 2 usable lines: .* 3"):
        read_own_text(tmp_path / "text.txt")


@pytest.mark.parametrize("name", ["valid.txt", "test.txt", "dev.txt", "train.txt"])
def test_a_broken_link_does_not_count_as_a_missing_split(tmp_path, name):
    write(tmp_path / "train.txt", ["a b"] * 60)
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).symlink_to(tmp_path / "moved.txt")
    with pytest.raises(ValueError, match=rf"{name} is a broken link") as error:
        read_own_text(tmp_path)
    one_line(error)


def test_an_unusable_file_in_a_folder_is_refused_by_name(tmp_path):
    write(tmp_path / "train.txt", ["a a", "b b"])
    (tmp_path / "valid.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"valid\.txt is not UTF-8 text"):
        read_own_text(tmp_path)


def test_a_path_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(ValueError, match="absent does not exist: give a text file or"):
        read_own_text(tmp_path / "absent")


def test_a_folder_without_text_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"holds no train\.txt and no other \.txt"):
        read_own_text(tmp_path)


def test_two_files_for_the_same_split_are_refused(tmp_path):
    for name in ("train", "dev", "valid"):
        write(tmp_path / f"{name}.txt", ["a a"])
    with pytest.raises(ValueError, match=r"valid\.txt and dev\.txt are the same"):
        read_own_text(tmp_path)
