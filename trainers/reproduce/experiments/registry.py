"""All experiments by name."""

from trainers.reproduce.experiments.collapse import Collapse
from trainers.reproduce.experiments.cosine_and_kl import CosineAndKL
from trainers.reproduce.experiments.documents import Documents
from trainers.reproduce.experiments.documents_rcv1 import DocumentsRCV1
from trainers.reproduce.experiments.kappa_sweep import KappaSweep
from trainers.reproduce.experiments.language_modelling import LanguageModelling
from trainers.reproduce.experiments.language_modelling_bow import LanguageModellingBow
from trainers.reproduce.experiments.language_modelling_yelp import (
    LanguageModellingYelp,
)
from trainers.reproduce.experiments.learned_kappa import LearnedKappa
from trainers.reproduce.experiments.sentences import Sentences
from trainers.reproduce.experiments.swaps_and_probes import SwapsAndProbes
from trainers.reproduce.experiments.word_importance import WordImportance

# The quick ones first.
EXPERIMENTS = {
    experiment.name: experiment
    for experiment in (
        CosineAndKL(),
        Documents(),
        DocumentsRCV1(),
        LanguageModelling(),
        LanguageModellingBow(),
        SwapsAndProbes(),
        WordImportance(),
        Sentences(),
        KappaSweep(),
        LanguageModellingYelp(),
        Collapse(),
        LearnedKappa(),
    )
}
