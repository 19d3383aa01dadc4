"""Prints the bound that a trained model would have at other concentrations.

    python -m analysis.kappas --model=saved_models/ptb_vmf_inputless_650 \
        --dataset=ptb --data_dir=data

The weights stay as they are. If the bound is better at a kappa that the weights were
not even trained for, the KL costs more than the code is worth to the decoder.
"""

import math
from collections.abc import Iterator, Sequence

import tensorflow as tf

from analysis import command_line
from analysis.command_line import UserError
from analysis.corpus import validation_sentences
from tf_vmfvae import evaluation, models
from tf_vmfvae.layers import FixedConcentrationLatent
from trainers.storage.trained_model import load_language_model

BATCH = 100
KAPPAS = (10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0, 160.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line for each kappa."""
    options = command_line.make_parser(
        __doc__,
        **command_line.MODEL,
        **command_line.CORPUS,
        kappas=(KAPPAS, "concentrations to try"),
    ).parse_args(arguments)
    model = load_language_model(options.model)
    latent = model.latent
    if not isinstance(latent, FixedConcentrationLatent):
        raise UserError(f"--model={options.model}: its latent has no fixed kappa")
    sentences = validation_sentences(options)
    trained_at = latent.training_kappa or latent.kappa
    print(f"trained at kappa {trained_at:g}; {len(sentences)} sentences, nats")
    print(f"{'kappa':>8}{'KL':>9}{'reconstruction':>16}{'NLL':>9}{'PPL':>9}")
    for kappa, kl, nll, ppl in bounds(model, sentences, options.kappas):
        print(f"{kappa:8g}{kl:9.2f}{nll:16.2f}{nll + kl:9.2f}{ppl:9.1f}")


def bounds(
    model: models.LanguageModel, sentences: Sequence[str], kappas: Sequence[float]
) -> Iterator[tuple[float, float, float, float]]:
    """Computes the bound at several concentrations.

    Args:
        model: a model whose latent has a fixed concentration.
        sentences: texts.
        kappas: concentrations to draw codes at.

    Yields:
        Each kappa, its KL, the mean reconstruction NLL of a sentence, both in nats, and
        the perplexity.
    """
    latent, ids = model.latent, model.to_ids(sentences)
    words = int(tf.size(ids.flat_values))

    @tf.function(reduce_retracing=True)
    def reconstruction(ids, kappa, seed):
        forward = evaluation.ForwardPass(model, ids)
        z = latent.posterior_at(forward.hidden, kappa).sample(seed=seed)
        return tf.reduce_sum(forward.reconstruction(z))

    for kappa in kappas:
        total = 0.0
        for start in range(0, len(sentences), BATCH):
            rows = ids[start : start + BATCH].to_tensor()
            seed = tf.constant([1, start])
            total += float(reconstruction(rows, tf.constant(kappa), seed))
        kl, nll = latent.exact_kl(kappa), total / len(sentences)
        yield kappa, kl, nll, math.exp((nll + kl) * len(sentences) / words)


if __name__ == "__main__":
    command_line.run(main)
