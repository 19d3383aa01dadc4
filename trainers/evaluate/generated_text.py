"""How good the sentences are that a language model writes."""

import functools

from tf_vmfvae import evaluation
from trainers.cli.errors import UserError
from trainers.cli.progress_bar import progress_bar
from trainers.evaluate.part import Part
from trainers.storage.trained_model import load_language_model, preset_folder

# A longer sentence is cut off. The longest one of the Penn Treebank has 82 words.
MAX_WORDS = 100


def generated_text(model, part: Part, scorer, settings: dict) -> dict:
    """Returns the part of evaluation.json about sentences that the model writes.

    Args:
        model: a language model.
        part: the sentences to reconstruct, of which --texts are used. Samples have
            their labels, or their words, if the model reads such.
        scorer: what `load_scorer` returned.
        settings: the value of every flag of `trainers.evaluate`, by name.

    Returns:
        "texts", the number of sentences; "reconstruction_bleu" of a model with a code;
        "self_bleu" of as many samples; and their "forward_ppl", the perplexity that the
        scorer gives them (Zhao et al. 2018), if there is one.
    """
    count = min(settings["texts"], len(part.texts))
    texts = part.texts[:count]
    labels = part.labels and part.labels[:count]
    found = {"texts": count}
    if not model.latent.is_empty:
        written = model.reconstruct(
            texts, sampler="greedy", labels=labels, max_words=MAX_WORDS
        )
        found["reconstruction_bleu"] = evaluation.bleu(written, texts)
    samples = model.generate(
        count,
        sampler="random",
        seed=settings["seed"],
        texts=texts,
        labels=labels,
        max_words=MAX_WORDS,
        progress=functools.partial(progress_bar, title="samples"),
    )
    try:
        found["self_bleu"] = evaluation.self_bleu(samples)
    except ValueError as error:
        print(f"note: no self-BLEU of the samples: {error}")
    if scorer is not None:
        # Without a code, one sample is exact.
        scores = evaluation.score(scorer, samples, samples=1)
        nll, words = scores["nll"].sum(), scores["words"].sum()
        found["forward_ppl"] = evaluation.perplexity(nll, words)
    return found


def load_scorer(settings: dict):
    """Returns the model that --language_model names, or `None` if it names none.

    Raises:
        UserError: if it is not a language model without a code.
    """
    path = settings["language_model"]
    if path is None:
        return None
    name = "language_model"
    scorer = load_language_model(preset_folder(path, name), name)
    if not scorer.latent.is_empty or scorer.condition is not None:
        kind = "a code" if scorer.condition is None else "a condition"
        raise UserError(
            f"--language_model={path}: has {kind}; give a model that trainers.lm has "
            "trained with --latent=none and without a condition"
        )
    return scorer
