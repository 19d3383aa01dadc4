import collections

from tf_vmfvae.data.embedded import planted_documents


def test_documents_have_their_words_and_are_the_same_each_time():
    texts = list(planted_documents(300, 40, 400))
    assert len(set(texts)) == 300
    assert {len(text.split()) for text in texts} == {40}
    assert list(planted_documents(300, 40, 400)) == texts
    assert list(planted_documents(300, 40, 400, seed=1)) != texts


def test_a_document_has_one_topic():
    for text in planted_documents(50, 400, 2_000):
        numbers = [
            int("".join(str(ord(letter) - ord("a")) for letter in word[4:]))
            for word in text.split()
        ]
        (_, most), (_, second) = collections.Counter(
            number % 20 for number in numbers
        ).most_common(2)
        # Half of the words, and a twentieth of the others.
        assert 0.4 < most / 400 < 0.65
        assert second / 400 < 0.15
