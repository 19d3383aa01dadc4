"""The topics of the embedded corpus, a table each."""

from tf_vmfvae.data.embedded.topics.topic_file import read_topic

# The order matters: the corpus is drawn from the topics in this order.
TOPICS = tuple(
    read_topic(name)
    for name in (
        "food",
        "sport",
        "weather",
        "music",
        "travel",
        "business",
        "school",
        "film",
    )
)

__all__ = ["TOPICS"]
