"""Samples, reconstructions, interpolations and neighbours."""

import keras
import keras_hub
import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae import generation, layers
from tf_vmfvae.generation.decoder_steps import DecoderSteps
from tf_vmfvae.ops.batch_inputs import padded

WORDS = ["a", "b", "c", "d"]


def words_by_hand(model, z, max_words):
    """Decodes greedily, running the whole decoder again for every word."""
    ids = np.zeros((len(z), max_words), "int32")
    for position in range(max_words):
        logits = model.decoder([tf.constant(ids), z]).numpy()[:, position]
        ids[:, position] = logits.argmax(-1) + 1
    return model.tokenizer.detokenize(ids)


def test_greedy_decoding_agrees_with_the_whole_decoder(model, codes):
    z = codes[:20]

    assert generation.decode(model, z, max_words=6) == words_by_hand(model, z, 6)


def test_random_words_have_the_models_probabilities(model, codes):
    z = tf.repeat(codes[:1], 4000, axis=0)
    logits = model.decoder([tf.zeros([1, 1], tf.int32), z[:1]])[0, 0]
    expected = tf.nn.softmax(logits).numpy()
    texts = generation.decode(model, z, "random", max_words=1)
    names = ["<unk>", "", *WORDS]
    drawn = np.array([texts.count(name) for name in names]) / 4000

    assert np.all(np.abs(drawn - expected) < 5 * np.sqrt(expected / 4000) + 1e-3)


def test_a_sentence_ends_at_eos_or_after_max_words(model):
    texts = generation.generate(model, 200, seed=3, max_words=5)

    assert len(texts) == 200
    assert max(len(text.split()) for text in texts) <= 5
    assert len({len(text.split()) for text in texts}) > 2
    assert not any("<eos>" in text for text in texts)


def test_samples_repeat_with_the_same_seed_only(model):
    first = generation.generate(model, 20, seed=3)

    assert generation.generate(model, 20, seed=3) == first
    assert generation.generate(model, 20, seed=4) != first


def test_beam_search_finds_sentences_at_least_as_likely_as_greedy_decoding(
    model, codes
):
    z = codes[:10]

    def nll(texts):
        ids = model.tokenizer(texts).to_tensor()
        return float(tf.reduce_sum(model.likelihood([ids, z])))

    greedy = generation.decode(model, z, "greedy", max_words=30)
    beams = generation.decode(model, z, "beam", max_words=30)
    assert nll(beams) <= nll(greedy) + 1e-3


def test_an_interpolation_starts_and_ends_with_the_reconstructions(model):
    path = generation.interpolate(model, "a b", "c d d", steps=4)

    assert len(path) == 4
    assert [path[0], path[-1]] == generation.reconstruct(model, ["a b", "c d d"])


def test_an_interpolation_of_one_step_is_refused(model):
    with pytest.raises(ValueError, match="steps must be at least 2"):
        generation.interpolate(model, "a", "b", steps=1)


@pytest.mark.parametrize("latent", [layers.GaussianLatent(3), layers.NoLatent()])
def test_models_with_another_latent_or_none_generate(latent):
    model = tf_vmfvae.models.NVRNN(WORDS, latent, embedding_dim=4, hidden_dim=4, seed=1)

    assert len(model.generate(2, seed=1)) == 2
    assert len(model.interpolate("a", "b", steps=3)) == 3


LABELS = [0, 2, 1, 2]


def fitted(**options):
    """Returns a model without a code that has memorised four sentences."""
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
    ids = padded(model.to_ids(["a b c", "b b", "c a d d", "d"], labels))
    steps = tf.data.Dataset.from_tensors(ids).repeat(120)
    model.fit(steps, shuffle=False, verbose=0)
    return model


def test_stacked_layers_decode_like_the_whole_decoder():
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


@pytest.mark.slow
def test_a_label_alone_determines_the_sentence():
    model = fitted(condition=layers.LabelCondition(num_labels=3))

    assert model.generate(3, labels=[0], sampler="greedy") == ["a b c"] * 3
    assert model.generate(2, labels=[0, 1], sampler="greedy") == ["a b c", "c a d d"]
    path = model.interpolate("a b c", "c a d d", steps=3, labels=[0, 1])
    assert [path[0], path[-1]] == ["a b c", "c a d d"]


