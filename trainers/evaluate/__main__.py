"""Evaluates a trained model on a corpus: a language model or a document model.

    python -m trainers.evaluate --model=runs/lm-embedded-standard-vmf --samples=1000
    python -m trainers.evaluate --model=saved_models/ptb_vmf --dataset=ptb
    python -m trainers.evaluate --model=runs/bow-20ng-vmf --data_dir=data

It prints a table and writes evaluation.json and figures to --output_dir: the evidence
lower bound averaged over many samples of the code, the importance-weighted bound,
mutual information and active units. For a language model there is also what probes can
predict from the code; for a document model the perplexity of held-out words, the topics
of the training documents and how well codes predict labels. If --model is a run folder
and the corpus is the run's own, the results are also added to its metrics.json.

Exit status: 0, 1 if the disk or the memory is full, 2 for bad input, 130 and 143 if
Ctrl-C and SIGTERM stopped it.
"""

from trainers.cli import program
from trainers.evaluate.flags import define_flags


def load():
    """Imports what needs TensorFlow; returns the function that evaluates."""
    from trainers.evaluate.run import run

    return run


def main() -> None:
    """Runs the program, also as tf-vmfvae-evaluate."""
    program.run(define_flags, load)


if __name__ == "__main__":
    main()
