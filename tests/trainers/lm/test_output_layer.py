"""The softmax that --softmax asks for."""

import pytest

from tf_vmfvae import data, layers
from trainers.lm import output_layer
from trainers.lm.output_layer import choose_output_layer, count_words

SENTENCES = ["the cat sees it", "the dog hears the cat", "a bird"]
WORDS = ["<unk>", "<eos>", "the", "cat", "a", "dog", "it", "sees"]


@pytest.fixture
def corpus():
    return data.Corpus("tiny", SENTENCES, ["it"], ["it"], WORDS)


def choose(corpus, softmax):
    settings = {"softmax": softmax, "embedding_dim": 8, "batch_size": 2}
    return choose_output_layer(settings, corpus)


def test_each_target_word_is_counted(corpus):
    # hears and bird are unknown, and each of three sentences ends once.
    assert count_words(corpus) == [2, 3, 3, 2, 1, 1, 1, 1]


def test_words_on_disk_are_counted_as_those_in_memory(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("\n".join(f"{SENTENCES[i % 3]} w{i} <unk>" for i in range(60)))
    options = {"vocabulary_size": 12, "minimum_count": 1}
    in_memory = data.load("text", text, **options)
    on_disk = data.load("text", text, cache_dir=tmp_path / "cache", **options)
    assert isinstance(on_disk.train, data.StoredSentences)
    assert count_words(on_disk) == count_words(in_memory)


def test_the_adaptive_softmax_is_cut_by_the_words_of_the_corpus(corpus):
    chosen = choose(corpus, "adaptive")

    # Two sentences of a batch have 28 / 3 words.
    expected = layers.softmax_cutoffs(count_words(corpus), 8, 28 / 3)
    assert chosen.cutoffs == expected
    assert chosen.note.startswith(f"softmax: adaptive, cut after the {expected[0]}")
    assert "--softmax=adaptive" in chosen.note


def test_auto_depends_on_the_words_that_the_corpus_has(corpus, monkeypatch):
    small = choose(corpus, "auto")
    monkeypatch.setattr(output_layer, "LARGE_VOCABULARY", 8)
    large = choose(corpus, "auto")

    assert (small.cutoffs, choose(corpus, "full").cutoffs) == (None, None)
    assert small.note == "softmax: full (the vocabulary has 8 words, fewer than 20000)"
    assert large.cutoffs == choose(corpus, "adaptive").cutoffs
    assert "--softmax=full turns it off" in large.note
