"""Probes of a language model's code: what it knows of words and their order."""

import itertools

import numpy as np
import tensorflow as tf

from tf_vmfvae import evaluation
from tf_vmfvae.layers.words.word_tokenizer import PADDING_ID
from tf_vmfvae.ops.masked_mean import masked_mean
from tf_vmfvae.text import split_words
from tf_vmfvae.text.words import UNKNOWN
from trainers.evaluate.part import Part

# The bags of words count only this many words, the most frequent ones.
BAG_WORDS = 1000
# Sentences whose words are swapped, and whose words are hidden one at a time.
SWAPS, HIDDEN = 500, 200
# Of the sentences whose words are hidden, these are kept word by word.
SHOWN = 10
# Words by their rank in the vocabulary, the most frequent first: up to this one.
RANKS = (10, 100, 1000, 10_000_000)


def probes(model, train: Part, test: Part, seed: int) -> dict:
    """Returns how well probes fitted to `train` do on `test`.

    They are the probes of Xu and Durrett (2018), section 6, which predict the words
    from the code and the code from the words, and one for each factor. The words are
    the bag of words and, as in the published code, the mean word embedding.
    """
    parts = train, test
    codes = [model.encode(part.texts, part.labels) for part in parts]
    bags = [bags_of_words(model, part.texts) for part in parts]
    embeddings = [mean_embeddings(model, part.texts) for part in parts]
    found = {}
    try:
        for name, inputs, targets in (
            ("bag_of_words_from_code", codes, bags),
            ("code_from_bag_of_words", bags, codes),
        ):
            pairs = zip(inputs, targets, strict=True)
            found[name] = evaluation.vector_probe(*pairs, seed=seed).as_dict()
        for name, inputs, targets in (
            ("embedding_from_code", codes, embeddings),
            ("code_from_embedding", embeddings, codes),
        ):
            pairs = zip(inputs, targets, strict=True)
            found[name] = evaluation.cosine_probe(*pairs, seed=seed).as_dict()
    except ValueError as error:
        print(f"note: no probes between code and words: {error}")
    labels = test.labels and test.labels[:SWAPS]
    for name, partner in (
        ("cosine_after_swaps", "next"),
        ("cosine_after_any_swaps", "any"),
    ):
        found[name] = evaluation.swap_sensitivity(
            lambda texts: model.encode(texts, labels),
            test.texts[:SWAPS],
            seed=seed,
            partner=partner,
        )
    found["word_importance"] = importance(model, test)
    for name in test.factors:
        pairs = zip(codes, (part.factors[name] for part in parts), strict=True)
        found[f"{name}_from_code"] = evaluation.label_probe(*pairs).as_dict()
    return found


def bags_of_words(model, texts: list[str]) -> np.ndarray:
    """Returns counts of the most frequent words, `(texts, BAG_WORDS)` at most."""
    index = {word: i for i, word in enumerate(model.tokenizer.vocabulary[:BAG_WORDS])}
    bags = np.zeros((len(texts), len(index)), "float32")
    words = [split_words(text) for text in texts]
    different = sorted(set(itertools.chain.from_iterable(words)))
    entries = dict(zip(different, model.tokenizer.entries(different), strict=True))
    for row, found in zip(bags, words, strict=True):
        for word in found:
            if entries[word] in index:
                row[index[entries[word]]] += 1
    return bags


def mean_embeddings(model, texts: list[str]) -> np.ndarray:
    """Returns the mean of each text's word embeddings, `<eos>` included.

    Args:
        model: a language model.
        texts: raw sentences.

    Returns:
        A float32 array of shape `(texts, embedding_dim)`.
    """
    ids = model.tokenizer(texts).to_tensor()
    embedded = tf.cast(model.embedding(ids), tf.float32)
    return masked_mean(embedded, ids != PADDING_ID).numpy()


def importance(model, test: Part) -> dict:
    """Returns how far codes move when a word is hidden, by how frequent the word is.

    Args:
        model: a language model with a code.
        test: the sentences, of which the first `HIDDEN` are used.

    Returns:
        "by_rank" maps a range of ranks in the vocabulary, such as "11-100", to the
        number of its words and their mean cosine; "sentences" holds the words of the
        first `SHOWN` sentences with their cosines.
    """
    texts = test.texts[:HIDDEN]
    labels = test.labels and test.labels[:HIDDEN]
    found = evaluation.word_importance(model, texts, labels)
    # `<unk>` and `<eos>` come before the words.
    ranks = {word: i - 1 for i, word in enumerate(model.tokenizer.vocabulary)}
    pairs = list(itertools.chain.from_iterable(found))
    entries = model.tokenizer.entries([word for word, _ in pairs])
    groups = {}
    for entry, (_, cosine) in zip(entries, pairs, strict=True):
        # A word that the model does not know is hidden from it anyway.
        if entry not in (None, UNKNOWN):
            groups.setdefault(_range_of(ranks[entry]), []).append(cosine)
    by_rank = {
        f"{first}-{last}" if last < RANKS[-1] else f"{first}-": {
            "words": len(cosines),
            "cosine": float(np.mean(cosines)),
        }
        for (first, last), cosines in sorted(groups.items())
    }
    return {"by_rank": by_rank, "sentences": found[:SHOWN]}


def _range_of(rank):
    last = next(last for last in RANKS if rank <= last)
    place = RANKS.index(last)
    return (RANKS[place - 1] + 1 if place else 1), last
