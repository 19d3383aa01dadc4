import errno
import multiprocessing
import os
import pathlib
import re
import time

import pytest

from tf_vmfvae import data
from tf_vmfvae.data.files import encoded_folder, encoding_cache
from tf_vmfvae.data.sentences import encoded_text, text_cache


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    write(path, 50)
    return path


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "deep" / "cache"


def write(path, count):
    path.write_text("".join(f"the cat {i} sees\n" for i in range(count)))


def load(text, cache, **options):
    return data.load("text", text, cache_dir=cache, **options)


def files(cache):
    return [file for file in cache.rglob("*") if file.is_file()]


def test_a_text_is_encoded_once(text, cache, count_encodings):
    first = load(text, cache)
    second = load(text, cache, vocabulary_size=3)
    assert len(count_encodings) == 1
    assert list(second.train) == list(first.train)
    assert second.vocabulary == first.vocabulary[:3]
    assert any("was encoded before, in " in note for note in second.notes)


def test_a_text_that_was_moved_is_not_encoded_again(text, cache, count_encodings):
    load(text, cache)
    load(text.rename(text.with_name("moved.txt")), cache)
    assert len(count_encodings) == 1


def test_another_length_is_another_encoding(text, cache, count_encodings):
    for _ in range(2):
        assert max(map(len, load(text, cache, max_length=2).train)) == len("the cat")
        assert "sees" in load(text, cache).train[0]
    assert len(count_encodings) == 2


def test_a_text_that_has_changed_is_encoded_again_and_said_to_be(
    text, cache, count_encodings
):
    load(text, cache)
    before = len(files(cache))
    # As many bytes as before.
    text.write_text(text.read_text().replace("cat", "dog"))
    corpus = load(text, cache)
    assert corpus.train[0] == "the dog 0 sees"
    assert len(count_encodings) == 2
    assert any("changed since it was last encoded" in note for note in corpus.notes)
    assert len(files(cache)) == before
    assert not any("since it was" in note for note in load(text, cache).notes)


def test_a_text_that_changes_while_it_is_read_is_refused(text, cache, monkeypatch):
    encode = text_cache.encode

    def change(*arguments):
        encode(*arguments)
        write(text, 51)

    monkeypatch.setattr(text_cache, "encode", change)
    with pytest.raises(ValueError, match="changed while it was read: start again"):
        load(text, cache)
    assert files(cache) == []
    monkeypatch.undo()
    assert sum(map(len, (getattr(load(text, cache), s) for s in SPLITS))) == 51


SPLITS = ("train", "validation", "test")


@pytest.mark.parametrize("name", ["words.i4", "lengths.i4", "lexicon.txt", "text.json"])
@pytest.mark.parametrize("damage", ["cut", "missing"])
def test_what_is_not_whole_is_encoded_again(text, cache, count_encodings, name, damage):
    expected = list(load(text, cache).train)
    [file] = cache.rglob(name)
    if damage == "cut":
        os.truncate(file, file.stat().st_size // 2)
    else:
        file.unlink()
    assert list(load(text, cache).train) == expected
    assert len(count_encodings) == 2


def test_a_file_of_another_version_is_encoded_again(text, cache, count_encodings):
    load(text, cache)
    [file] = cache.rglob("text.json")
    file.write_text(re.sub(r'"format": \d+', '"format": 0', file.read_text()))
    load(text, cache)
    assert len(count_encodings) == 2


def killed_while_encoding(text, cache):
    """Encodes half of a text, and is killed."""
    iterate_words = encoded_text.iterate_words

    def half(*arguments):
        for number, words in enumerate(iterate_words(*arguments)):
            if number == 25:
                os.kill(os.getpid(), 9)
            yield words

    encoded_text.iterate_words = half
    load(text, cache)


def test_a_killed_process_leaves_nothing_that_is_taken_for_a_text(text, cache):
    process = multiprocessing.get_context("fork").Process(
        target=killed_while_encoding, args=(text, cache)
    )
    process.start()
    process.join()
    assert process.exitcode == -9
    assert list(cache.rglob(".partial-*"))

    expected = data.load("text", text)
    assert list(load(text, cache).train) == expected.train
    assert not list(cache.rglob(".partial-*"))


def encode_slowly(text, cache, log):
    encode = text_cache.encode

    def slowly(*arguments):
        with log.open("a") as file:
            file.write("encoded\n")
        time.sleep(0.5)
        encode(*arguments)

    text_cache.encode = slowly
    assert len(load(text, cache).train) == 46


def test_of_two_processes_at_once_one_encodes_and_one_waits(text, cache, tmp_path):
    log = tmp_path / "log"
    processes = [
        multiprocessing.get_context("fork").Process(
            target=encode_slowly, args=(text, cache, log)
        )
        for _ in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert log.read_text() == "encoded\n"


def test_a_full_disk_is_named_in_one_line_and_nothing_is_left(text, cache, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(encoded_folder, "_sync", full)
    with pytest.raises(OSError, match=r"No space left on device\): free") as error:
        load(text, cache)
    assert error.value.filename == str(cache)
    assert error.value.errno == errno.ENOSPC
    assert "XDG_CACHE_HOME" in error.value.strerror
    assert files(cache) == []


def test_a_folder_that_cannot_be_made_is_named(text, tmp_path):
    with pytest.raises(OSError, match=r"used \(Not a directory\).*text.txt"):
        load(text, text / "cache")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "text.txt is empty"),
        (b"\n \n", "has no line with a word"),
        (b"a a\nb b\n", "text.txt has 2 usable lines"),
        (b"a a\n" * 40 + b"caf\xe9\n", r"not UTF-8 text .byte 163."),
        (b"a a\n" * 40 + b"\0\n", r"not UTF-8 text .byte 160."),
        (b"a\nb\nc\nd\n", "no word occurs 2 times"),
    ],
)
def test_an_unusable_text_is_refused_as_in_memory(text, cache, content, message):
    text.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        load(text, cache)
    with pytest.raises(ValueError, match=re.escape(str(error.value))):
        data.load("text", text)


