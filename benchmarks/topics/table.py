"""The table of results: means over the seeds, with their standard deviations."""

import itertools
from collections.abc import Iterable

from benchmarks.spread import mean_and_spread
from benchmarks.topics import systems

# Column -> its key in the results of a run, and how it is printed.
COLUMNS = {
    "NPMI": ("npmi", ".3f"),
    "C_v": ("c_v", ".3f"),
    "diversity": ("diversity", ".2f"),
    "inverted RBO": ("inverted_rbo", ".3f"),
    "purity": ("purity", ".3f"),
    "NMI": ("nmi", ".3f"),
    "perplexity": ("perplexity", ".0f"),
    "fit, s": ("fit_seconds", ".1f"),
    "fit, CPU s": ("fit_cpu_seconds", ".1f"),
    "transform, s": ("transform_seconds", ".1f"),
    "memory, GiB": ("peak_memory_gib", ".2f"),
}


def markdown(results: Iterable[dict]) -> str:
    """Returns a table in Markdown for each corpus and number of topics.

    Args:
        results: results of runs, as `Run.results` returns them, in any order.
    """
    key = _corpus_and_topics
    groups = itertools.groupby(sorted(results, key=key), key)
    return "\n\n".join(
        f"{corpus}, {topics} topics\n\n{_table(list(group))}"
        for (corpus, topics), group in groups
    )


def _corpus_and_topics(result):
    return result["corpus"], result["topics"]


def _table(results):
    rows = [["system", "seeds", *COLUMNS]]
    rows.append(["---"] * len(rows[0]))
    for system in systems.NAMES:
        own = [result for result in results if result["system"] == system]
        if own:
            cells = (_cell(own, *column) for column in COLUMNS.values())
            rows.append([systems.NAMES[system], str(len(own)), *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(results, key, form):
    values = [result.get(key) for result in results]
    if None in values:
        return "–"  # noqa: RUF001
    return mean_and_spread(values, form)
