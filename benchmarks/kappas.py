"""What a trained model's bound would be with another kappa, its weights as they are.

    python -m benchmarks.kappas --model=saved_models/ptb_vmf_inputless \
        --dataset=ptb --data_dir=data

Where another kappa does better with weights that were not even trained for it, the
code's price is out of proportion to what the decoder makes of it. Validation sentences.
"""

import math
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from benchmarks import trained_model
from tf_vmfvae.layers import FixedConcentrationLatent

BATCH = 100


def main() -> int:
    """Prints a line for each kappa."""
    parser = trained_model.make_parser(__doc__)
    trained_model.add_corpus_flags(parser)
    parser.add_argument(
        "--kappa",
        type=float,
        nargs="+",
        default=[10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0, 160.0],
    )
    options = parser.parse_args()
    model = trained_model.load(parser, options.model)
    latent = model.latent
    if not isinstance(latent, FixedConcentrationLatent):
        parser.error(f"--model={options.model}: its latent has no fixed concentration")
    ids = model.to_ids(trained_model.load_validation(parser, options))
    sentences, words = int(ids.nrows()), int(tf.size(ids.flat_values))

    @tf.function(reduce_retracing=True)
    def reconstruction(ids, kappa, seed):
        z = latent.posterior_at(model.encoder(ids), kappa).sample(seed=seed)
        return tf.reduce_sum(model.likelihood([ids, z]))

    trained_at = latent.training_kappa or latent.kappa
    print(f"trained at kappa {trained_at:g}; {sentences} sentences, nats")
    print(f"{'kappa':>8}{'KL':>9}{'reconstruction':>16}{'NLL':>9}{'PPL':>9}")
    for kappa in options.kappa:
        total = 0.0
        for start in range(0, sentences, BATCH):
            rows = ids[start : start + BATCH].to_tensor()
            seed = tf.constant([1, start])
            total += float(reconstruction(rows, tf.constant(kappa), seed))
        kl, nll = latent.exact_kl(kappa), total / sentences
        ppl = math.exp((nll + kl) * sentences / words)
        print(f"{kappa:8g}{kl:9.2f}{nll:16.2f}{nll + kl:9.2f}{ppl:9.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