def test_only_a_text_is_encoded(cache):
    with pytest.raises(ValueError, match="only dataset text is encoded there"):
        data.load("embedded", cache_dir=cache)
    with pytest.raises(ValueError, match="dataset text needs data_dir"):
        data.load("text", cache_dir=cache)
    with pytest.raises(ValueError, match="only dataset text is encoded there"):
        data.load("embedded", cache_dir=cache, labels="topic")
    assert not pathlib.Path(cache).exists()


def test_encoding_is_reported_where_nothing_was_encoded_yet(text, cache):
    lines = []
    load(text, cache, report=lines.append)
    begin, end = lines
    size = text.stat().st_size
    assert re.fullmatch(
        rf"encoding {text} \({size}B\) in {cache}/\w+, which takes about 1.20kB", begin
    )
    assert re.fullmatch(r"encoded 50 sentences in \d+ s", end)
    load(text, cache, report=lines.append)
    assert len(lines) == 2


def test_a_process_that_waits_for_another_says_so(text, cache, monkeypatch):
    lines, own = [], encoding_cache.fcntl.flock

    def held(descriptor, operation):
        if operation & encoding_cache.fcntl.LOCK_NB:
            raise BlockingIOError(errno.EAGAIN, "held by another process")
        own(descriptor, operation)

    monkeypatch.setattr(encoding_cache.fcntl, "flock", held)
    assert len(load(text, cache, report=lines.append).train) == 46
    assert lines[0] == f"waiting until another process has encoded {text}"


def test_a_disk_with_too_little_room_is_refused_before_anything_is_written(
    text, cache, monkeypatch, count_encodings
):
    usage = encoding_cache.shutil.disk_usage(text.parent)
    monkeypatch.setattr(
        encoding_cache.shutil, "disk_usage", lambda _: usage._replace(free=1100)
    )
    lines = []
    with pytest.raises(
        OSError,
        match=r"used \(No space left .* takes about 1.20kB when encoded, and 1.10kB "
        r"are free\): free some space there, or give another cache_dir",
    ) as error:
        load(text, cache, report=lines.append)
    assert error.value.errno == errno.ENOSPC
    assert (lines, count_encodings, files(cache)) == ([], [], [])


@pytest.mark.parametrize(
    ("line", "max_length"),
    [("the cat sees {}", 100), ("caf\u00e9  au   lait {}\n", 100), ("a b c " * 30, 10)],
)
def test_the_room_is_estimated_from_samples(
    tmp_path, cache, monkeypatch, line, max_length
):
    monkeypatch.setattr(encoded_text, "SAMPLE", 2000)
    text = tmp_path / "text.txt"
    text.write_text("".join(line.format(i % 97) + "\n" for i in range(20_000)))
    estimate = encoded_text.estimate_size(text_cache.find_files(text), max_length)
    load(text, cache, max_length=max_length)
    written = sum(file.stat().st_size for file in files(cache))
    assert estimate == pytest.approx(written, rel=0.05)