@pytest.mark.slow
def test_a_bag_of_words_determines_the_words():
    model = fitted(condition=layers.BagOfWordsCondition())

    # The order of the words does not matter.
    assert model.reconstruct(["c b a", "d d a c"]) == ["a b c", "c a d d"]
    assert model.generate(2, texts=["b b"], sampler="greedy") == ["b b", "b b"]


@pytest.mark.parametrize(
    "make_condition",
    [layers.BagOfWordsCondition, lambda: layers.LabelCondition(num_labels=3)],
    ids=["bow", "label"],
)
def test_with_a_condition_steps_agree_with_the_whole_decoder(make_condition):
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
    ids, steps = padded(model.to_ids(sentences, LABELS)), DecoderSteps(model)
    z = tf.constant(model.encode(sentences, LABELS))
    state = steps.start(z, model.conditions(4, sentences, LABELS))
    words = model.words(ids)
    whole = model.decoder([ids, z])
    previous = tf.fill([4], 2)
    for position in range(words.shape[1]):
        logits, state = steps.next(previous, state, tf.fill([4], False))
        # Id 0 is padding.
        np.testing.assert_allclose(logits[:, 1:], whole[:, position], atol=1e-5)
        previous = words[:, position]


def test_a_missing_condition_is_asked_for_by_name():
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


def test_reconstruction_tokenizes_each_text_once(monkeypatch):
    latent = layers.VonMisesFisherLatent(4, kappa=9.0)
    model = tf_vmfvae.models.NVRNN(
        WORDS, latent, hidden_dim=4, condition=layers.BagOfWordsCondition()
    )
    tokenized, to_ids = [], type(model).to_ids

    def note_and_call(self, texts, labels=None):
        tokenized.extend(texts)
        return to_ids(self, texts, labels)

    monkeypatch.setattr(type(model), "to_ids", note_and_call)
    model.reconstruct(["a b", "c"])
    model.interpolate("b", "d")
    assert tokenized == ["a b", "c", "b", "d"]


def test_a_small_batch_size_gives_the_same_sentences(model, codes):
    whole = generation.decode(model, codes[:50], max_words=5)

    assert generation.decode(model, codes[:50], max_words=5, batch_size=7) == whole
    assert generation.decode(model, codes[:0]) == []


def test_zero_max_words_are_refused(model, codes):
    with pytest.raises(ValueError, match="max_words must be 1 or more, not 0"):
        generation.decode(model, codes, max_words=0)


def test_progress_is_shown_for_each_batch(model):
    seen = []

    def progress(batches):
        for batch in batches:
            yield batch
            seen.append(batch)

    texts = generation.generate(model, 600, seed=3, max_words=1000, progress=progress)
    assert len(seen) == 2
    assert texts == generation.generate(model, 600, seed=3, max_words=1000)


@pytest.mark.parametrize("max_words", [1, 3, 30])
def test_a_sentence_does_not_depend_on_those_decoded_before_it_in_its_row(
    model, codes, max_words
):
    codes, sampler = codes[:500], keras_hub.samplers.GreedySampler()
    together = generation.decode(model, codes, sampler, max_words, batch_size=500)

    assert len(set(together)) > 2
    for rows in (1, 7, 499):
        texts = generation.decode(model, codes, sampler, max_words, batch_size=rows)
        assert texts == together


@pytest.mark.parametrize("sampler", ["random", "top_k", "top_p"])
def test_a_seed_gives_the_same_sentences_with_any_batch_size(model, codes, sampler):
    codes = codes[:500]
    together = generation.decode(model, codes, sampler, seed=5, batch_size=500)

    for rows in (7, 499):
        texts = generation.decode(model, codes, sampler, seed=5, batch_size=rows)
        assert texts == together


def test_the_seed_also_applies_to_a_sampler_object(model, codes):
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
def test_a_bad_number_of_neighbours_is_refused(model, count):
    with pytest.raises(ValueError, match="count must be"):
        generation.neighbours(model, ["a"], ["b", "c"], count)


def test_a_model_without_a_code_has_no_neighbours():
    model = tf_vmfvae.models.NVRNN(WORDS, layers.NoLatent(), hidden_dim=4)
    with pytest.raises(ValueError, match="without a code"):
        generation.neighbours(model, ["a"], ["b"])
