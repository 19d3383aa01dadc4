"""Samplers by name, KerasHub's sampler objects, and samplers of a user's own class."""

import sys
from concurrent.futures import ThreadPoolExecutor

import keras
import keras_hub
import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae import layers
from tf_vmfvae.generation import decode

samplers = keras_hub.samplers
WORDS = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def codes(codes):
    return codes[:20]


class Drawing(samplers.Sampler):
    """Draws with its own seed generator, or with Keras's global one."""

    def __init__(self, generator=None, **kwargs):
        super().__init__(**kwargs)
        self.generator = generator

    def get_next_token(self, probabilities):
        logits = keras.ops.log(probabilities)
        drawn = keras.random.categorical(logits, 1, seed=self.generator, dtype="int32")
        return keras.ops.squeeze(drawn, -1)


class Forbidding(samplers.GreedySampler):
    """Chooses the likeliest word that is not forbidden."""

    def __init__(self, forbidden, **kwargs):
        super().__init__(**kwargs)
        self.forbidden = forbidden

    def get_next_token(self, probabilities):
        allowed = np.ones(len(WORDS) + 3, "float32")
        allowed[self.forbidden] = 0
        return keras.ops.argmax(probabilities * allowed, axis=-1)


class OneWord(samplers.GreedySampler):
    """Ends the loop over words after the first."""

    def run_loop(self, cond, body, **options):
        return super().run_loop(cond, body, **{**options, "maximum_iterations": 1})


class DrawingByTensorFlow(samplers.Sampler):
    """Draws from TensorFlow's global random state."""

    def get_next_token(self, probabilities):
        return tf.random.categorical(tf.math.log(probabilities), 1)[:, 0]


def test_a_seed_leaves_the_samplers_own_seed_unchanged(model, codes):
    sampler = samplers.RandomSampler(seed=5)
    before = sampler.seed_generator.state.numpy().tolist()
    texts = decode(model, codes, sampler, seed=3, max_words=9)

    assert sampler.seed_generator.state.numpy().tolist() == before
    assert texts == decode(model, codes, "random", seed=3, max_words=9)


def test_without_a_seed_the_samplers_own_seed_is_used(model, codes):
    def two_draws(seed):
        sampler = samplers.RandomSampler(seed=seed)
        return [decode(model, codes, sampler, max_words=9) for _ in range(2)]

    first, second = two_draws(5)
    assert first != second
    assert two_draws(5) == [first, second]
    assert two_draws(6) != [first, second]


@pytest.mark.parametrize("seed", [5, None, "global"])
def test_threads_can_share_a_sampler_of_the_users_own_class(model, seed):
    generator = None if seed == "global" else keras.random.SeedGenerator(seed)
    sampler = Drawing(generator)
    before = generator and generator.state.numpy().tolist()

    def call(number):
        seed = number % 4
        return seed, model.generate(4, seed=seed, sampler=sampler, max_words=9)

    alone = dict(call(seed) for seed in range(4))
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(call, range(40)))

    assert all(texts == alone[seed] for seed, texts in together)
    assert len({tuple(texts) for texts in alone.values()}) == 4
    assert (generator and generator.state.numpy().tolist()) == before


def test_a_sampler_of_the_users_own_class_follows_set_random_seed(model, codes):
    def two_draws():
        keras.utils.set_random_seed(7)
        return [decode(model, codes, Drawing(), max_words=9) for _ in range(2)]

    first, second = two_draws()
    assert first != second
    assert two_draws() == [first, second]


def test_a_sampler_of_the_users_own_class_draws_with_the_models_probabilities(
    model, codes
):
    z = tf.repeat(codes[:1], 4000, axis=0)
    sampler = Drawing(keras.random.SeedGenerator(1))
    texts = decode(model, z, sampler, max_words=1, batch_size=100)
    logits = model.decoder([tf.zeros([1, 1], tf.int32), z[:1]])[0, 0]
    expected = tf.nn.softmax(logits).numpy()
    drawn = np.array([texts.count(name) for name in ["<unk>", "", *WORDS]]) / 4000

    assert np.all(np.abs(drawn - expected) < 5 * np.sqrt(expected / 4000) + 1e-3)


def test_a_sampler_may_be_changed_between_calls(model, codes):
    sampler = Forbidding(forbidden=[3])
    without_a = decode(model, codes, sampler, max_words=9)
    sampler.forbidden.append(1)
    without_unknown = decode(model, codes, sampler, max_words=9)

    assert "a" not in " ".join(without_a).split()
    assert not {"a", "<unk>"} & set(" ".join(without_unknown).split())
    tempered = samplers.RandomSampler(temperature=1.0)
    decode(model, codes, tempered, seed=1, max_words=9)
    tempered.temperature = 1e-6
    cold = decode(model, codes, tempered, seed=1, max_words=9)
    assert cold == decode(model, codes, max_words=9)


def test_a_sampler_may_have_a_loop_over_words_of_its_own(model, codes):
    greedy = decode(model, codes, max_words=9)
    found = decode(model, codes, OneWord(), max_words=9, batch_size=7)

    assert found == [" ".join(text.split()[:1]) for text in greedy]
    assert found != greedy


