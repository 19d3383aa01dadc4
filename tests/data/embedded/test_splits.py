import hashlib

import pytest

from tf_vmfvae.data import embedded


def fingerprint(texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def test_the_sentences_are_the_same_on_every_machine():
    splits = [embedded.sentences(split) for split in embedded.SPLITS]
    assert [len(split) for split in splits] == [20_000, 2_000, 2_000]
    assert (
        fingerprint(sentence for split in splits for sentence in split)
        == "fe36da49ff1c651e94e6fa7ac7719137ad4a4c70f241e7155c4d51ae02e5dc2f"
    )


def test_the_documents_are_the_same_on_every_machine():
    texts, topics = embedded.documents("test")
    assert len(texts) == len(topics) == 400
    assert (
        fingerprint([*texts, *topics])
        == "caace1c2ab53a0765133fcdea03ade92189a74279a8a283da7ad263a2a96085b"
    )


def test_a_document_has_sentences_about_one_topic():
    texts, topics = embedded.documents("validation")
    for text, topic in zip(texts[:20], topics[:20], strict=True):
        sentences = text.removesuffix(".").split(". ")
        assert 3 <= len(sentences) <= 15
        assert {embedded.topic(sentence) for sentence in sentences} == {topic}


def test_training_and_test_sentences_hardly_overlap():
    train = set(embedded.sentences("train"))
    for split in ("validation", "test"):
        assert sum(s in train for s in embedded.sentences(split)) <= 5


@pytest.mark.parametrize("generate", [embedded.sentences, embedded.documents])
def test_an_unknown_split_is_refused_by_name(generate):
    with pytest.raises(ValueError, match="split is 'dev': choose one of train"):
        generate("dev")
