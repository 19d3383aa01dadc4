import errno
import os
import pathlib

import pytest

from tf_vmfvae.data.documents.own_documents import read_own_documents


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def pairs(splits):
    """Returns every document with its label, sorted."""
    return sorted(
        pair
        for texts, labels in splits.values()
        for pair in zip(texts, labels, strict=True)
    )


def test_the_names_of_folders_become_labels(tmp_path):
    write(tmp_path, {f"{x}/{i}.txt": f"{x} ball" for x in "xy" for i in "abc"})
    splits, notes = read_own_documents(tmp_path)

    assert pairs(splits) == [("x ball", "x")] * 3 + [("y ball", "y")] * 3
    assert notes == [
        f"{tmp_path}: 6 documents; 1 are held out for validation and 1 for testing"
    ]


def test_a_folder_of_files_has_no_labels(tmp_path):
    write(tmp_path, {f"{i}.txt": f"ball\n{i}" for i in "abc"})
    splits, _ = read_own_documents(tmp_path)

    assert {labels for _, labels in splits.values()} == {None}
    assert sorted(text for texts, _ in splits.values() for text in texts) == [
        "ball\na",
        "ball\nb",
        "ball\nc",
    ]


def test_byte_order_marks_and_crlf_are_not_part_of_documents_or_labels(tmp_path):
    (tmp_path / "d").write_bytes("\ufeffball\r\ngoal\u2028goal\r\nrain\r\n".encode())
    (tmp_path / "l").write_bytes("\ufeff a\r\nb \r\nc".encode())
    splits, _ = read_own_documents(tmp_path / "d", tmp_path / "l")

    assert pairs(splits) == [("ball", "a"), ("goal\u2028goal", "b"), ("rain", "c")]


def test_folders_without_documents_are_noted(tmp_path):
    files = {f"{label}/{i}.TXT": "ball" for label in "xy" for i in "abc"}
    write(tmp_path, {**files, "z/a.text": "rain", "readme": "rain"})
    splits, notes = read_own_documents(tmp_path)

    assert {label for _, label in pairs(splits)} == {"x", "y"}
    assert notes[0] == f"{tmp_path}: no .txt file in z, left out"


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("folder", "cannot be read: Is a directory"),
        ("link", "is a broken link"),
        ("binary", "is not UTF-8 text"),
    ],
)
def test_a_document_that_cannot_be_read_is_named(tmp_path, kind, problem):
    write(tmp_path, {f"x/{i}.txt": "ball" for i in "abc"})
    bad = tmp_path / "x" / "d.txt"
    if kind == "folder":
        bad.mkdir()
    elif kind == "link":
        bad.symlink_to(tmp_path / "absent")
    else:
        bad.write_bytes(b"\xff\xfeb\0")
    with pytest.raises(ValueError, match=rf"x/d\.txt {problem}") as error:
        read_own_documents(tmp_path)
    assert "\n" not in str(error.value)


def test_a_folder_without_permission_is_named(tmp_path, monkeypatch):
    write(tmp_path, {f"{label}/a.txt": "ball" for label in "xyz"})
    iterdir = pathlib.Path.iterdir

    def refuse(folder):
        if folder.name == "y":
            raise PermissionError(errno.EACCES, "Permission denied")
        return iterdir(folder)

    monkeypatch.setattr(pathlib.Path, "iterdir", refuse)
    with pytest.raises(ValueError, match=r"/y cannot be read: Permission denied"):
        read_own_documents(tmp_path)


def test_a_label_folder_whose_name_is_not_utf_8_is_refused(tmp_path):
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    os.mkdir(folder)
    for name in "abc":
        pathlib.Path(folder, f"{name}.txt").write_text("ball")
    with pytest.raises(ValueError, match=r"folder name 'caf\\udce9' is .* not UTF-8"):
        read_own_documents(tmp_path)


@pytest.mark.parametrize(
    ("files", "path", "labels", "message"),
    [
        ({}, "absent", None, "absent does not exist"),
        ({"f/readme": "a"}, "f", None, "holds no .txt file"),
        ({"f/a.txt": "a", "f/b/c.txt": "a"}, "f", None, "holds both .txt files"),
        ({"d": "aa\nbb\ncc\n"}, "d", "l", "l does not exist"),
        ({"d": "aa\nbb\ncc\n", "l": ""}, "d", "l", "l is empty: write one label per l"),
        ({"d": "aa\nbb\ncc\n", "l": "1\n2\n"}, "d", "l", "l has 2 lines, .*d has 3"),
        ({"d": "aa\nbb\ncc\n", "l": "1\n\n2\n"}, "d", "l", "l, line 2: the label is"),
        ({"f/a.txt": "a", "l": "1\n"}, "f", "l", "l: a file of labels belongs to a te"),
        ({"d": "aa\nbb\n"}, "d", None, "d has too few documents, 2: .* at least 3"),
    ],
)
def test_unusable_files_are_refused_by_name(tmp_path, files, path, labels, message):
    write(tmp_path, files)
    with pytest.raises(ValueError, match=message) as error:
        read_own_documents(tmp_path / path, labels and tmp_path / labels)
    assert "\n" not in str(error.value)
