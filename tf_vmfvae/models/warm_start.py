"""From a trained model to another that begins with what it knows."""

import numpy as np
from keras import ops

from tf_vmfvae.layers import Latent
from tf_vmfvae.models.nvrnn import NVRNN

# What both models have to agree in.
ALIKE = (
    "vocabulary",
    "embedding_dim",
    "hidden_dim",
    "num_layers",
    "condition",
    "condition_dim",
    "num_labels",
    "tie_embeddings",
)


def warm_start(model: NVRNN, pretrained: NVRNN) -> None:
    """Gives a model the weights of a trained one, as far as both have them.

    Embeddings, decoder and output weights are taken. Encoder and latent are, with the
    decoder's weights on the code, if both are of the same kind and shape; so is a prior
    that learns, if both have one of as many components. Where they are not, the code is
    a new one, which the decoder reads with weights of 0: it begins as the trained
    decoder that sees no code, for a plain language model with exactly its likelihood.
    So a language model is given a code, and a pre-trained autoencoder becomes a VAE
    (Li et al. 2019).

    Args:
        model: the `NVRNN` that is to be trained; changed in place.
        pretrained: the `NVRNN` to start from, left as it is.

    Raises:
        ValueError: if vocabulary, widths, layers or conditioning differ.

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
    _check_alike(model, pretrained)
    layers = list(zip(_readers(model), _readers(pretrained), strict=True))
    same_code = _code_of(model) == _code_of(pretrained)
    if same_code:
        layers += zip(_writers(model), _writers(pretrained), strict=True)
        if hasattr(model, "bag_map") and hasattr(pretrained, "bag_map"):
            layers.append((model.bag_map, pretrained.bag_map))
    for layer, trained in layers:
        _assign(layer, _values(trained))
    if same_code:
        _take_prior(model.latent, pretrained.latent)
    _take_first_layer(model, pretrained, same_code)
    _take_initial_states(model, pretrained, same_code)


def _check_alike(model, pretrained):
    wanted, given = model.get_config(), pretrained.get_config()
    for name in ALIKE:
        if wanted[name] != given[name]:
            values = "" if name == "vocabulary" else f": {given[name]}, {wanted[name]}"
            raise ValueError(f"the pretrained model has another {name}{values}")


def _readers(model):
    """Layers that are the same whatever the code is."""
    layers = [model.embedding, model.output_map, model.softmax]
    layers += model.sentence_decoder.layers[1:]
    told = {"bow": "bow_map", "label": "label_embedding"}.get(model.condition)
    return layers + ([getattr(model, told)] if told else [])


def _writers(model):
    """Layers that make the code, and that the decoder reads it through."""
    encoder = model.sentence_encoder
    return [*(encoder.layers if encoder else []), model.latent, *model.code_readers]


def _prior(latent):
    """The prior of a latent, if it is a layer that learns."""
    return latent.mixture_prior if isinstance(latent, Latent) else None


def _weights(layer):
    """What is trained of a layer, but for a prior: codes mean the same without it."""
    prior = _prior(layer)
    weights = prior.trainable_weights if prior else []
    return [
        weight
        for weight in layer.trainable_weights
        if not any(weight is other for other in weights)
    ]


def _code_width(model):
    """How much the decoder sees of a code."""
    if model.code_readers:
        return model.code_readers[-1].units
    return model.latent.latent_dim


def _code_of(model):
    """What two models agree in if a code can mean the same to both."""
    shapes = [
        (type(layer), [tuple(weight.shape) for weight in _weights(layer)])
        for layer in _writers(model)
    ]
    return shapes, model.get_config()["encoder_pooling"]


def _take_first_layer(model, pretrained, same_code):
    """The decoder's layer that reads, side by side, word, code and what is told."""
    layer, trained = (each.sentence_decoder.layers[0] for each in (model, pretrained))
    kernel, *others = _values(trained)
    word = model.get_config()["embedding_dim"]
    old, new = _code_width(pretrained), _code_width(model)
    of_code = kernel[word : word + old] if same_code else _zeros(new, kernel)
    kernel = np.concatenate([kernel[:word], of_code, kernel[word + old :]])
    _assign(layer, [kernel, *others])


def _take_prior(latent, trained):
    prior, other = _prior(latent), _prior(trained)
    if prior and other and prior.components == other.components:
        _assign(prior, _values(other))


def _take_initial_states(model, pretrained, same_code):
    for layer, trained in zip(
        model.sentence_decoder.state_maps,
        pretrained.sentence_decoder.state_maps,
        strict=True,
    ):
        # A decoder without a code begins with a state of zeros, and has no map.
        if layer.built:
            kernel, bias = (
                _values(trained)
                if trained.built
                else map(np.zeros_like, _values(layer))
            )
            kernel = kernel if same_code else _zeros(_code_width(model), kernel)
            _assign(layer, [kernel, bias])


def _zeros(rows, kernel):
    return np.zeros((rows, kernel.shape[1]), kernel.dtype)


def _values(layer):
    return [ops.convert_to_numpy(weight) for weight in _weights(layer)]


def _assign(layer, values):
    # Not `set_weights`, which takes the states of generators of noise too.
    for weight, value in zip(_weights(layer), values, strict=True):
        weight.assign(value)
