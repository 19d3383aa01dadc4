"""Corpora of sentences and of documents, and batches of them."""

from tf_vmfvae.data import embedded
from tf_vmfvae.data.batches.augmented_batches import AugmentedBatches
from tf_vmfvae.data.batches.batches import Batches
from tf_vmfvae.data.batches.document_batches import DocumentBatches
from tf_vmfvae.data.batches.stored_ids import StoredIds
from tf_vmfvae.data.document_loading import load_documents
from tf_vmfvae.data.documents.document_corpus import DocumentCorpus
from tf_vmfvae.data.documents.documents import Documents
from tf_vmfvae.data.documents.stored_documents import StoredDocuments
from tf_vmfvae.data.loading import load
from tf_vmfvae.data.sentences.corpus import Corpus
from tf_vmfvae.data.sentences.stored_sentences import StoredSentences
from tf_vmfvae.data.sentences.vocabulary import build_vocabulary
from tf_vmfvae.data.tfds_registration import register_when_tfds_is_imported

register_when_tfds_is_imported()

__all__ = [
    "AugmentedBatches",
    "Batches",
    "Corpus",
    "DocumentBatches",
    "DocumentCorpus",
    "Documents",
    "StoredDocuments",
    "StoredIds",
    "StoredSentences",
    "build_vocabulary",
    "embedded",
    "load",
    "load_documents",
]
