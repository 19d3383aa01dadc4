"""Weights of a trained model as the start of another."""

import numpy as np
from keras import ops

from tf_vmfvae.models.nvrnn import NVRNN

# Arguments that have to be the same in both models.
SAME = (
    "vocabulary",
    "embedding_dim",
    "hidden_dim",
    "decoder_layers",
    "tie_embeddings",
    "softmax_cutoffs",
)
# Arguments that have to be the same for the code to be the same.
SAME_CODE = (
    "num_layers",
    "encoder_type",
    "encoder_pooling",
    "encoder_length",
    "code_layers",
    "code_at_every_step",
)


def warm_start(model: NVRNN, pretrained: NVRNN) -> None:
    """Copies the weights of a trained model into another, where both have them.

    The embeddings, the decoder, the output weights and the condition are always copied.
    The encoder, the latent and what the decoder reads of the code are copied if both
    models make their codes in the same way; so is a learned prior, if both have one
    with the same number of components. Codes of one unit vector are alike: a model with
    a learned concentration (`SphereProductLatent` of one sphere,
    `LearnedVonMisesFisherLatent`) takes over the mean directions of a model with a
    fixed one, and its own `kappa` is the concentration that it starts from. A model
    with a `ProjectedNormalLatent` takes over a Gaussian model's code. Otherwise the
    code is new, and the decoder starts with weights of 0 on it: it begins as the
    trained decoder does without a code, after a plain language model with exactly its
    likelihood.

    This adds a code to a trained language model, or turns a pretrained autoencoder into
    a VAE (Li et al. 2019).

    Args:
        model: the `NVRNN` to be trained; changed in place.
        pretrained: the `NVRNN` to start from; not changed.

    Raises:
        ValueError: if vocabulary, widths, layers or conditions differ.

    Example:
    >>> import tf_vmfvae
    >>> words, sizes = ["profit", "rose"], {"embedding_dim": 8, "hidden_dim": 8}
    >>> plain = tf_vmfvae.models.NVRNN(words, tf_vmfvae.layers.NoLatent(), **sizes)
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=5.0)
    >>> model = tf_vmfvae.models.NVRNN(words, latent, **sizes)
    >>> tf_vmfvae.models.warm_start(model, plain)
    >>> ids = model.to_ids(["profit rose"]).to_tensor()
    >>> difference = model(ids)["reconstruction"] - plain(ids)["reconstruction"]
    >>> abs(float(difference[0])) < 1e-5
    True
    """
    _check_same(model, pretrained)
    _copy(_weights_without_code(model), _weights_without_code(pretrained))
    shared = model.latent.shared_weights(pretrained.latent)
    same_code = shared is not None and all(
        getattr(model, name) == getattr(pretrained, name) for name in SAME_CODE
    )
    if same_code:
        _copy(*shared)
        _copy(_weights_around_code(model), _weights_around_code(pretrained))
        for layer, trained in (
            (model.bag_map, pretrained.bag_map),
            (model.latent.mixture_prior, pretrained.latent.mixture_prior),
        ):
            if layer and trained and _sizes(layer) == _sizes(trained):
                _copy(layer.weights, trained.weights)
    _copy_first_layer(model, pretrained, same_code)
    _copy_initial_states(model, pretrained, same_code)


def _check_same(model, pretrained):
    for name in SAME:
        here, there = getattr(model, name), getattr(pretrained, name)
        if here != there:
            values = "" if name == "vocabulary" else f": {there}, not {here}"
            raise ValueError(f"the pretrained model has a different {name}{values}")
    here, there = (
        each.condition and each.condition.description for each in (model, pretrained)
    )
    if here != there:
        raise ValueError(
            f"the pretrained model has a different condition: {there}, not {here}"
        )


def _weights_without_code(model):
    """Returns the weights of all layers that neither make nor read the code."""
    layers = [model.embedding, model.output_map, model.softmax]
    layers += model.sentence_decoder.layers[1:]
    if model.condition is not None:
        layers.append(model.condition.layer)
    return [weight for layer in layers for weight in layer.weights]


def _weights_around_code(model):
    """Returns the weights of the encoder and of the code's reader."""
    layers = [*model.code_reader.layers]
    if model.sentence_encoder is not None:
        layers += model.sentence_encoder.layers
    return [weight for layer in layers for weight in layer.weights]


def _copy_first_layer(model, pretrained, same_code):
    """Copies the layer that reads word, code and condition, joined in this order."""
    layer, trained = (each.sentence_decoder.layers[0] for each in (model, pretrained))
    kernel, *others = _values(trained)
    word, old = model.embedding_dim, pretrained.step_code_width
    of_code = kernel[word : word + old]
    if not same_code:
        of_code = np.zeros_like(kernel, shape=(model.step_code_width, kernel.shape[1]))
    kernel = np.concatenate([kernel[:word], of_code, kernel[word + old :]])
    _assign(layer.weights, [kernel, *others])


def _copy_initial_states(model, pretrained, same_code):
    """Copies the maps from code to first state; without a code that is 0."""
    trained_maps = pretrained.sentence_decoder.state_maps
    for index, layer in enumerate(model.sentence_decoder.state_maps):
        values = [np.zeros_like(value) for value in _values(layer)]
        if same_code:
            values = _values(trained_maps[index])
        elif trained_maps:  # The trained state at the origin.
            values[1] = _values(trained_maps[index])[1]
        _assign(layer.weights, values)


def _sizes(layer):
    """Returns the shapes of the weights, without an axis for a single sphere."""
    return [[size for size in weight.shape if size > 1] for weight in layer.weights]


def _copy(weights, trained):
    _assign(weights, map(ops.convert_to_numpy, trained))


def _values(layer):
    return [ops.convert_to_numpy(weight) for weight in layer.weights]


def _assign(weights, values):
    for weight, value in zip(weights, values, strict=True):
        weight.assign(np.reshape(value, weight.shape))
