"""Keyword arguments from the values of flags."""


def chosen(settings: dict, *names: str, **renamed: str) -> dict:
    """Returns keyword arguments from the flags that have a value.

    A flag without effect is `None`. It is left out, so that the callee's own default
    applies and no caller repeats it.

    Args:
        settings: the value of every flag by name.
        *names: flags that are arguments of the same name.
        **renamed: the flag by the argument's name, where the names differ.

    >>> settings = {"hidden_dim": 8, "encoder": None, "codes": 2}
    >>> chosen(settings, "hidden_dim", "encoder", samples="codes")
    {'hidden_dim': 8, 'samples': 2}
    """
    flags = {**dict(zip(names, names, strict=True)), **renamed}
    return {
        argument: settings[flag]
        for argument, flag in flags.items()
        if settings[flag] is not None
    }