def test_a_seed_that_a_sampler_cannot_use_is_refused(model, codes):
    sampler = DrawingByTensorFlow()
    with pytest.raises(ValueError, match="seed: the sampler draws from TensorFlow's"):
        decode(model, codes, sampler, seed=1, max_words=9)

    assert len(decode(model, codes, sampler, max_words=9)) == len(codes)


@pytest.mark.parametrize(
    ("sampler", "message"),
    [
        (
            "contrastive",
            "'contrastive': give one of greedy, random, top_k, top_p, beam",
        ),
        (
            "speculative",
            "'speculative': give one of greedy, random, top_k, top_p, beam",
        ),
        ("Greedy", "'Greedy': give one of greedy"),
        ("", "'': give one of greedy"),
        (5, "sampler is 5: give one of greedy"),
        (samplers.GreedySampler, "GreedySampler'>: give one of greedy"),
        ({"class_name": "GreedySampler"}, "give one of greedy"),
        (samplers.ContrastiveSampler(), "needs the decoder's hidden states: give one"),
        (samplers.TopKSampler(k=7), "the sampler's k must be at most 6, not 7"),
        (samplers.TopKSampler(k=0), "the sampler's k must be 1 or more, not 0"),
        (samplers.TopKSampler(k=1.5), "the sampler's k must be a whole number, not 1"),
        (samplers.TopPSampler(p=0.0), "the sampler's p must be above 0 and at most 1"),
        (samplers.TopPSampler(p=1.5), "the sampler's p must be above 0 and at most 1"),
        (samplers.TopPSampler(p=0.5, k=9), "the sampler's k must be at most 6"),
        (samplers.RandomSampler(temperature=0.0), "temperature must be from 1.2e-38"),
        (samplers.RandomSampler(temperature=-1.0), "temperature must be from 1.2e-38"),
        (samplers.TopKSampler(temperature=1e-320), "not 1e-320"),
        (samplers.BeamSampler(temperature=float("nan")), "not nan"),
        (
            samplers.BeamSampler(num_beams=0),
            "the sampler's num_beams must be 1 or more",
        ),
        (samplers.BeamSampler(return_all_beams=True), "return_all_beams=True"),
    ],
)
def test_a_bad_sampler_is_refused_before_anything_is_tokenized(
    model, monkeypatch, sampler, message
):
    def to_ids(*_):
        raise AssertionError("texts are tokenized")

    monkeypatch.setattr(type(model), "to_ids", to_ids)
    with pytest.raises(ValueError, match=message):
        model.reconstruct(["a"], sampler=sampler)
    with pytest.raises(ValueError, match=message):
        model.interpolate("a", "b", sampler=sampler)
    with pytest.raises(ValueError, match=message):
        model.generate(1, sampler=sampler)


@pytest.mark.parametrize("temperature", [1.2e-38, 3e38])
def test_extreme_temperatures_give_neither_padding_nor_nan(model, codes, temperature):
    sampler = samplers.RandomSampler(temperature=temperature)
    texts = decode(model, tf.repeat(codes, 100, axis=0), sampler, seed=1, max_words=1)

    if temperature < 1:
        assert texts == decode(model, tf.repeat(codes, 100, axis=0), max_words=1)
    else:
        # <eos> is one word of six.
        counts = [texts.count(word) for word in ["", "<unk>", *WORDS]]
        assert sum(counts) == 2000
        assert min(counts) > 2000 / 6 - 100


def test_top_k_and_top_p_draw_among_the_likeliest_words(model, codes):
    z = tf.repeat(codes[:1], 1000, axis=0)
    logits = model.decoder([tf.zeros([1, 1], tf.int32), z[:1]])[0, 0]
    probabilities = tf.nn.softmax(logits).numpy()
    order = np.argsort(-probabilities)
    names = np.array(["<unk>", "", *WORDS])
    mass = probabilities[order[:3]].sum()
    for sampler in (
        samplers.TopKSampler(k=3),
        # The word at which the sum passes p still counts.
        samplers.TopPSampler(p=float(mass) - 1e-3),
        samplers.TopPSampler(p=0.999, k=3),
    ):
        texts = decode(model, z, sampler, seed=1, max_words=1)
        drawn = np.array([texts.count(name) for name in names[order]]) / 1000
        expected = np.where(np.arange(6) < 3, probabilities[order] / mass, 0)
        assert np.all(np.abs(drawn - expected) < 5 * np.sqrt(expected / 1000) + 1e-9)


def test_top_k_works_with_fewer_words_than_its_default_k(codes):
    latent = layers.VonMisesFisherLatent(4, kappa=9.0)
    tiny = tf_vmfvae.models.NVRNN(["a"], latent, embedding_dim=4, hidden_dim=4)

    assert len(decode(tiny, codes, "top_k", seed=1, max_words=3)) == len(codes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": -1}, "count must be 0 or more, not -1"),
        ({"count": 2.5}, "count must be a whole number, not 2.5"),
        ({"count": 2**40}, "count must be at most 2147483647, not 1099511627776"),
        ({"count": 1, "max_words": 0}, "max_words must be 1 or more, not 0"),
        ({"count": 1, "max_words": 2.5}, "max_words must be a whole number"),
    ],
)
def test_a_bad_number_is_refused_by_name(model, options, message):
    with pytest.raises(ValueError, match=message):
        model.generate(**options)


