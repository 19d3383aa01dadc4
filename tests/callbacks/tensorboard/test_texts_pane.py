import keras
import pytest

from tf_vmfvae.callbacks import TextsPane

SENTENCES = ["the <unk> rose", "a | b \\ * _c_ `d` &amp; [e](f)", "profit\tfell\nagain"]


def run_epochs(pane, model, epochs):
    callbacks = keras.callbacks.CallbackList([pane], model=model)
    callbacks.on_train_begin()
    for epoch in epochs:
        callbacks.on_epoch_end(epoch, {})
    callbacks.on_train_end()


def test_sentences_are_shown_next_to_their_reconstructions(
    model, tmp_path, read_tables
):
    run_epochs(TextsPane(tmp_path, SENTENCES), model, range(2))
    tables = read_tables(tmp_path / "texts", "reconstructions")
    assert list(tables) == [0, 1]
    assert tables[1] == [
        ["original", "reconstruction"],
        ["the <unk> rose", "again the <unk> rose"],
        [SENTENCES[1], f"again {SENTENCES[1]}"],
        ["profit fell again", "again profit fell again"],
    ]


def test_every_epoch_samples_with_the_same_seed(model, tmp_path, read_tables):
    run_epochs(TextsPane(tmp_path, SENTENCES, samples=3, seed=5), model, range(2))
    tables = read_tables(tmp_path / "texts", "samples")
    assert tables[0][1:] == [[str(i + 1), f"sample {i} <unk>"] for i in range(3)]
    assert model.seeds == [5, 5]


def test_the_interpolation_leads_from_the_first_sentence_to_the_last(
    model, tmp_path, read_tables
):
    run_epochs(TextsPane(tmp_path, ["one", "two", "three"], steps=4), model, [0])
    tables = read_tables(tmp_path / "texts", "interpolation")
    assert [row[1] for row in tables[0][1:]] == [f"one {i} three" for i in range(4)]


def test_tables_without_content_are_left_out(model, tmp_path, read_events):
    run_epochs(TextsPane(tmp_path, ["alone"], samples=0), model, [0])
    assert read_events(tmp_path / "texts").Tags()["tensors"] == ["reconstructions"]


def test_fit_writes_a_table_per_epoch_and_a_resumed_run_continues(
    fit, tmp_path, read_tables
):
    fit([TextsPane(tmp_path, SENTENCES)], epochs=2)
    fit([TextsPane(tmp_path, SENTENCES)], epochs=3, initial_epoch=2)
    # Event files of the same second are read in any order.
    assert sorted(read_tables(tmp_path / "texts", "samples")) == [0, 1, 2]


def test_every_table_uses_the_labels_of_the_sentences(model, tmp_path):
    model.condition = "label"
    run_epochs(
        TextsPane(tmp_path, ["one", "two", "three"], samples=4, labels=[3, 0, 4]),
        model,
        [0],
    )

    # Reconstructions; samples, with the labels in turn; both ends of the interpolation.
    assert model.labels == [[3, 0, 4], [3, 0, 4, 3], [3, 4]]


def test_without_sentences_only_an_unconditioned_model_shows_samples(model, tmp_path):
    run_epochs(TextsPane(tmp_path, []), model, [0])
    assert model.seeds == [0]
    model.condition = "label"
    run_epochs(TextsPane(tmp_path, []), model, [0])
    assert model.seeds == [0]


@pytest.mark.parametrize("labels", [[3], [0.5, 1.0], ["3", "0"]])
def test_labels_that_are_not_one_integer_per_sentence_are_refused(tmp_path, labels):
    with pytest.raises(ValueError, match="labels must be one integer for each of the"):
        TextsPane(tmp_path, ["one", "two"], labels=labels)
