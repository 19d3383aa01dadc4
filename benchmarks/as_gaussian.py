"""A Gaussian model that begins where a trained vMF model ends.

    python -m benchmarks.as_gaussian --model=saved_models/ptb_vmf_inputless_650 \
        --dataset=ptb --data_dir=data --output_dir=runs/as_gaussian

leaves a model for `trainers.lm --latent=gaussian --pretrained`: so it has what the vMF
model was trained for, and its own training on top. Encoder and decoder are the vMF
model's. The Gaussian posterior has, on the average, its signal and its noise: means
along its mean directions, one variance everywhere, in the scale of the prior. What a
Gaussian can do beyond, a length and a variance of each sentence's own, it has to learn.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from benchmarks import trained_model
from tf_vmfvae import layers, models

BATCH = 100


def main() -> int:
    """Saves the model and prints both models' bounds on validation sentences."""
    parser = trained_model.make_parser(__doc__)
    trained_model.add_corpus_flags(parser)
    parser.add_argument("--output_dir", type=Path, required=True)
    options = parser.parse_args()
    trained = trained_model.load(parser, options.model)
    if not isinstance(trained.latent, layers.VonMisesFisherLatent):
        parser.error(f"--model={options.model}: its code is no vMF's of fixed kappa")
    sentences = trained_model.load_validation(parser, options)
    model = as_gaussian(trained, sentences)
    options.output_dir.mkdir(parents=True, exist_ok=True)
    model.save(options.output_dir / "model.keras")
    print(f"{len(sentences)} sentences, nats: reconstruction, KL")
    for name, each in {"vMF": trained, "Gaussian": model}.items():
        reconstruction, kl = _mean_bound(each, sentences)
        print(f"{name:>8}{reconstruction:9.2f}{kl:9.2f}")
    return 0


def as_gaussian(trained: models.NVRNN, sentences: list[str]) -> models.NVRNN:
    """Returns a Gaussian model with the weights of a vMF one.

    Args:
        trained: the model with a `VonMisesFisherLatent`, left as it is.
        sentences: texts, over which the length of the Gaussian's means is set.
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

    # A unit vector's coordinates have, under the prior, the spread 1 / sqrt(dim).
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


def _batches(sentences):
    return (
        sentences[start : start + BATCH] for start in range(0, len(sentences), BATCH)
    )


def _hidden(model, texts):
    return model.encoder(model.to_ids(texts).to_tensor())


def _mean_length(model, sentences):
    """The length of the vMF's mean directions before they are normalised."""
    lengths = [
        tf.norm(model.latent.mean_direction(_hidden(model, texts)), axis=-1)
        for texts in _batches(sentences)
    ]
    return float(tf.reduce_mean(tf.concat(lengths, axis=0)))


def _mean_bound(model, sentences):
    """Means of reconstruction and KL, each sentence decoded once."""
    outputs = [model(model.to_ids(texts).to_tensor()) for texts in _batches(sentences)]
    return [
        float(tf.reduce_mean(tf.concat([output[name] for output in outputs], axis=0)))
        for name in ("reconstruction", "kl")
    ]


if __name__ == "__main__":
    sys.exit(main())
