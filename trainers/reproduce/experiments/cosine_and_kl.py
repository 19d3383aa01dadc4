"""What a code of a given kappa costs and how noisy it is; no model is trained."""

from trainers.reproduce.experiments.experiment import Experiment
from trainers.reproduce.library.kl_and_cosine import kl_and_cosine
from trainers.reproduce.reports.curves import Curves
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.table import Table

DIMENSIONS = (25, 100)
KAPPAS = (1.0, *(float(kappa) for kappa in range(5, 205, 5)))
# Those of the table; the figure has all.
SHOWN = (1.0, 5.0, 10.0, 20.0, 35.0, 50.0, 80.0, 100.0, 150.0, 200.0)


class CosineAndKL(Experiment):
    """Mean cosine between code and mean direction, and the KL, against kappa."""

    name = "cosine_and_kl"
    title = "Cosine to the mean direction and exact KL against kappa; trains nothing"

    def report(self, scale, found):
        values = {d: kl_and_cosine(d, KAPPAS) for d in DIMENSIONS}
        columns, cosines, kls = {"kappa": "g"}, {}, {}
        for d, (kl, cosine) in values.items():
            columns |= {f"cosine, d = {d}": ".4f", f"KL, d = {d}": ".4f"}
            cosines[f"d = {d}"] = (KAPPAS, cosine)
            kls[f"d = {d}"] = (KAPPAS, kl)
        rows = []
        for kappa in SHOWN:
            place = KAPPAS.index(kappa)
            row = [kappa]
            for kl, cosine in values.values():
                row += [cosine[place], kl[place]]
            rows.append(row)
        panels = [
            Curves("kappa", "mean cosine to the mean direction", cosines),
            Curves("kappa", "KL from the uniform prior, nats", kls),
        ]
        notes = [
            "Exact values, from the distribution alone; the same at every scale. The "
            "paper shows them in its figure 3."
        ]
        return Report([Table(columns, rows)], panels, notes)
