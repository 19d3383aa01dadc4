from tf_vmfvae import data, evaluation, layers, models
from tf_vmfvae.callbacks import TopicsPane


def test_the_topics_of_the_documents_are_shown(tmp_path, read_tables):
    words = ["ball", "goal", "rain"]
    rows = [[(1, 2), (2, 1)], [(3, 3)], [(3, 1)]]
    documents = data.Documents.from_rows(rows)
    latent = layers.VonMisesFisherLatent(4, kappa=20.0, seed=1)
    # Three documents have at most three topics.
    pane = TopicsPane(tmp_path, documents, topics=20)
    pane.set_model(models.NVDM(words, latent, hidden_dim=8, seed=1))
    pane.on_train_begin()
    pane.on_epoch_end(5)
    pane.on_train_end()

    found = evaluation.find_topics(pane.model, documents, topics=3)
    assert read_tables(tmp_path / "topics", "topics") == {
        5: [
            ["documents", "top words"],
            *(
                [str(n), " ".join(w)]
                for n, w in zip(found.sizes, found.top_words, strict=True)
            ),
        ]
    }
