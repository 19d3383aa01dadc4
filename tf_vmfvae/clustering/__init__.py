"""Clustering of unit vectors, with the interface of scikit-learn."""

from tf_vmfvae.clustering.von_mises_fisher_clustering import VonMisesFisherClustering

__all__ = ["VonMisesFisherClustering"]
