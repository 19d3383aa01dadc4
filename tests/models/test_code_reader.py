"""The layers between a code and the decoder."""

import numpy as np

from tests.models.sentence_models import ids_of, make_model


def test_codes_of_the_prior_are_scaled_to_unit_variance():
    model = make_model(code_layers=1)
    z = model.latent.prior().sample(500, seed=(1, 2))
    scaled = model.code_reader.layers[0](z)

    np.testing.assert_allclose(np.mean(np.square(scaled)), 1.0, rtol=0.05)


def test_the_decoder_reads_the_code_only_through_the_layers():
    model = make_model(code_layers=1, word_dropout=1.0)
    kernel = model.code_reader.layers[-1].kernel
    kernel.assign(0.0 * kernel)
    z = model.latent.prior().sample(8, seed=(1, 2))
    ids = ids_of(model)

    nll = model.likelihood([ids, z[:4]])
    np.testing.assert_allclose(nll, model.likelihood([ids, z[4:]]), rtol=1e-6)


def test_without_a_code_there_are_no_layers():
    reader = make_model("none", code_layers=2).code_reader

    assert reader.layers == []
    assert reader.width == 0
