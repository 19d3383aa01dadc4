"""Evaluation of models: bounds on the likelihood, and what the code knows."""

from tf_vmfvae.evaluation.active_units import ActiveUnits, active_units
from tf_vmfvae.evaluation.bleu import bleu, self_bleu
from tf_vmfvae.evaluation.bounds import Bounds, batch_totals, evaluate
from tf_vmfvae.evaluation.coherence import coherence
from tf_vmfvae.evaluation.forward_pass import ForwardPass
from tf_vmfvae.evaluation.held_out_perplexity import held_out_perplexity
from tf_vmfvae.evaluation.importance_weighted import (
    ImportanceWeightedBounds,
    importance_weighted,
)
from tf_vmfvae.evaluation.label_table import LabelAccuracy, label_table
from tf_vmfvae.evaluation.mutual_information import (
    MutualInformation,
    mutual_information,
)
from tf_vmfvae.evaluation.nearest_documents import nearest_documents
from tf_vmfvae.evaluation.perplexity import perplexity
from tf_vmfvae.evaluation.probes import (
    Probe,
    cosine_probe,
    label_probe,
    vector_probe,
)
from tf_vmfvae.evaluation.rank_biased_overlap import rank_biased_overlap
from tf_vmfvae.evaluation.refinement import Refinement
from tf_vmfvae.evaluation.score import score
from tf_vmfvae.evaluation.swap_sensitivity import swap_sensitivity, swap_words
from tf_vmfvae.evaluation.topic_quality import TopicQuality, topic_quality
from tf_vmfvae.evaluation.topics import Topics, find_topics
from tf_vmfvae.evaluation.word_importance import word_importance

__all__ = [
    "ActiveUnits",
    "Bounds",
    "ForwardPass",
    "ImportanceWeightedBounds",
    "LabelAccuracy",
    "MutualInformation",
    "Probe",
    "Refinement",
    "TopicQuality",
    "Topics",
    "active_units",
    "batch_totals",
    "bleu",
    "coherence",
    "cosine_probe",
    "evaluate",
    "find_topics",
    "held_out_perplexity",
    "importance_weighted",
    "label_probe",
    "label_table",
    "mutual_information",
    "nearest_documents",
    "perplexity",
    "rank_biased_overlap",
    "score",
    "self_bleu",
    "swap_sensitivity",
    "swap_words",
    "topic_quality",
    "vector_probe",
    "word_importance",
]
