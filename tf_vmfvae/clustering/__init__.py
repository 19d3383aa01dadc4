"""Clustering of unit vectors, with scikit-learn's interface."""

from tf_vmfvae.clustering.von_mises_fisher_clustering import VonMisesFisherClustering

__all__ = ["VonMisesFisherClustering"]
