"""Figures of an evaluation."""

from pathlib import Path

import matplotlib.figure

from trainers.storage.atomic_file import atomic_file

INK, ACCENT = "#33475b", "#c2571a"


def draw(results: dict, folder: Path, example: str) -> list[Path]:
    """Draws the figures of evaluation.json as PNG files.

    Args:
        results: the content of evaluation.json.
        folder: where to write the files.
        example: what the model reads, such as "sentence".

    Returns:
        The files' paths.
    """
    drawings = {"bounds.png": _draw_bounds}
    if results["units"]["latent_dim"]:
        drawings["units.png"] = _draw_units
    if "probes" in results:
        drawings["swaps.png"] = _draw_swaps
    files = []
    for name, drawing in drawings.items():
        figure = matplotlib.figure.Figure(figsize=(6, 4), layout="constrained")
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        drawing(axes, results, example)
        with atomic_file(folder / name) as partial:
            figure.savefig(partial, dpi=150, format="png")
        files.append(folder / name)
    return files


def _draw_bounds(axes, results, example):
    bounds = results["bounds"]
    samples, nll = list(bounds["nll_iw"]), list(bounds["nll_iw"].values())
    errors = list(bounds["nll_iw_standard_error"].values())
    axes.errorbar(
        samples, nll, yerr=errors, fmt="o-", color=ACCENT, label="importance-weighted"
    )
    axes.axhline(bounds["nll"], color=INK, label="evidence lower bound")
    error = bounds["nll_standard_error"]
    axes.axhspan(bounds["nll"] - error, bounds["nll"] + error, color=INK, alpha=0.2)
    axes.set_xscale("log")
    axes.set_xlabel("samples of the code")
    axes.set_ylabel(f"negative bound, nats per {example}")
    axes.legend(frameon=False)


def _draw_units(axes, results, example):
    units = results["units"]
    axes.bar(range(1, units["latent_dim"] + 1), units["variances"], color=INK)
    axes.axhline(0.01, color=ACCENT, linewidth=1, label="active above 0.01")
    axes.set_yscale("log")
    axes.set_xlabel("unit, most active first")
    axes.set_ylabel("variance of the location / prior variance")
    axes.legend(frameon=False)


def _draw_swaps(axes, results, example):
    curves = {"the next": "cosine_after_swaps", "any": "cosine_after_any_swaps"}
    lowest = 0.0
    for (partner, name), colour in zip(curves.items(), (INK, ACCENT), strict=True):
        swaps = results["probes"][name]
        label = f"swapped with {partner} word"
        axes.plot(list(swaps), list(swaps.values()), "o-", color=colour, label=label)
        lowest = min(lowest, *swaps.values())
    axes.set_ylim(lowest, 1.02)
    axes.set_xlabel("probability that a word is swapped")
    axes.set_ylabel(f"cosine with the code of the original {example}")
    axes.legend(frameon=False)
