"""Language models whose decoder also reads the bag of words."""

from typing import ClassVar

from trainers.reproduce.experiments.language_modelling import LanguageModelling


class LanguageModellingBow(LanguageModelling):
    """The same language models, with the bag of words given to the decoder."""

    name = "language_modelling_bow"
    title = "Language models of PTB whose decoder also reads the bag of words"
    condition = "bow"
    paper: ClassVar = {
        ("standard", "none"): ("79 (-)", 43),
        ("standard", "gaussian"): ("79 (0.0)", 43),
        ("standard", "vmf"): ("73 (0.2)", 33),
        ("inputless", "none"): ("106 (-)", 152),
        ("inputless", "gaussian"): ("106 (0.4)", 153),
        ("inputless", "vmf"): ("93 (11.4)", 82),
    }
