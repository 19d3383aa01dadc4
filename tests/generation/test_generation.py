"""Samples, reconstructions and interpolations."""

import keras
import keras_hub
import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae import generation, layers

WORDS = ["a", "b", "c", "d"]


def words_by_hand(model, z, max_words):
    """Greedy decoding through the whole decoder, again for every word."""
    ids = np.zeros((len(z), max_words), "int32")
    for position in range(max_words):
        logits = model.decoder([tf.constant(ids), z]).numpy()[:, position]
        ids[:, position] = logits.argmax(-1) + 1
    return model.tokenizer.detokenize(ids)


def test_greedy_decoding_takes_the_likeliest_word_of_the_whole_decoder(model, codes):
    z = codes[:20]

    assert generation.decode(model, z, max_words=6) == words_by_hand(model, z, 6)


def test_words_are_drawn_with_the_models_probabilities(model, codes):
    z = tf.repeat(codes[:1], 4000, axis=0)
    logits = model.decoder([tf.zeros([1, 1], tf.int32), z[:1]])[0, 0]
    expected = tf.nn.softmax(logits).numpy()
    texts = generation.decode(model, z, "random", max_words=1)
    names = ["<unk>", "", *WORDS]
    drawn = np.array([texts.count(name) for name in names]) / 4000

    assert np.all(np.abs(drawn - expected) < 5 * np.sqrt(expected / 4000) + 1e-3)


def test_a_sentence_ends_at_eos_or_at_the_longest_allowed(model):
    texts = generation.generate(model, 200, seed=3, max_words=5)

    assert len(texts) == 200
    assert max(len(text.split()) for text in texts) <= 5
    assert len({len(text.split()) for text in texts}) > 2
    assert not any("<eos>" in text for text in texts)


def test_a_seed_repeats_the_samples_and_another_does_not(model):
    first = generation.generate(model, 20, seed=3)

    assert generation.generate(model, 20, seed=3) == first
    assert generation.generate(model, 20, seed=4) != first


def test_beams_find_sentences_at_least_as_likely_as_greedy_ones(model, codes):
    z = codes[:10]

    def nll(texts):
        ids = model.tokenizer(texts).to_tensor()
        return float(tf.reduce_sum(model.likelihood([ids, z])))

    greedy = generation.decode(model, z, "greedy", max_words=30)
    beams = generation.decode(model, z, "beam", max_words=30)
    assert nll(beams) <= nll(greedy) + 1e-3


def test_interpolation_has_the_reconstructions_at_its_ends(model):
    way = generation.interpolate(model, "a b", "c d d", steps=4)

    assert len(way) == 4
    assert [way[0], way[-1]] == generation.reconstruct(model, ["a b", "c d d"])


def test_an_interpolation_needs_both_ends(model):
    with pytest.raises(ValueError, match="steps must be at least 2"):
        generation.interpolate(model, "a", "b", steps=1)


@pytest.mark.parametrize("latent", [layers.GaussianLatent(3), layers.NoLatent()])
def test_every_latent_generates(latent):
    model = tf_vmfvae.models.NVRNN(WORDS, latent, embedding_dim=4, hidden_dim=4, seed=1)

    assert len(model.generate(2, seed=1)) == 2
    assert len(model.interpolate("a", "b", steps=3)) == 3


LABELS = [0, 2, 1, 2]


def fitted(**options):
    """A model that has four sentences by heart, and no code: it must be told."""
    model = tf_vmfvae.models.NVRNN(
        WORDS,
        layers.NoLatent(),
        embedding_dim=16,
        hidden_dim=32,
        dropout=0.0,
        seed=2,
        **options,
    )
    labels = LABELS if model.num_labels else None
    model.compile(optimizer=keras.optimizers.Adam(0.02))
    ids = model.to_ids(["a b c", "b b", "c a d d", "d"], labels).to_tensor()
    model.fit(ids, epochs=120, shuffle=False, verbose=0)
    return model


def test_layers_upon_layers_decode_as_the_whole_decoder_does():
    model = tf_vmfvae.models.NVRNN(
        WORDS,
        layers.VonMisesFisherLatent(4, kappa=9.0, seed=1),
        embedding_dim=8,
        hidden_dim=8,
        num_layers=3,
        seed=2,
    )
    z = model.latent.prior().sample(20, seed=(1, 2))

    assert generation.decode(model, z, max_words=6) == words_by_hand(model, z, 6)


def test_the_label_alone_tells_a_decoder_what_to_write():
    model = fitted(condition=layers.LabelCondition(num_labels=3))

    assert model.generate(3, labels=[0], sampler="greedy") == ["a b c"] * 3
    assert model.generate(2, labels=[0, 1], sampler="greedy") == ["a b c", "c a d d"]
    way = model.interpolate("a b c", "c a d d", steps=3, labels=[0, 1])
    assert [way[0], way[-1]] == ["a b c", "c a d d"]


def test_the_bag_of_words_tells_a_decoder_the_words():
    model = fitted(condition=layers.BagOfWordsCondition())

    # The order of the words that it is told does not matter.
    assert model.reconstruct(["c b a", "d d a c"]) == ["a b c", "c a d d"]
    assert model.generate(2, texts=["b b"], sampler="greedy") == ["b b", "b b"]


