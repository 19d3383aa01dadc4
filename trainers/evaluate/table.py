"""The table that an evaluation prints."""


def print_table(results: dict) -> None:
    """Prints the results in evaluation.json, one per line.

    Args:
        results: the content of evaluation.json.
    """
    bounds = results["bounds"]
    print(
        f"\n{results['model']} on {results['dataset']}, {results['split']}: "
        f"{bounds['examples']} sentences, {bounds['tokens']} words with <eos>"
    )
    _line("", "nats per sentence", "PPL")
    _print_bounds(bounds)
    if "refined_bounds" in results:
        refined = results["refined_bounds"]
        print(f"with each posterior fitted to its sentence in {refined['steps']} steps")
        _print_bounds(refined)
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


def _print_bounds(bounds):
    samples = max(bounds["nll_iw"])
    _line(
        f"evidence lower bound, mean of {samples}",
        f"{bounds['nll']:.3f} +- {bounds['nll_standard_error']:.3f}",
        f"{bounds['ppl']:.2f}",
    )
    for samples, nll in bounds["nll_iw"].items():
        error = bounds["nll_iw_standard_error"][samples]
        # A single sample does not show how much the weights vary.
        shown = f"{nll:.3f} +- {error:.3f}" if samples > 1 else f"{nll:.3f}"
        name = f"importance-weighted, K = {samples}"
        _line(name, shown, f"{bounds['ppl_iw'][samples]:.2f}")
    _line("reconstruction", f"{bounds['reconstruction']:.3f}")
    _line("KL", f"{bounds['kl']:.3f}")


def _print_probes(probes):
    for name, probe in probes.items():
        if name == "cosine_after_swaps":
            swaps = "  ".join(f"{rate}: {cosine:.3f}" for rate, cosine in probe.items())
            print(f"cosine after swapping adjacent words  {swaps}")
        else:
            kind = "cosine" if "bag_of_words" in name else "accuracy"
            _line(
                f"{name.replace('_', ' ')}, {kind}",
                f"{probe['score']:.3f}",
                f"(constant answer: {probe['baseline']:.3f})",
            )


def _line(name, figure, more=""):
    print(f"{name:<50} {figure:>20}  {more}".rstrip())
