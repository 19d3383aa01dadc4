"""A training run of the language model, from settings to report."""

import contextlib

import keras

from tf_vmfvae import callbacks, data, layers, models
from trainers.command_line import UserError, identity
from trainers.report import print_corpus, print_report
from trainers.run_folder import SPLITS, RunFolder
from trainers.strategies import make_strategy
from trainers.training_loop import TrainingLoop

# More lengths pad less, but each costs a compilation.
BUCKETS = 12


def run(settings: dict, folder: RunFolder) -> None:
    """Trains (or goes on), evaluates once on the test set, reports.

    Args:
        settings: the value of every flag of `trainers.lm`, by name.
        folder: where the run lies, or will lie.

    Raises:
        UserError: if the input is bad.
        RunFailed: if the run cannot go on.
    """
    keras.utils.set_random_seed(settings["seed"])
    corpus = load_corpus(settings)
    print(f"run folder: {folder.path}")
    metrics = folder.metrics()
    if metrics is None:
        model, metrics = train(settings, corpus, folder)
    else:
        model = load_model(folder)
    print_report(metrics, model, corpus)


def train(settings: dict, corpus: data.Corpus, folder: RunFolder) -> tuple:
    """Trains (or goes on), evaluates; returns the best model and the metrics."""
    strategy = make_strategy(settings["strategy"])
    with strategy.scope():
        model = make_model(settings, corpus.vocabulary)
    splits = make_splits(model, corpus, settings)
    print_corpus(corpus, model, splits["train"])
    with strategy.scope():
        optimizer = make_optimizer(settings, len(splits["train"]) * settings["epochs"])
    folder.open()
    loop = TrainingLoop(
        model,
        optimizer,
        strategy,
        folder,
        settings["clip_norm"],
        settings["save_seconds"],
    )
    go_on(loop, folder)
    loop.fit(
        splits["train"],
        splits["validation"],
        settings["epochs"],
        settings["patience"],
        make_callbacks(settings, corpus, folder),
    )
    load_best_weights(model, folder)
    # The one time that the test set is read: the epoch is chosen.
    metrics = {name: loop.evaluate(splits[name]).as_dict() for name in SPLITS}
    metrics["best_epoch"] = loop.progress.best_epoch + 1
    metrics["history"] = loop.progress.history
    metrics["entropy"] = corpus.entropy
    folder.write_metrics(metrics)
    return model, metrics


def go_on(loop: TrainingLoop, folder: RunFolder) -> None:
    """Restores what a stopped run has saved, if it has saved anything.

    Raises:
        UserError: if there is a best model but no whole checkpoint to go on from, or
            the other way round.
    """
    restored = loop.restore()
    has_model = folder.model.exists()
    # Without a checkpoint a run starts over, which costs time alone, unless it has a
    # best model: the first epoch's would replace it.
    if has_model and not restored:
        raise UserError(
            f"{folder.checkpoints}: holds no whole checkpoint, and starting over would "
            f"replace {folder.model}; name another --output_dir, or delete that model"
        )
    progress = loop.progress
    if progress.best_epoch >= 0 and not has_model:
        raise UserError(
            f"{folder.model}: is missing, the best model of epoch "
            f"{progress.best_epoch + 1}; put it back or name another --output_dir"
        )
    if restored:
        print(f"goes on after {progress.where}")


def load_model(folder: RunFolder) -> keras.Model:
    """Returns the best model of a finished run."""
    with _readable(folder.model):
        return keras.models.load_model(folder.model)


def load_best_weights(model: keras.Model, folder: RunFolder) -> None:
    """Gives `model` the weights of the best epoch."""
    with _readable(folder.model):
        model.load_weights(folder.model)


@contextlib.contextmanager
def _readable(file):
    try:
        yield
    # A file that is cut or of another kind fails anywhere: archive, JSON, arrays.
    except Exception as error:
        reason = str(error).strip() or type(error).__name__
        raise UserError(
            f"{file}: cannot be read as this run's model ({reason.splitlines()[0]}); "
            "put the right one back or name another --output_dir"
        ) from error


def load_corpus(settings: dict) -> data.Corpus:
    """Returns the `tf_vmfvae.data.Corpus` that the flags name."""
    try:
        return data.load(
            settings["dataset"],
            settings["data_dir"],
            vocabulary_size=settings["vocabulary_size"],
        )
    except (ValueError, OSError) as error:
        raise UserError(str(error)) from error


def make_latent(settings: dict) -> layers.Latent:
    """Returns the latent layer that the flags name."""
    seed = settings["seed"] + 1000
    makers = {
        "vmf": lambda: layers.VonMisesFisherLatent(
            settings["latent_dim"], settings["kappa"], seed=seed
        ),
        "gaussian": lambda: layers.GaussianLatent(settings["latent_dim"], seed=seed),
        "none": lambda: layers.NoLatent(seed=seed),
    }
    return makers[settings["latent"]]()


def make_model(settings: dict, vocabulary: list[str]) -> models.NVRNN:
    """Returns the model that the flags describe."""
    return models.NVRNN(
        vocabulary,
        make_latent(settings),
        embedding_dim=settings["embedding_dim"],
        hidden_dim=settings["hidden_dim"],
        word_dropout=settings["word_dropout"],
        dropout=settings["dropout"],
        tie_embeddings=settings["tie_embeddings"],
        seed=settings["seed"],
    )


def make_splits(model, corpus: data.Corpus, settings: dict) -> dict[str, data.Batches]:
    """Returns each split's batches of word ids."""
    return {
        split: data.Batches(
            model.tokenizer(getattr(corpus, split)),
            settings["batch_size"],
            buckets=BUCKETS,
            shuffle=split == "train",
            seed=settings["seed"],
        )
        for split in SPLITS
    }


def make_optimizer(settings: dict, steps: int) -> keras.optimizers.Optimizer:
    """Returns Adam with a learning rate that falls linearly over `steps`."""
    schedule = keras.optimizers.schedules.PolynomialDecay(
        settings["learning_rate"],
        decay_steps=steps,
        end_learning_rate=settings["learning_rate"] / 50,
    )
    return keras.optimizers.Adam(schedule)


def make_callbacks(settings: dict, corpus, folder) -> list[keras.callbacks.Callback]:
    """Returns the KL schedule and what TensorBoard shows."""
    made = [
        callbacks.KLWeightSchedule(settings["kl_schedule"], settings["kl_epochs"]),
        callbacks.ScalarsPane(folder.path),
        callbacks.HParamsPane(folder.path, identity(settings), name=folder.path.name),
        callbacks.TextsPane(folder.path, corpus.validation[:8]),
    ]
    if settings["latent"] != "none":
        sentences = corpus.validation[:2000]
        labels = _labels(sentences) if corpus.name == "embedded" else None
        made.append(callbacks.ProjectorPane(folder.path, sentences, labels))
    return made


def _labels(sentences):
    """What the embedded corpus knows of its sentences, to colour them by."""
    readers = (data.embedded.topic, data.embedded.sentiment, data.embedded.tense)
    return {read.__name__: [read(text) for text in sentences] for read in readers}
