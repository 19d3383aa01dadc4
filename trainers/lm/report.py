"""The output of a run: its corpus at the start, and its model at the end."""

import textwrap


def print_corpus(corpus, model, train) -> None:
    """Prints the size of the corpus and of its batches.

    Args:
        corpus: a `tf_vmfvae.data.Corpus`.
        model: the model to be trained on it.
        train: the `tf_vmfvae.data.Batches` of its training set.
    """
    for note in corpus.notes:
        print(f"note: {note}")
    print(
        f"{corpus.name}: {train.num_examples} training sentences, "
        f"{model.tokenizer.vocabulary_size} words; batches of {train.batch_size} in "
        f"{len(train.bucket_lengths)} lengths, {train.padding_share:.1%} padding"
    )


def print_report(metrics: dict, model, corpus) -> None:
    """Prints the bounds, reconstructions, samples and an interpolation.

    Args:
        metrics: the content of metrics.json.
        model: the best model.
        corpus: the corpus that it was trained on.
    """
    print()
    if metrics.get("best_epoch") is not None:
        print(f"best epoch: {metrics['best_epoch']}")
    for name in ("validation", "test"):
        bounds = metrics[name]
        print(
            f"{name}: NLL {bounds['nll']:.2f} nats per sentence (reconstruction "
            f"{bounds['reconstruction']:.2f}, KL {bounds['kl']:.2f}), "
            f"PPL {bounds['ppl']:.2f}, code gain {bounds['code_gain']:.2f} nats; "
            f"{bounds['examples']} sentences, {bounds['tokens']} words"
        )
    # Not the entropy in metrics.json: earlier versions wrote one even when the
    # vocabulary did not have all words.
    if corpus.entropy is not None:
        gap = metrics["test"]["nll"] - corpus.entropy
        print(
            f"true entropy: {corpus.entropy:.2f} nats per sentence; the bound is "
            f"{gap:.2f} above it"
        )
    originals = corpus.test[:3]
    # A decoder with a condition reads the originals' words or labels.
    labels = corpus.labels and list(corpus.labels["test"][:3])
    print("\nreconstructions:")
    texts = model.reconstruct(originals, labels=labels)
    for original, text in zip(originals, texts, strict=True):
        _item(original)
        _item(text, "  -> ")
    print("samples from the prior:")
    for text in model.generate(len(originals), seed=1, texts=originals, labels=labels):
        _item(text)
    if len(originals) > 1:
        print("interpolation:")
        for text in model.interpolate(*originals[:2], labels=labels and labels[:2]):
            _item(text)


def _item(text, mark="  "):
    indent = " " * (len(mark) + 2)
    print(textwrap.fill(text, 88, initial_indent=mark, subsequent_indent=indent))
