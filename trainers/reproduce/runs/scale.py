"""How large the runs of all experiments are."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from trainers.reproduce.runs.generated_documents import GeneratedDocuments


@dataclasses.dataclass(frozen=True)
class Scale:
    """How large the runs of all experiments are.

    Every system of a table has the same size and training, so that a smaller scale
    favours none of them.

    Attributes:
        name: its name.
        text: a sentence for --help, without the full stop.
        note: a sentence for its results.
        forked: whether runs are started as a `ForkedProgram`. Only short runs gain
            from that.
        sentences: flags of the runs of trainers.lm.
        reviews: the same for the Yelp reviews, or what stands in for them.
        documents: flags of the runs of trainers.bow.
        newswire: the same for RCV1, or what stands in for it.
        generated: the documents that stand in for RCV1; `None` to read RCV1 itself.
        evaluations: flags of every run of trainers.evaluate.
        depths: numbers of layers of the encoder and the decoder in the study of
            collapse.
        kappas: kappa in the tables of language models, for each decoder: its setting
            and its condition.
        reviews_kappas: values of kappa that the validation set chooses from, for the
            Yelp reviews, by setting.
        sweep: every kappa of the sweep.
        sweep_samples: codes per sentence in the evaluations of the sweep.
        swept: the decoders that the sweep trains.
        document_kappas: kappa of the document models, by dimension of the code.
        newswire_kappas: the same for RCV1.
    """

    name: str
    text: str
    note: str
    forked: bool
    sentences: Mapping[str, Any]
    reviews: Mapping[str, Any]
    documents: Mapping[str, Any]
    newswire: Mapping[str, Any]
    generated: GeneratedDocuments | None
    evaluations: Mapping[str, Any]
    depths: tuple[tuple[int, int], ...]
    kappas: Mapping[tuple[str, str], float]
    reviews_kappas: Mapping[str, tuple[float, ...]]
    sweep: tuple[float, ...]
    sweep_samples: int
    swept: tuple[tuple[str, str], ...]
    document_kappas: Mapping[int, float]
    newswire_kappas: Mapping[int, float]

    def in_precision(self, precision: str) -> "Scale":
        """Returns the scale with all models trained in a precision.

        Args:
            precision: a value of --precision, float32 or mixed_bfloat16.
        """
        trained = ("sentences", "reviews", "documents", "newswire")
        changed = {
            name: getattr(self, name) | {"precision": precision} for name in trained
        }
        return dataclasses.replace(self, **changed)
