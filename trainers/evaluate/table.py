"""The table that an evaluation prints."""


def print_table(results: dict, example: str) -> None:
    """Prints the results in evaluation.json, one per line.

    Args:
        results: the content of evaluation.json.
        example: what the model reads, "sentence" or "document".
    """
    bounds = results["bounds"]
    is_documents = example == "document"
    print(
        f"\n{results['model']} on {results['dataset']}, {results['split']}: "
        f"{bounds['examples']} {example}s, {bounds['tokens']} words"
        + ("" if is_documents else " with <eos>")
    )
    _line("", f"nats per {example}", _ppl("PPL", is_documents and "by document"))
    _print_bounds(bounds, is_documents)
    if "refined_bounds" in results:
        refined = results["refined_bounds"]
        steps = refined["steps"]
        print(f"with each posterior fitted to its {example} in {steps} steps")
        _print_bounds(refined, is_documents)
        print("without fitting, from the encoder alone")
    _line("code gain", f"{results['code_gain']:.3f}")
    information = results["information"]
    _line(
        "mutual information (at most "
        f"log {information['examples']} = {information['limit']:.2f})",
        f"{information['mutual_information']:.3f} "
        f"+- {information['standard_error']:.3f}",
    )
    _line("KL of the aggregate posterior", f"{information['marginal_kl']:.3f}")
    units = results["units"]
    _line("active units", f"{units['active_units']} of {units['latent_dim']}")
    _line("effective dimension", f"{units['effective_dimension']:.1f}")
    _print_probes(results.get("probes", {}))
    _print_generation(results.get("generation", {}))
    if is_documents:
        _print_documents(results)


def _print_bounds(bounds, is_documents):
    samples = max(bounds["nll_iw"])
    _line(
        f"evidence lower bound, mean of {samples}",
        f"{bounds['nll']:.3f} +- {bounds['nll_standard_error']:.3f}",
        _ppl(
            f"{bounds['ppl']:.2f}", is_documents and f"{bounds['ppl_by_example']:.2f}"
        ),
    )
    for samples, nll in bounds["nll_iw"].items():
        error = bounds["nll_iw_standard_error"][samples]
        # A single sample does not show how much the weights vary.
        shown = f"{nll:.3f} +- {error:.3f}" if samples > 1 else f"{nll:.3f}"
        name = f"importance-weighted, K = {samples}"
        by_example = f"{bounds['ppl_iw_by_example'][samples]:.2f}"
        ppl = _ppl(f"{bounds['ppl_iw'][samples]:.2f}", is_documents and by_example)
        _line(name, shown, ppl)
    _line("reconstruction", f"{bounds['reconstruction']:.3f}")
    _line("KL", f"{bounds['kl']:.3f}")


def _print_probes(probes):
    swaps = {"cosine_after_swaps": "adjacent", "cosine_after_any_swaps": "any two"}
    for name, probe in probes.items():
        if name in swaps:
            cosines = "  ".join(f"{rate}: {x:.3f}" for rate, x in probe.items())
            print(f"cosine after swapping {swaps[name]} words  {cosines}")
        elif name == "word_importance":
            cosines = "  ".join(
                f"{ranks}: {group['cosine']:.3f}"
                for ranks, group in probe["by_rank"].items()
            )
            print(f"cosine after hiding a word, by its rank  {cosines}")
        else:
            is_vector = "bag_of_words" in name or "embedding" in name
            kind = "cosine" if is_vector else "accuracy"
            _line(
                f"{name.replace('_', ' ')}, {kind}",
                f"{probe['score']:.3f}",
                f"(constant answer: {probe['baseline']:.3f})",
            )


def _print_generation(found):
    names = {
        "reconstruction_bleu": "BLEU of {texts} greedy reconstructions",
        "self_bleu": "self-BLEU of {texts} samples",
        "forward_ppl": "forward perplexity of {texts} samples",
    }
    for name, text in names.items():
        if name in found:
            digits = 2 if name == "forward_ppl" else 3
            _line(text.format(**found), f"{found[name]:.{digits}f}")


def _print_documents(results):
    ppl = results["held_out_ppl"]
    if ppl is not None:
        _line("perplexity of held-out words", f"{ppl:.2f}")
    quality = results.get("topics", {})
    names = {
        "topics": "topics of the training documents",
        "npmi": "coherence of the topics, NPMI",
        "c_v": "coherence of the topics, C_v",
        "diversity": "diversity of the topics",
        "inverted_rbo": "inverted rank-biased overlap of the topics",
        "purity": "purity of the top topics' labels",
        "nmi": "mutual information of top topic and label, NMI",
    }
    for name, text in names.items():
        value = quality.get(name)
        if value is not None:
            _line(text, str(value) if name == "topics" else f"{value:.3f}")
    for name, accuracy in results.get("labels", {}).items():
        _line(
            f"labels from {name}, by nearest neighbours",
            f"{accuracy['nearest_neighbours']:.3f}",
            f"(by logistic regression: {accuracy['logistic_regression']:.3f})",
        )


def _ppl(ppl, by_document):
    """Returns both perplexities of documents, or the only one of sentences."""
    return f"{ppl:>8}  {by_document:>11}" if by_document else ppl


def _line(name, figure, more=""):
    print(f"{name:<50} {figure:>20}  {more}".rstrip())
