"""Topic models in scikit-learn's style."""

from tf_vmfvae.topics.topic_model import TopicModel

__all__ = ["TopicModel"]
