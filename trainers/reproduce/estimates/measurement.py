"""What the parts of a run cost, measured on this machine."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Measurement:
    """What the parts of a training run cost, in seconds.

    Attributes:
        start: from the start of the program to the first step that is not compiled.
        step: a training step.
        training_steps: steps in an epoch.
        evaluation_step: a step of the evaluation on the validation set.
        evaluation_steps: steps in it.

    >>> Measurement(10.0, 0.5, 100, 0.2, 10).training(epochs=2)
    120.0
    """

    start: float
    step: float
    training_steps: int
    evaluation_step: float
    evaluation_steps: int

    def training(self, epochs: int) -> float:
        """Returns the seconds of a run of that many epochs.

        Each epoch ends with an evaluation on the validation set. The run ends with
        three, which judge a part of the training set and the test set too.
        """
        evaluations = (epochs + 3) * self.evaluation_steps * self.evaluation_step
        return self.start + epochs * self.training_steps * self.step + evaluations

    def bounds(self, samples: int, share: float = 1.0) -> float:
        """Returns the seconds of a run of trainers.evaluate, without its probes.

        An evaluation step decodes an example twice: with its own code and, for the code
        gain, with another one's.

        Args:
            samples: codes for each example.
            share: share of the test set that is evaluated, whose size is taken to be
                that of the validation set.
        """
        decoding = self.evaluation_steps * self.evaluation_step / 2
        return self.start + share * samples * decoding
