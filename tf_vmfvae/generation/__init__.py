"""Text out of a model: samples, reconstructions, interpolations, neighbours."""

from tf_vmfvae.generation.decode import decode
from tf_vmfvae.generation.generate import generate
from tf_vmfvae.generation.interpolate import interpolate
from tf_vmfvae.generation.neighbours import neighbours
from tf_vmfvae.generation.reconstruct import reconstruct

__all__ = ["decode", "generate", "interpolate", "neighbours", "reconstruct"]
