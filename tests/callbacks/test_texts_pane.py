import html
import re

import keras
from tensorboard import plugin_util

from tf_vmfvae.callbacks import TextsPane

SENTENCES = ["the <unk> rose", "a | b \\ * _c_ `d` &amp; [e](f)", "profit\tfell\nagain"]


def shown(events, tag):
    """Returns by step the cells of the table that the Text dashboard draws."""
    tables = {}
    for event in events.Tensors(tag):
        markdown = event.tensor_proto.string_val[0]
        page = plugin_util.markdown_to_safe_html(markdown)
        rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
        tables[event.step] = [
            [html.unescape(cell) for cell in re.findall(r"<t[dh]>(.*?)</t[dh]>", row)]
            for row in rows
        ]
    return tables


def run_epochs(pane, model, epochs):
    callbacks = keras.callbacks.CallbackList([pane], model=model)
    callbacks.on_train_begin()
    for epoch in epochs:
        callbacks.on_epoch_end(epoch, {})
    callbacks.on_train_end()


def test_sentences_stand_beside_their_reconstructions(model, tmp_path, read_events):
    run_epochs(TextsPane(tmp_path, SENTENCES), model, range(2))
    tables = shown(read_events(tmp_path / "texts"), "reconstructions")
    assert list(tables) == [0, 1]
    assert tables[1] == [
        ["original", "reconstruction"],
        ["the <unk> rose", "again the <unk> rose"],
        [SENTENCES[1], f"again {SENTENCES[1]}"],
        ["profit fell again", "again profit fell again"],
    ]


def test_samples_are_drawn_with_the_same_seed_each_epoch(model, tmp_path, read_events):
    run_epochs(TextsPane(tmp_path, SENTENCES, samples=3, seed=5), model, range(2))
    tables = shown(read_events(tmp_path / "texts"), "samples")
    assert tables[0][1:] == [[str(i + 1), f"sample {i} <unk>"] for i in range(3)]
    assert model.asked == [5, 5]


def test_the_interpolation_leads_from_the_first_sentence_to_the_last(
    model, tmp_path, read_events
):
    run_epochs(TextsPane(tmp_path, ["one", "two", "three"], steps=4), model, [0])
    tables = shown(read_events(tmp_path / "texts"), "interpolation")
    assert [row[1] for row in tables[0][1:]] == [f"one {i} three" for i in range(4)]


def test_what_cannot_be_shown_is_left_out(model, tmp_path, read_events):
    run_epochs(TextsPane(tmp_path, ["alone"], samples=0), model, [0])
    assert read_events(tmp_path / "texts").Tags()["tensors"] == ["reconstructions"]


def test_fit_writes_a_table_an_epoch_and_goes_on_after_a_restart(
    fit, tmp_path, read_events
):
    fit([TextsPane(tmp_path, SENTENCES)], epochs=2)
    fit([TextsPane(tmp_path, SENTENCES)], epochs=3, initial_epoch=2)
    # Files that are written within one second are read in no certain order.
    assert sorted(shown(read_events(tmp_path / "texts"), "samples")) == [0, 1, 2]


def test_a_model_that_is_told_labels_gets_each_sentences_own(model, tmp_path):
    model.condition = "label"
    run_epochs(
        TextsPane(tmp_path, ["one", "two", "three"], samples=4, told=[3, 0, 4]),
        model,
        [0],
    )

    # Reconstructions; samples, which go round the sentences; the interpolation's ends.
    assert model.told == [[3, 0, 4], [3, 0, 4, 3], [3, 4]]
