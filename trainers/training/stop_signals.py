"""Ctrl-C and SIGTERM, held back until a step is done."""

import signal


class StopSignals:
    """Within its `with`, notes SIGINT or SIGTERM instead of obeying.

    Only the first one: the second does what it would have done without this.

    Attributes:
        received: `signal.Signals`, or `None` as long as there was none.

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
            # A program in the background may have been told to ignore Ctrl-C.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number, _):
        self.received = signal.Signals(number)
        self.__exit__()
