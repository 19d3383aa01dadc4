"""Turns a trained vMF model into a Gaussian model to start training from.

    python -m analysis.as_gaussian --model=saved_models/ptb_vmf_inputless_650 \
        --dataset=ptb --data_dir=data --output_dir=runs/as_gaussian

writes a model for `trainers.lm --latent=gaussian --pretrained`, so that the Gaussian
model builds on the vMF model's training. It has the vMF model's encoder and decoder. On
average its posterior has the same signal and noise: the means lie along the mean
directions, and there is one variance for all, at the scale of the prior. What else a
Gaussian can do, a length and variances for each sentence, is left to training.
"""

from collections.abc import Iterator, Sequence

import keras
import tensorflow as tf

from analysis import command_line
from analysis.command_line import UserError
from analysis.corpus import validation_sentences
from tf_vmfvae import layers, models
from trainers.storage.trained_model import load_language_model

BATCH = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Saves the model and prints both models' bounds on validation sentences."""
    options = command_line.make_parser(
        __doc__,
        **command_line.MODEL,
        **command_line.CORPUS,
        **command_line.OUTPUT_DIR,
    ).parse_args(arguments)
    trained = load_language_model(options.model)
    if not isinstance(trained.latent, layers.VonMisesFisherLatent):
        raise UserError(
            f"--model={options.model}: its latent is not a vMF with a fixed kappa"
        )
    command_line.make_output_dir(options.output_dir)
    sentences = validation_sentences(options)
    model = as_gaussian(trained, sentences)
    model.save(options.output_dir / "model.keras")
    print(f"{len(sentences)} sentences, nats: reconstruction, KL")
    for name, each in {"vMF": trained, "Gaussian": model}.items():
        reconstruction, kl = _mean_bound(each, sentences)
        print(f"{name:>8}{reconstruction:9.2f}{kl:9.2f}")


def as_gaussian(trained: models.NVRNN, sentences: Sequence[str]) -> models.NVRNN:
    """Returns a Gaussian model with the weights of a vMF model.

    Args:
        trained: a model with a `VonMisesFisherLatent`; it is not changed.
        sentences: texts; their codes set the length of the Gaussian's means.
    """
    dim = trained.latent.latent_dim
    latent = layers.GaussianLatent(dim, seed=trained.latent.seed)
    config = trained.get_config()
    config["latent"] = keras.saving.serialize_keras_object(latent)
    model = models.NVRNN.from_config(config)
    values = {weight.path: weight for weight in trained.trainable_weights}
    own = {id(weight) for weight in model.latent.trainable_weights}
    for weight in model.trainable_weights:
        if id(weight) not in own:
            weight.assign(values[weight.path])

    # Under the vMF's prior, coordinates have standard deviation 1 / sqrt(dim).
    resultant = float(tf.norm(trained.latent.posterior(_hidden(trained, [""])).mean()))
    kernel, bias = trained.latent.mean_direction.trainable_weights
    length = dim**0.5 * resultant / _mean_length(trained, sentences)
    model.latent.mean.kernel.assign(kernel * length)
    model.latent.mean.bias.assign(bias * length)
    log_variance = model.latent.log_variance
    log_variance.kernel.assign(tf.zeros_like(log_variance.kernel))
    variance = tf.fill([dim], 1.0 - resultant**2)
    log_variance.bias.assign(tf.math.log(variance))
    return model


def _batches(sentences: Sequence[str]) -> Iterator[Sequence[str]]:
    return (
        sentences[start : start + BATCH] for start in range(0, len(sentences), BATCH)
    )


def _hidden(model, texts):
    return model.encoder(model.to_ids(texts).to_tensor())


def _mean_length(model, sentences):
    """Returns the mean length of the vMF's mean directions before normalisation."""
    lengths = [
        tf.norm(model.latent.mean_direction(_hidden(model, texts)), axis=-1)
        for texts in _batches(sentences)
    ]
    return float(tf.reduce_mean(tf.concat(lengths, axis=0)))


def _mean_bound(model, sentences):
    """Returns the mean reconstruction NLL and KL, from one code for each sentence."""
    outputs = [model(model.to_ids(texts).to_tensor()) for texts in _batches(sentences)]
    return [
        float(tf.reduce_mean(tf.concat([output[name] for output in outputs], axis=0)))
        for name in ("reconstruction", "kl")
    ]


if __name__ == "__main__":
    command_line.run(main)
