"""Steps of the encoder alone, before each step of the whole model."""

import math
from collections.abc import Callable

import keras
import tensorflow as tf

from tf_vmfvae.evaluation import mutual_information
from trainers.devices.strategies import distribute
from trainers.training.progress import Progress
from trainers.training.step import TrainingStep

# The loss is compared with that of as many batches before.
WINDOW = 10
# The mutual information is estimated from at most this many validation examples: the
# time grows with the square of their number.
JUDGED = 2_000
# The batches of these steps are in the order of epochs that training does not reach.
FIRST_EPOCH = 10_000_000


class EncoderSteps:
    """Aggressive training of the encoder.

    He et al. (2019), "Lagging Inference Networks and Posterior Collapse in Variational
    Autoencoders", algorithm 1: early in training the posteriors lag behind the model.
    So before each step of the whole model, encoder and latent are stepped alone until
    the loss of ten batches is no lower than that of the ten before. Once the mutual
    information between examples and codes no longer rises on the validation set from
    one epoch to the next, these steps stop for good. (There, the steps in between move
    the decoder alone.)

    How far the steps have come is part of the run's `Progress`, so a resumed run reads
    the same batches.

    Args:
        model: `tf_vmfvae.models.VAE`, built in the strategy's scope.
        optimizer: `keras.optimizers.Optimizer` of these steps alone, made in the
            strategy's scope, whose learning rate is a number.
        strategy: `tf.distribute.Strategy`.
        clip_norm: float. Gradients are scaled down to this global norm.
        most: int, at least 1. Most steps before a step of the whole model.
        accumulate_steps: int, see `TrainingStep`.
    """

    def __init__(
        self,
        model,
        optimizer: keras.optimizers.Optimizer,
        strategy: tf.distribute.Strategy,
        clip_norm: float,
        most: int,
        accumulate_steps: int = 1,
    ):
        self.model = model
        self.optimizer = optimizer
        self.strategy = strategy
        self.most = most
        of_encoder = {id(weight) for weight in model.encoder_weights()}
        weights = [v for v in model.trainable_variables if id(v) in of_encoder]
        with strategy.scope():
            optimizer.build(weights)
        self._step = TrainingStep(
            model,
            optimizer,
            strategy,
            clip_norm,
            accumulate_steps=accumulate_steps,
            weights=weights,
        )
        # Outside a graph it takes longer than a small step.
        self._objective = tf.function(model.objective, autograph=False)
        self.forget_batches()

    def forget_batches(self) -> None:
        """Reads the next batch anew, as after a run's progress was replaced."""
        self._batches, self._place = None, None

    def take(
        self,
        progress: Progress,
        train,
        learning_rate: float,
        check: Callable[[dict], None],
    ) -> int:
        """Steps the encoder until the loss no longer falls.

        Args:
            progress: of the run; counts the batches that these steps read.
            train: `tf_vmfvae.data.Batches`.
            learning_rate: float. Learning rate of these steps.
            check: called with the totals of each step.

        Returns:
            The number of steps.
        """
        self.optimizer.learning_rate.assign(learning_rate)
        before, loss, examples = math.inf, 0.0, 0.0
        for count in range(1, self.most + 1):
            inputs = self._next_batch(progress, train)
            totals = self._step(inputs)
            sums = {name: float(x) for name, x in totals.items()}
            check(sums)
            loss += float(self._objective(totals))
            examples += sums["examples"]
            if count % WINDOW == 0:
                if loss / examples >= before:
                    break
                before, loss, examples = loss / examples, 0.0, 0.0
        return count

    def information(self, validation) -> float:
        """Returns the mutual information of validation examples and codes, in nats."""
        judged = validation.sample(JUDGED)
        return mutual_information(self.model, judged.dataset()).mutual_information

    def _next_batch(self, progress, train):
        """Returns the next distributed batch, counted in `progress`."""
        place = progress.encoder_batches
        if self._place != place or place % len(train) == 0:
            epoch, start = divmod(place, len(train))
            dataset = train.dataset(epoch=FIRST_EPOCH + epoch, start=start)
            self._batches = iter(distribute(self.strategy, dataset))
        progress.encoder_batches = self._place = place + 1
        return next(self._batches)
