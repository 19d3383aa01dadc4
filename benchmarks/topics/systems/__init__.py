"""The systems that are compared: a module each, with a function `fit`.

They run in environments that do not share packages, so nothing here is imported until
a run needs it, and only `ours` may import the library.
"""

# System -> the module of its `fit`. All but ours run in the peers' environment.
MODULES = {
    "ours": "benchmarks.topics.systems.ours",
    "prodlda": "benchmarks.topics.systems.prodlda",
    "etm": "benchmarks.topics.systems.etm",
    "ecrtm": "benchmarks.topics.systems.ecrtm",
    "lda": "benchmarks.topics.systems.lda",
    "nmf": "benchmarks.topics.systems.nmf",
}
NAMES = {
    "ours": "ours",
    "prodlda": "ProdLDA (TopMost)",
    "etm": "ETM (TopMost)",
    "ecrtm": "ECRTM (TopMost)",
    "lda": "LDA (tomotopy)",
    "nmf": "NMF (scikit-learn)",
}
