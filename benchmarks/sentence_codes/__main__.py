r"""Compares the codes of sentences: Gaussian baselines and codes on spheres.

    python -m benchmarks.sentence_codes --data_dir=data --output_dir=runs/codes --tuning
    python -m benchmarks.sentence_codes --data_dir=data --output_dir=runs/codes

The protocol is the same for all codes: size, data, training and the number of tuning
runs, three each, of LSTMs of 200 units; `systems.py` lists them. The validation set
chooses among them, and the epoch. The final runs have LSTMs of 400 units and three
seeds. Each is evaluated on the test set: bounds with 100 samples, mutual information,
active units, and 500 reconstructions and samples, which the LSTM without a code scores.

Rows are added to --results as runs end, and a run that is there is not made again; the
file can be carried to another machine. Several processes can share an --output_dir.
Prints the table of all rows.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path

from analysis import command_line
from benchmarks.sentence_codes import results
from benchmarks.sentence_codes.systems import SYSTEMS, TRAINING
from trainers.cli.errors import UserError

RESULTS = Path(__file__).parents[2] / "docs" / "results" / "sentence_codes.csv"


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes the runs that are missing and prints the table; returns 1 if one failed."""
    options = command_line.make_parser(
        __doc__,
        data_dir=(None, "folder that holds ptb/ and yelp/; else they are downloaded"),
        **command_line.OUTPUT_DIR,
        results=(str(RESULTS), "CSV file of the results"),
        tuning=(False, "make the tuning runs rather than the final ones"),
        corpora=(("ptb",), "corpora: ptb, yelp, embedded"),
        settings=(("inputless", "standard"), "settings of the decoder"),
        systems=(tuple(SYSTEMS), "codes"),
        seeds=((1, 2, 3), "seeds of the final runs; tuning runs have seed 1"),
        hidden_dims=((200, 400), "LSTM units: of the tuning runs, of the final runs"),
    ).parse_args(arguments)
    _check(options)
    command_line.make_output_dir(options.output_dir)
    file = Path(options.results)
    failed = _run(options, file)
    print(f"\n{results.markdown(results.read(file))}")
    return int(failed)


def _check(options):
    for flag, choices in (
        ("corpora", TRAINING),
        ("settings", ("inputless", "standard")),
        ("systems", SYSTEMS),
    ):
        for name in getattr(options, flag):
            if name not in choices:
                raise UserError(f"--{flag}: {name}: choose among {', '.join(choices)}")
    if len(options.hidden_dims) != 2:
        raise UserError("--hidden_dims: give two, of the tuning and the final runs")
    results.read(Path(options.results))


def _run(options, file):
    """Makes the runs; returns whether one failed."""
    # Slow to import.
    from trainers.reproduce.runs.claim import claim
    from trainers.storage.folder_lock import FolderInUse

    failed = False
    for run in _runs(options, results.read(file)):
        name = run.training().name
        folder = options.output_dir / "runs"
        try:
            with claim(
                options.output_dir / "locks" / f"{run.stage}-{name}", folder / name
            ):
                # Read anew: another process may have finished it by now.
                done = {results.key_of(row) for row in results.read(file)}
                if results.key_of(vars(run)) in done:
                    continue
                print(f"\n{run}", flush=True)
                results.append(file, run.measure(folder, options.data_dir))
        except FolderInUse:
            print(f"{run}: another process works on it")
        except UserError as error:
            failed = True
            print(f"error: {error}", flush=True)
    return failed


def _runs(options, rows):
    """Returns the runs, those of the first seed first."""
    from benchmarks.sentence_codes.runs import CodeRun

    stage = "tuning" if options.tuning else "final"
    size = options.hidden_dims[0 if options.tuning else 1]
    runs = []
    for seed, corpus, setting, system in itertools.product(
        (1,) if options.tuning else options.seeds,
        options.corpora,
        options.settings,
        options.systems,
    ):
        if options.tuning:
            # There is nothing to choose among a single variant.
            found = SYSTEMS[system].variants(setting)
            variants = [results.named_flags(variant) for variant in found]
            chosen = variants if len(variants) > 1 else []
        else:
            chosen = [results.best_variant(rows, corpus, setting, system)]
        runs += [
            CodeRun(stage, corpus, setting, size, system, flags, seed)
            for flags in chosen
        ]
    return runs


if __name__ == "__main__":
    command_line.run(main)
