"""Trains the document model of a topic model."""

import keras
import tqdm

from tf_vmfvae.callbacks import KLWeightSchedule
from tf_vmfvae.data import DocumentBatches, Documents

# Training takes this many steps, but not more epochs than these.
STEPS, MOST_EPOCHS = 1_200, 150
# If that is less than ten epochs, it takes ten, but no more steps than these; and two
# epochs in any case.
FEW_EPOCHS, MOST_STEPS, FEWEST_EPOCHS = 10, 5_000, 2
# Share of the epochs over which the weight of the KL rises to 1.
ANNEALED = 0.6


def train(
    model,
    documents: Documents,
    batch_size: int,
    epochs: int | None,
    finished: int,
    seed: int,
    verbose: bool,
) -> int:
    """Trains a model and returns for how many epochs.

    Args:
        model: a compiled `tf_vmfvae.models.NVDM`.
        documents: the training documents; none is empty.
        batch_size: number of documents in a step.
        epochs: number of epochs, or `None` to choose it by the number of documents.
        finished: number of epochs that the model has been trained for.
        seed: seed of the order of the documents.
        verbose: whether to show a progress bar.
    """
    batches = DocumentBatches(documents, batch_size, seed=seed)
    epochs = epochs or _suitable_epochs(len(batches))
    callbacks = []
    if not finished:
        # With the whole KL from the start, all codes and the components of the prior
        # would move to one place.
        callbacks = [KLWeightSchedule("linear", ANNEALED * epochs)]
    with tqdm.tqdm(
        total=epochs, desc="training", unit="epoch", disable=not verbose
    ) as bar:
        model.fit(
            batches.dataset(finished, epochs=epochs),
            epochs=epochs,
            steps_per_epoch=len(batches),
            shuffle=False,
            verbose=0,
            callbacks=[_Progress(bar), *callbacks],
        )
    return epochs


def _suitable_epochs(steps: int) -> int:
    """Returns a number of epochs that suits epochs of so many steps.

    >>> [_suitable_epochs(steps) for steps in (1, 57, 250, 1_000, 4_000)]
    [150, 21, 10, 5, 2]
    """
    if STEPS // steps >= FEW_EPOCHS:
        return min(STEPS // steps, MOST_EPOCHS)
    return max(min(FEW_EPOCHS, MOST_STEPS // steps), FEWEST_EPOCHS)


class _Progress(keras.callbacks.Callback):
    """Shows finished epochs and their loss in a bar."""

    def __init__(self, bar):
        super().__init__()
        self._bar = bar

    def on_epoch_end(self, epoch, logs=None):
        self._bar.set_postfix(loss=f"{logs['loss']:.2f}", refresh=False)
        self._bar.update()
