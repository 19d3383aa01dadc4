"""Flags of trainers.evaluate."""

from absl import flags

from trainers.cli import paths
from trainers.cli.defaults import Derived
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import integers
from trainers.storage.model_file import check_model


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values, check=check)
    own.path(
        "model",
        "A run folder, a .keras file, or a preset: its name or folder. Required.",
        default=None,
    )
    own.choice(
        "dataset",
        "Corpus to evaluate on; text: your own. Language models read embedded, ptb, "
        "yelp and text; document models read embedded, 20ng, rcv1, octis and text.",
        ["embedded", "ptb", "yelp", "20ng", "rcv1", "octis", "text"],
        default=Derived("the one that the run folder names"),
    )
    own.path(
        "data_dir",
        "Where the corpus is, as for trainers.lm and trainers.bow: the folder that "
        "holds ptb/, yelp/, 20ng/ or rcv1/; for octis, the folder that holds "
        "corpus.tsv and vocabulary.txt; or your own text.",
        default=None,
    )
    own.path(
        "labels",
        "For --dataset=text: a file with one label per line or, for a language model "
        "and a folder of text files, a folder of such files.",
        default=None,
    )
    own.choice(
        "split",
        "Split of the corpus to evaluate on.",
        ["train", "validation", "test"],
        default="test",
    )
    own.integer(
        "samples", "Codes sampled per example.", integers(1, 100_000), default=100
    )
    own.integer(
        "refine_steps",
        "Steps that fit each posterior to its example, for a second set of bounds. A "
        "step takes as long as training on the example eight times.",
        integers(1, 100_000),
        default=None,
    )
    own.integer(
        "examples",
        "Evaluate only this many examples, from the start of the split.",
        integers(2, 1_000_000_000),
        default=Derived("all"),
    )
    own.integer(
        "probe_examples",
        "For a language model: training sentences that the probes are fitted to.",
        integers(20, 1_000_000_000),
        default=Derived("at most 5000"),
    )
    own.integer(
        "texts",
        "For a language model: sentences that it reconstructs, and as many that it "
        "samples, for their BLEU and self-BLEU.",
        integers(2, 100_000),
        default=None,
    )
    own.path(
        "language_model",
        "Language model that scores these samples: a run of --latent=none, a .keras "
        "file, or a preset.",
        default=None,
    )
    own.integer(
        "topics",
        "For a document model: topics to find in the training documents.",
        integers(1, 10_000),
        default=Derived("as many as the run shows, else 20"),
    )
    own.integer("batch_size", "Examples per batch.", integers(1, 1_000_000), default=32)
    own.integer(
        "memory_mb",
        "Approximate memory for decoding, in MiB.",
        integers(1, 1_000_000),
        default=512,
    )
    own.integer(
        "seed",
        "Seed of the codes, the probes and the choice of held-out words.",
        integers(0, 1_000_000_000),
        default=1,
    )
    own.path(
        "output_dir",
        "Folder for the results.",
        default=Derived("evaluation-DATASET-SPLIT next to the model"),
    )
    return own


def check(settings: dict) -> None:
    """Checks the files and folders that the flags name.

    Raises:
        UserError: if one cannot be used.
    """
    check_model(settings["model"])
    if settings["language_model"]:
        if settings["texts"] is None:
            raise UserError(
                "--language_model: scores samples; give their number as --texts"
            )
        check_model(settings["language_model"], "language_model")
    if settings["data_dir"]:
        paths.check_input(settings["data_dir"], "data_dir")
    if settings["labels"]:
        paths.check_input(settings["labels"], "labels", pipes=True)
    if settings["output_dir"]:
        paths.check_output_folder(settings["output_dir"])
