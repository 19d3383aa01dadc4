"""What a finished run prints."""

import textwrap


def print_report(metrics: dict, model, corpus) -> None:
    """Prints the bounds and what the model writes.

    Args:
        metrics: the content of metrics.json.
        model: the best model.
        corpus: the corpus that it was trained on.
    """
    print(f"\nbest epoch: {metrics['best_epoch']}")
    for name in ("validation", "test"):
        bounds = metrics[name]
        print(
            f"{name}: NLL {bounds['nll']:.2f} nats a sentence (reconstruction "
            f"{bounds['reconstruction']:.2f}, KL {bounds['kl']:.2f}), "
            f"PPL {bounds['ppl']:.2f}, code gain {bounds['code_gain']:.2f} nats; "
            f"{bounds['examples']} sentences, {bounds['tokens']} words"
        )
    if metrics["entropy"] is not None:
        gap = metrics["test"]["nll"] - metrics["entropy"]
        print(
            f"true entropy: {metrics['entropy']:.2f} nats a sentence; the bound lies "
            f"{gap:.2f} above"
        )
    originals = corpus.test[:3]
    print("\nreconstructions:")
    for original, text in zip(originals, model.reconstruct(originals), strict=True):
        _item(original)
        _item(text, "  -> ")
    print("samples from the prior:")
    for text in model.generate(3, seed=1):
        _item(text)
    print("interpolation:")
    for text in model.interpolate(originals[0], originals[1]):
        _item(text)


def _item(text, mark="  "):
    indent = " " * (len(mark) + 2)
    print(textwrap.fill(text, 88, initial_indent=mark, subsequent_indent=indent))
