"""Delays Ctrl-C and SIGTERM until a training step is done."""

import signal


class StopSignals:
    """Records the first SIGINT or SIGTERM within its `with` instead of obeying it.

    A second signal has its usual effect.

    Attributes:
        received: `signal.Signals`, or `None` if there was no signal.

    >>> with StopSignals() as signals:
    ...     signal.raise_signal(signal.SIGTERM)
    >>> signals.received.name
    'SIGTERM'
    """

    def __init__(self):
        self.received = None
        self._before = {}

    def __enter__(self) -> "StopSignals":
        for number in (signal.SIGINT, signal.SIGTERM):
            # Shells start programs in the background with Ctrl-C ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._record)
        return self

    def __exit__(self, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _record(self, number, _):
        self.received = signal.Signals(number)
        self.__exit__()
