"""vMF models trained at each kappa."""

from trainers.reproduce.experiments.experiment import (
    NO_BOUND,
    Experiment,
    decoder_name,
    figure_of,
    weighted_figure,
)
from trainers.reproduce.reports.curves import Curves
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import evaluation, language_model

PAPER_KAPPAS = (5, 20, 35, 50, 65, 80, 95)
PAPER = {
    ("inputless", "none"): (552, 421, 306, 326, 298, 262, 278),
    ("inputless", "bow"): (128, 107, 89, 82, 95, 99, 108),
    ("standard", "none"): (110, 104, 98, 112, 140, 155, 171),
    ("standard", "bow"): (33, 35, 35, 37, 64, 76, 90),
}
COLUMNS = {
    "decoder": "",
    "kappa": "g",
    "KL": ".2f",
    "validation PPL": ".2f",
    "test PPL": ".2f",
    "test PPL, importance-weighted": ".2f",
    "code gain": ".2f",
    "mutual information": ".2f",
    "paper: PPL": "d",
}
# What the report reads after decoder, kappa and paper's perplexity.
FIGURES = (
    ("kl", "validation"),
    ("ppl", "validation"),
    ("ppl", "test"),
    ("code_gain", "test"),
)


class KappaSweep(Experiment):
    """Bound, code gain and mutual information of vMF models by their kappa."""

    name = "kappa_sweep"
    title = "vMF models trained at each kappa: bounds, and what the code is worth"

    def runs(self, scale):
        runs = []
        for decoder in scale.swept:
            for kappa in scale.sweep:
                run = language_model(scale, "vmf", *decoder, kappa=kappa)
                runs += [run, evaluation(scale, run)]
        return runs

    def report(self, scale, found):
        rows, notes, measured = [], [], {"PPL": {}, "code gain": {}, "MI": {}}
        for decoder in scale.swept:
            own = [self._row(scale, decoder, kappa, found) for kappa in scale.sweep]
            rows += own
            name = decoder_name(*decoder)
            columns = [dict(zip(COLUMNS, row, strict=True)) for row in own]
            for label, column in (
                ("PPL", "test PPL"),
                ("code gain", "code gain"),
                ("MI", "mutual information"),
            ):
                values = [row[column] for row in columns]
                measured[label][name] = (scale.sweep, values)
            done = [row for row in columns if row["validation PPL"] is not None]
            if done:
                best = min(done, key=lambda row: row["validation PPL"])
                paper = PAPER_KAPPAS[PAPER[decoder].index(min(PAPER[decoder]))]
                notes.append(
                    f"{name}: the validation set chooses kappa {best['kappa']:g}, with "
                    f"a test PPL of {best['test PPL']:.2f}; the paper's lowest PPL is "
                    f"at {paper}."
                )
        paper = {decoder_name(*x): (PAPER_KAPPAS, PAPER[x]) for x in scale.swept}
        nats = "nats per sentence"
        panels = [
            Curves("kappa", "test perplexity", measured["PPL"], paper),
            Curves("kappa", f"code gain, {nats}", measured["code gain"]),
            Curves("kappa", f"mutual information, {nats}", measured["MI"]),
        ]
        return Report([Table(COLUMNS, rows)], panels, [*notes, NO_BOUND])

    def _row(self, scale, decoder, kappa, found):
        run = language_model(scale, "vmf", *decoder, kappa=kappa)
        evaluated = evaluation(scale, run)
        kl, validation, test, gain = (
            figure_of(found, run, split, name) for name, split in FIGURES
        )
        information = figure_of(found, evaluated, "information", "mutual_information")
        paper = dict(zip(PAPER_KAPPAS, PAPER[decoder], strict=True)).get(kappa)
        weighted = weighted_figure(found, evaluated, "ppl_iw")
        bounds = [kl, validation, test, weighted, gain, information]
        return [decoder_name(*decoder), kappa, *bounds, paper]
