"""A training run of the language model, from settings to report."""

import keras

from tf_vmfvae import callbacks, data, layers, models
from trainers.command_line import FREE_FLAGS, UserError
from trainers.report import print_report
from trainers.run_folder import RunFolder
from trainers.strategies import make_strategy
from trainers.training_loop import TrainingLoop

# More lengths pad less, but each costs a compilation.
BUCKETS = 12


def run(settings: dict) -> None:
    """Trains (or goes on), evaluates once on the test set, reports.

    Args:
        settings: the value of every flag of `trainers.lm`, by name.

    Raises:
        UserError: if the input is bad.
    """
    keras.utils.set_random_seed(settings["seed"])
    corpus = load_corpus(settings)
    identity = {key: settings[key] for key in settings if key not in FREE_FLAGS}
    folder = RunFolder(settings["output_dir"], identity)
    print(f"run folder: {folder.path}")
    finished = folder.metrics()
    if finished is not None:
        model = keras.models.load_model(folder.model)
        print_report(finished, model, corpus)
        return

    strategy = make_strategy(settings["strategy"])
    with strategy.scope():
        model = make_model(settings, corpus.vocabulary)
    splits = {
        name: make_batches(model, sentences, settings, shuffle=name == "train")
        for name, sentences in (
            ("train", corpus.train),
            ("validation", corpus.validation),
            ("test", corpus.test),
        )
    }
    train = splits["train"]
    for note in corpus.notes:
        print(f"note: {note}")
    print(
        f"{corpus.name}: {train.num_examples} training sentences, "
        f"{model.tokenizer.vocabulary_size} words; batches of {train.batch_size} in "
        f"{len(train.bucket_lengths)} lengths, {train.padding_share:.1%} padding"
    )
    with strategy.scope():
        optimizer = make_optimizer(settings, steps=len(train) * settings["epochs"])
    loop = TrainingLoop(
        model,
        optimizer,
        strategy,
        folder,
        settings["clip_norm"],
        settings["save_seconds"],
    )
    if loop.restore():
        progress = loop.progress
        print(f"goes on with batch {progress.batch + 1} of epoch {progress.epoch + 1}")
    loop.fit(
        train,
        splits["validation"],
        settings["epochs"],
        settings["patience"],
        make_callbacks(settings, corpus, folder),
    )

    model.load_weights(folder.model)
    metrics = {
        "train": last_training_metrics(loop.progress, train),
        "validation": loop.evaluate(splits["validation"]).as_dict(),
        # The one time that the test set is read: the epoch is chosen.
        "test": loop.evaluate(splits["test"]).as_dict(),
        "best_epoch": loop.progress.best_epoch + 1,
        "history": loop.progress.history,
        "entropy": corpus.entropy,
    }
    folder.write_metrics(metrics)
    print_report(metrics, model, corpus)


def load_corpus(settings: dict):
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


def make_batches(model, sentences, settings: dict, shuffle: bool) -> data.Batches:
    """Returns a split's batches of word ids."""
    return data.Batches(
        model.tokenizer(sentences),
        settings["batch_size"],
        buckets=BUCKETS,
        shuffle=shuffle,
        seed=settings["seed"],
    )


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
    hparams = {name: settings[name] for name in settings if name not in FREE_FLAGS}
    made = [
        callbacks.KLWeightSchedule(settings["kl_schedule"], settings["kl_epochs"]),
        callbacks.ScalarsPane(folder.path),
        callbacks.HParamsPane(folder.path, hparams),
        callbacks.TextsPane(folder.path, corpus.validation[:8]),
    ]
    if settings["latent"] != "none":
        sentences = corpus.validation[:2000]
        made.append(callbacks.ProjectorPane(folder.path, sentences, _labels(corpus)))
    return made


def _labels(corpus):
    """What the embedded corpus knows of its sentences, to colour them by."""
    if corpus.name != "embedded":
        return None
    sentences = corpus.validation[:2000]
    readers = (data.embedded.topic, data.embedded.sentiment, data.embedded.tense)
    return {read.__name__: [read(text) for text in sentences] for read in readers}


def last_training_metrics(progress, train) -> dict:
    """Returns the training metrics of the best epoch, under noise and dropout."""
    logs = progress.history[progress.best_epoch]
    names = ("nll", "reconstruction", "kl", "ppl")
    return {
        **{name: logs[name] for name in names},
        "examples": train.num_examples,
        "tokens": train.num_words,
    }
