"""The output of a run: its documents at the start, and its model at the end."""

import textwrap

from trainers.bow.results import DocumentResults, find_results


def print_documents(corpus, train) -> None:
    """Prints the size of the corpus and of its batches.

    Args:
        corpus: a `tf_vmfvae.data.DocumentCorpus`.
        train: the `tf_vmfvae.data.DocumentBatches` of its training set.
    """
    for note in corpus.notes:
        print(f"note: {note}")
    print(
        f"{corpus.name}: {train.num_examples} training documents of "
        f"{train.num_words / train.num_examples:.1f} words, vocabulary of "
        f"{len(corpus.vocabulary)}; batches of {train.batch_size}"
    )


def print_document_report(
    metrics: dict, model, corpus, topics: int, results: DocumentResults | None = None
) -> None:
    """Prints the bounds, the topics, and how well codes predict the labels.

    Args:
        metrics: the content of metrics.json.
        model: the best model.
        corpus: the corpus that it was trained on.
        topics: number of topics to show.
        results: what `find_results` found, if it has been called.
    """
    print()
    if metrics.get("best_epoch") is not None:
        print(f"best epoch: {metrics['best_epoch']}")
    for name in ("validation", "test"):
        _print_bounds(name, metrics[name])
    if model.latent.is_empty:
        return
    results = results or find_results(model, corpus, topics)
    found = results.topics
    print(f"\n{len(found.sizes)} topics of the training documents, the largest first:")
    for size, words in zip(found.sizes, found.top_words, strict=True):
        line = f"{size:6d}  {' '.join(words)}"
        print(textwrap.fill(line, 88, subsequent_indent=" " * 8))
    _print_quality(results.quality)
    if corpus.train.labels is not None:
        _print_labels(results.labels, corpus.train.labels)


def _print_bounds(name, bounds):
    print(
        f"{name}: NLL {bounds['nll']:.2f} nats per document (reconstruction "
        f"{bounds['reconstruction']:.2f}, KL {bounds['kl']:.2f}), PPL "
        f"{bounds['ppl']:.1f}, by document {bounds['ppl_by_example']:.1f}; code gain "
        f"{bounds['code_gain']:.2f} nats; {bounds['examples']} documents, "
        f"{bounds['tokens']} words"
    )
    if not _has_figures(bounds, "_iw") or "iw_samples" not in bounds:
        return
    _print_weighted(bounds, bounds["iw_samples"])
    refined = bounds.get("refined", {})
    if all(_has_figures(refined, kind) for kind in ("", "_iw")):
        print(f"  posteriors fitted to their documents: {_figures(refined)}")
        _print_weighted(refined, refined.get("iw_samples", bounds["iw_samples"]), "  ")


def _print_weighted(bounds, samples, indent=""):
    figures = _figures(bounds, "_iw")
    print(f"{indent}  importance-weighted, {samples} samples: {figures}")


def _has_figures(bounds, kind):
    names = (f"nll{kind}", f"ppl{kind}", f"ppl{kind}_by_example")
    return all(name in bounds for name in names)


def _figures(bounds, kind=""):
    return (
        f"NLL {bounds[f'nll{kind}']:.2f}, PPL {bounds[f'ppl{kind}']:.1f}, by document "
        f"{bounds[f'ppl{kind}_by_example']:.1f}"
    )


def _print_quality(quality):
    if quality.npmi is None:
        print("note: no coherence: no topic has two words")
    else:
        print(f"coherence: NPMI {quality.npmi:.3f}, C_v {quality.c_v:.3f}", end="; ")
    print(f"diversity {quality.diversity:.2f}")
    if quality.purity is not None:
        print(
            f"top topics and labels of the test documents: purity {quality.purity:.3f},"
            f" NMI {quality.nmi:.3f}"
        )


def _print_labels(table, labels):
    if table is None:
        print(f"note: all training documents have one label, {labels[0]}")
        return
    print("\nlabels predicted     nearest neighbours    logistic regression")
    for name, accuracy in table.items():
        print(
            f"  from {name:12}  {accuracy.nearest_neighbours:18.1%}  "
            f"{accuracy.logistic_regression:21.1%}"
        )
