"""How large the runs of all experiments are."""

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Scale:
    """How large the runs of all experiments are.

    Every system of a table has the same size and training, so that a smaller scale
    favours none of them.

    Attributes:
        name: its name.
        text: a sentence for --help, without the full stop.
        note: a sentence for its results.
        sentences: flags of every run of trainers.lm.
        documents: flags of every run of trainers.bow.
        evaluations: flags of every run of trainers.evaluate.
        anneal_epochs: epochs over which the KL's weight rises where it is annealed;
            `None` for half of all epochs.
        layers: layers of the deep model in the study of collapse.
        kappas: kappa in the tables of language models, for each decoder: its setting
            and its condition.
        sweep: every kappa of the sweep.
        swept: the decoders that the sweep trains.
        document_kappas: kappa of the document models, by dimension of the code.
    """

    name: str
    text: str
    note: str
    sentences: Mapping[str, Any]
    documents: Mapping[str, Any]
    evaluations: Mapping[str, Any]
    anneal_epochs: float | None
    layers: int
    kappas: Mapping[tuple[str, str], float]
    sweep: tuple[float, ...]
    swept: tuple[tuple[str, str], ...]
    document_kappas: Mapping[int, float]
