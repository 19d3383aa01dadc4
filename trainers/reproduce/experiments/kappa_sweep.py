"""vMF models trained at each kappa."""

from trainers.reproduce.experiments.experiment import (
    NO_BOUND,
    Experiment,
    decoder_name,
    figure_of,
    weighted_figure,
    weighted_note,
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
# Columns that are drawn, by the label of their vertical axis.
DRAWN = {
    "test perplexity": "test PPL",
    "code gain, nats per sentence": "code gain",
    "mutual information, nats per sentence": "mutual information",
}


class KappaSweep(Experiment):
    """Bound, code gain and mutual information of vMF models by their kappa."""

    name = "kappa_sweep"
    title = "vMF models trained at each kappa: bounds, and what the code is worth"

    def runs(self, scale):
        runs = []
        for decoder in scale.swept:
            for kappa in scale.sweep:
                run = language_model(scale, "vmf", *decoder, kappa=kappa)
                runs += [run, evaluation(scale, run, scale.sweep_samples)]
        return runs

    def report(self, scale, found):
        rows, notes = [], []
        curves = {label: {} for label in DRAWN}
        for decoder in scale.swept:
            name = decoder_name(*decoder)
            own = [self._row(scale, decoder, kappa, found) for kappa in scale.sweep]
            rows += [list(row.values()) for row in own]
            for label, column in DRAWN.items():
                curves[label][name] = (scale.sweep, [row[column] for row in own])
            if best := _best(own):
                paper = PAPER_KAPPAS[PAPER[decoder].index(min(PAPER[decoder]))]
                notes.append(
                    f"{name}: the validation set chooses kappa {best['kappa']:g}, with "
                    f"a test PPL of {best['test PPL']:.2f}; the paper's lowest PPL is "
                    f"at {paper}."
                )
        weighted = weighted_note(scale, scale.sweep_samples)
        paper = {decoder_name(*x): (PAPER_KAPPAS, PAPER[x]) for x in scale.swept}
        panels = [
            # Only the first column has figures of the paper.
            Curves("kappa", label, measured, {} if place else paper)
            for place, (label, measured) in enumerate(curves.items())
        ]
        return Report([Table(COLUMNS, rows)], panels, [*notes, NO_BOUND, weighted])

    def _row(self, scale, decoder, kappa, found):
        """Returns a row of the table by column."""
        run = language_model(scale, "vmf", *decoder, kappa=kappa)
        evaluated = evaluation(scale, run, scale.sweep_samples)
        row = [
            decoder_name(*decoder),
            kappa,
            figure_of(found, run, "test", "kl"),
            figure_of(found, run, "validation", "ppl"),
            figure_of(found, run, "test", "ppl"),
            weighted_figure(found, evaluated, "ppl_iw"),
            figure_of(found, run, "test", "code_gain"),
            figure_of(found, evaluated, "information", "mutual_information"),
            dict(zip(PAPER_KAPPAS, PAPER[decoder], strict=True)).get(kappa),
        ]
        return dict(zip(COLUMNS, row, strict=True))


def _best(rows):
    """Returns the row that the validation set chooses, or `None` if all are empty."""
    done = [row for row in rows if row["validation PPL"] is not None]
    return min(done, key=lambda row: row["validation PPL"], default=None)
