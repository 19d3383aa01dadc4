"""JSON objects from files and from the environment."""

import json


def parse_object(text: str) -> dict:
    """Returns the JSON object that a text holds.

    Raises:
        ValueError: if the text holds something else. The message is the end of a
            sentence: "it is ...".

    >>> parse_object('{"epoch": 3}')
    {'epoch': 3}
    >>> parse_object("[3]")
    Traceback (most recent call last):
    ...
    ValueError: not a JSON object
    """
    try:
        content = json.loads(text)
    # RecursionError: thousands of nested brackets.
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError("not a JSON object")
    return content