@pytest.mark.parametrize(
    "make_condition",
    [layers.BagOfWordsCondition, lambda: layers.LabelCondition(num_labels=3)],
    ids=["bow", "label"],
)
def test_told_or_not_decoding_is_that_of_the_whole_decoder(make_condition):
    model = tf_vmfvae.models.NVRNN(
        WORDS,
        layers.GaussianLatent(4, seed=1),
        embedding_dim=8,
        hidden_dim=8,
        num_layers=2,
        condition=make_condition(),
        seed=2,
    )
    sentences = ["a b c", "b b", "c a d d", "d"]
    ids = model.to_ids(sentences, LABELS).to_tensor()
    z = tf.constant(model.encode(sentences, LABELS))
    told = model.conditions(4, sentences, LABELS)
    context, state = model.context(z, told), model.initial_state(z)
    words = model.words(ids)
    whole = model.decoder([ids, z])
    previous = tf.fill([4], 2)
    for position in range(words.shape[1]):
        logits, state = model.step(previous, context, state)
        np.testing.assert_allclose(logits, whole[:, position], atol=1e-5)
        previous = words[:, position]


def test_what_the_decoder_must_be_told_is_asked_for():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0)
    options = {"embedding_dim": 4, "hidden_dim": 4}
    condition = layers.BagOfWordsCondition()
    bow = tf_vmfvae.models.NVRNN(WORDS, latent, condition=condition, **options)
    with pytest.raises(ValueError, match="a BagOfWordsCondition: give texts, 1 or 3"):
        bow.generate(3)
    latent = layers.VonMisesFisherLatent(4, kappa=9.0)
    condition = layers.LabelCondition(num_labels=2)
    label = tf_vmfvae.models.NVRNN(WORDS, latent, condition=condition, **options)
    with pytest.raises(ValueError, match="give labels, 1 or 3 of them, not 2"):
        label.generate(3, labels=[0, 1])
    with pytest.raises(ValueError, match="labels are not given"):
        label.reconstruct(["a"])
    with pytest.raises(ValueError, match="label 2 of text 2 is out of range: labels"):
        label.reconstruct(["a", "b"], labels=[1, 2])


def test_many_are_decoded_part_by_part(model, codes):
    whole = generation.decode(model, codes[:50], max_words=5)

    assert generation.decode(model, codes[:50], max_words=5, batch_size=7) == whole
    assert generation.decode(model, codes[:0]) == []


def test_no_words_are_no_sentence(model, codes):
    with pytest.raises(ValueError, match="max_words must be 1 or more, not 0"):
        generation.decode(model, codes, max_words=0)


def test_where_the_decoding_stands_is_shown(model):
    seen = []

    def progress(batches):
        for batch in batches:
            yield batch
            seen.append(batch)

    texts = generation.generate(model, 600, seed=3, max_words=1000, progress=progress)
    assert len(seen) == 2
    assert texts == generation.generate(model, 600, seed=3, max_words=1000)


@pytest.mark.parametrize("max_words", [1, 3, 30])
def test_in_the_place_of_others_a_sentence_is_what_it_is_by_itself(
    model, codes, max_words
):
    codes, sampler = codes[:500], keras_hub.samplers.GreedySampler()
    side_by_side = generation.decode(model, codes, sampler, max_words, batch_size=500)

    assert len(set(side_by_side)) > 2
    for rows in (1, 7, 499):
        texts = generation.decode(model, codes, sampler, max_words, batch_size=rows)
        assert texts == side_by_side


@pytest.mark.parametrize("sampler", ["random", "top_k", "top_p"])
def test_a_seed_gives_the_same_sentences_with_any_batch_size(model, codes, sampler):
    codes = codes[:500]
    side_by_side = generation.decode(model, codes, sampler, seed=5, batch_size=500)

    for rows in (7, 499):
        texts = generation.decode(model, codes, sampler, seed=5, batch_size=rows)
        assert texts == side_by_side


def test_a_sampler_object_is_seeded_too(model, codes):
    sampler = keras_hub.samplers.TopKSampler(k=3, temperature=2.0)
    first = generation.decode(model, codes[:30], sampler, seed=3)

    assert generation.decode(model, codes[:30], sampler, seed=3) == first
    assert generation.decode(model, codes[:30], sampler, seed=4) != first


def test_the_nearest_neighbour_of_a_sentence_is_itself(model):
    corpus = ["a b", "c d d", "d", "b b b", "a"]
    found = generation.neighbours(model, ["d", "a b"], corpus, 3)

    assert [near[0][0] for near in found] == ["d", "a b"]
    assert [near[0][1] for near in found] == pytest.approx([1, 1])
    for near in found:
        assert [cosine for _, cosine in near] == sorted(
            (cosine for _, cosine in near), reverse=True
        )


@pytest.mark.parametrize("count", [0, -1, 1.5])
def test_a_number_of_neighbours_that_is_none_is_refused(model, count):
    with pytest.raises(ValueError, match="count must be"):
        generation.neighbours(model, ["a"], ["b", "c"], count)


def test_a_model_without_a_code_has_no_neighbours():
    model = tf_vmfvae.models.NVRNN(WORDS, layers.NoLatent(), hidden_dim=4)
    with pytest.raises(ValueError, match="without a code"):
        generation.neighbours(model, ["a"], ["b"])
