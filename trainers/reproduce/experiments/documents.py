"""Document models of 20 Newsgroups."""

from typing import ClassVar

from trainers.reproduce.experiments.experiment import (
    CODES,
    NO_BOUND,
    Experiment,
    figure_of,
)
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import document_model

FIGURES = {
    "KL": "kl",
    "code gain": "code_gain",
    "PPL": "ppl",
    "PPL by document": "ppl_by_example",
    "PPL, importance-weighted": "ppl_iw",
    "the same by document": "ppl_iw_by_example",
}


class Documents(Experiment):
    """Test perplexities of document models with a Gaussian and a vMF code."""

    name = "documents"
    title = "Document models of 20NG: Gaussian and vMF, by the size of the code"
    # The paper's test perplexities, by model and dimension of the code.
    paper: ClassVar = {
        ("gaussian", 50): 836,
        ("gaussian", 200): 852,
        ("vmf", 25): 793,
        ("vmf", 50): 830,
        ("vmf", 200): 851,
    }

    def runs(self, scale):
        return [run for _, _, run in self._models(scale)]

    def report(self, scale, found):
        rows = []
        for dimensions, latent, run in self._models(scale):
            figures = [figure_of(found, run, "test", name) for name in FIGURES.values()]
            paper = self.paper.get((latent, dimensions))
            rows.append([dimensions, CODES[latent], *figures, paper])
        columns = {
            "dimensions": "d",
            "model": "",
            "KL": ".2f",
            **dict.fromkeys(list(FIGURES)[1:], ".1f"),
            "paper: PPL": "d",
        }
        notes = [
            "PPL is exp(total NLL / total words); by document, the mean of NLL / words "
            "over documents, exponentiated.",
            *self._notes(scale),
            NO_BOUND,
        ]
        return Report([Table(columns, rows)], notes=notes)

    def _notes(self, scale):
        """Returns what a reader has to know about this corpus."""
        return [
            "The paper gives kappa for 25 dimensions only, 100; here it is the same "
            "for all."
        ]

    def _models(self, scale):
        """Yields the size of the code, the latent and the run of each model."""
        for dimensions in scale.document_kappas:
            for latent in CODES:
                yield dimensions, latent, document_model(scale, latent, dimensions)
