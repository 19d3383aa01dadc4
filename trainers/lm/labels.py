"""Where the labels of a corpus come from."""

# What sentences of the embedded corpus are labelled by.
EMBEDDED = "topic"


def labels_of(dataset: str, labels: str | None, are_read: bool) -> str | None:
    """Returns the argument `labels` of `tf_vmfvae.data.load`.

    Args:
        dataset: the value of --dataset.
        labels: the value of --labels.
        are_read: whether the model reads a label with each sentence. Only then are the
            embedded sentences labelled, which takes seconds.

    >>> labels_of("embedded", None, are_read=True), labels_of("text", "l.txt", False)
    ('topic', 'l.txt')
    """
    return EMBEDDED if dataset == "embedded" and are_read else labels
