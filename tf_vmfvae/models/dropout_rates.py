"""What training drops in the layers of a recurrent model."""

import dataclasses

from tf_vmfvae.layers import Dropout


@dataclasses.dataclass(frozen=True)
class DropoutRates:
    """What training drops in the layers of a recurrent model.

    Attributes:
        units: float in [0, 1). Rate of the dropout on layers' inputs and outputs.
        state: float in [0, 1). Rate of the dropout on the recurrent state.
        weights: float in [0, 1). Share of an LSTM's recurrent weights.
        per_example: bool. Whether the dropout on inputs and outputs drops the same
            units at every word of a sentence.
    """

    units: float = 0.0
    state: float = 0.0
    weights: float = 0.0
    per_example: bool = False

    def layer(self, seed: int | None) -> Dropout:
        """Returns a layer that drops units.

        >>> DropoutRates(0.5, per_example=True).layer(1).per_example
        True
        """
        return Dropout(self.units, seed=seed, per_example=self.per_example)
