"""Document models of RCV1, or of generated documents in its form."""

from typing import ClassVar

from trainers.reproduce.experiments.documents import Documents
from trainers.reproduce.experiments.experiment import CODES
from trainers.reproduce.runs.model_runs import newswire_model


class DocumentsRCV1(Documents):
    """Test perplexities of document models with the sizes of the paper's for RCV1."""

    name = "documents_rcv1"
    title = "Document models in the form of RCV1: Gaussian and vMF, by the size of code"
    paper: ClassVar = {
        ("gaussian", 50): 563,
        ("gaussian", 200): 550,
        ("vmf", 25): 558,
        ("vmf", 50): 529,
        ("vmf", 200): 609,
    }

    def _notes(self, scale):
        if scale.generated is None:
            return []
        made = scale.generated
        return [
            f"The documents are not RCV1, which cannot be downloaded: {made.count} "
            f"generated documents of {made.words} words, from a vocabulary of "
            f"{made.vocabulary_size} words, about 20 planted topics. The paper's "
            "figures say nothing about them. At the scales cpu and paper, RCV1 is read "
            "if --data_dir holds rcv1/."
        ]

    def _models(self, scale):
        for dimensions in scale.newswire_kappas:
            for latent in CODES:
                yield dimensions, latent, newswire_model(scale, latent, dimensions)