def test_codes_and_conditions_of_a_wrong_shape_are_refused(model, codes):
    for wrong in (codes[0], codes[:, :3], codes[None]):
        with pytest.raises(ValueError, match=r"z must have the shape \(count, 4\)"):
            decode(model, wrong)
    with pytest.raises(ValueError, match=r"conditions must have the shape \(20, 0\)"):
        decode(model, codes, conditions=tf.zeros([20, 3]))
    with pytest.raises(ValueError, match="batch_size must be 1 or more, not 0"):
        decode(model, codes, batch_size=0)


@pytest.mark.parametrize(
    "make_condition",
    [
        lambda: None,
        layers.BagOfWordsCondition,
        lambda: layers.LabelCondition(num_labels=2),
    ],
    ids=["none", "bow", "label"],
)
def test_without_texts_there_are_no_answers(make_condition):
    latent = layers.VonMisesFisherLatent(4, kappa=9.0)
    model = tf_vmfvae.models.NVRNN(
        WORDS, latent, hidden_dim=4, condition=make_condition()
    )

    assert model.encode([], labels=[]).shape == (0, 4)
    assert model.reconstruct([], labels=[]) == []
    assert model.generate(0) == []
    assert model.generate(0, texts=["a"], labels=[1]) == []
    scores = model.score([], labels=[])
    assert {name: value.shape for name, value in scores.items()} == dict.fromkeys(
        ["nll", "reconstruction", "kl", "words"], (0,)
    )


# === The sampler of compile ===


@pytest.fixture
def compiled():
    """Returns a function that makes a model compiled with a sampler."""

    def make(sampler):
        latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
        model = tf_vmfvae.models.NVRNN(
            WORDS, latent, embedding_dim=8, hidden_dim=8, seed=2
        )
        model.compile(sampler=sampler)
        return model

    return make


def generated(model, sampler=None):
    """Returns what every function writes that chooses words."""
    options = {"sampler": sampler, "seed": 3, "max_words": 6}
    return [
        model.generate(4, **options),
        model.reconstruct(["a b", "d"], **options),
        model.interpolate("a b", "d", steps=3, **options),
        decode(model, tf.eye(4), **options),
    ]


@pytest.mark.parametrize(
    "sampler",
    ["greedy", "random", "top_k", "top_p", "beam", samplers.TopKSampler(k=2, seed=4)],
    ids=["greedy", "random", "top_k", "top_p", "beam", "object"],
)
def test_the_sampler_of_compile_is_used_where_no_other_is_given(compiled, sampler):
    model = compiled(sampler)

    assert model.sampler is sampler
    assert generated(model) == generated(compiled(None), sampler)
    other = "greedy" if sampler == "random" else "random"
    assert generated(model, other) == generated(compiled(None), other)


def test_without_a_sampler_samples_are_drawn_and_reconstructions_are_greedy(compiled):
    model = compiled("beam")
    model.compile()

    assert model.sampler is None
    assert generated(model)[0] == generated(model, "random")[0]
    assert generated(model)[1:] == generated(model, "greedy")[1:]


@pytest.mark.parametrize(
    "sampler",
    ["top_p", samplers.TopKSampler(k=2, temperature=0.5)],
    ids=["name", "own"],
)
def test_the_sampler_of_compile_is_saved_with_the_model(compiled, sampler, tmp_path):
    model = compiled(sampler)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")

    assert generated(loaded)[:2] == generated(model)[:2]
    if sampler != "top_p":
        assert (loaded.sampler.k, loaded.sampler.temperature) == (2, 0.5)


def test_a_sampler_of_kerashub_is_loaded_where_nothing_has_imported_it(
    compiled, tmp_path, monkeypatch
):
    compiled(samplers.TopKSampler(k=2)).save(tmp_path / "model.keras")
    monkeypatch.delitem(sys.modules, "keras_hub")
    keras.models.load_model(tmp_path / "model.keras")

    assert "keras_hub" in sys.modules


@pytest.mark.parametrize(
    "sampler",
    [
        "best",
        "top-k",
        "contrastive",
        samplers.ContrastiveSampler(),
        samplers.TopKSampler(k=99),
        3,
    ],
    ids=["best", "top-k", "contrastive", "a contrastive one", "k of 99", "3"],
)
def test_compile_refuses_a_sampler_that_there_is_not(compiled, sampler):
    model = compiled("top_p")
    with pytest.raises(ValueError, match=r"\w") as caught:
        model.compile(sampler=sampler)

    message = str(caught.value)
    assert message.startswith(("sampler is ", "the sampler's k must be"))
    if "sampler is" in message:
        assert "one of greedy, random, top_k, top_p, beam" in message
    assert "\n" not in message
    assert model.sampler == "top_p"
