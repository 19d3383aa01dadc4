"""The base class of what the evaluations return."""

import dataclasses


class Result:
    """Base class of the dataclasses that hold the figures of an evaluation."""

    def as_dict(self) -> dict:
        """Returns the attributes by name, as JSON takes them."""
        return dataclasses.asdict(self)
