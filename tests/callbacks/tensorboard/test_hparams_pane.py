import keras
from tensorboard.plugins.hparams import plugin_data_pb2

from tf_vmfvae.callbacks import HParamsPane


def read_records(events):
    """Returns the records of the HParams plugin by tag."""
    return {
        tag: plugin_data_pb2.HParamsPluginData.FromString(
            events.SummaryMetadata(tag).plugin_data.content
        )
        for tag in events.Tags()["tensors"]
    }


def test_settings_keep_their_types_and_empty_ones_are_left_out(
    fit, tmp_path, read_events
):
    settings = {
        "latent": "vmf",
        "kappa": 80.0,
        "latent_dim": 50,
        "tie_embeddings": True,
        "data_dir": None,
        "lengths": [8, 16],
    }
    fit([HParamsPane(tmp_path, settings)])
    records = read_records(read_events(tmp_path))
    hparams = records["_hparams_/session_start_info"].session_start_info.hparams
    assert {name: hparams[name].WhichOneof("kind") for name in hparams} == {
        "latent": "string_value",
        "kappa": "number_value",
        "latent_dim": "number_value",
        "tie_embeddings": "bool_value",
        "lengths": "string_value",
    }
    assert hparams["kappa"].number_value == 80.0
    assert hparams["lengths"].string_value == "[8, 16]"


def test_a_setting_that_a_run_leaves_empty_keeps_its_column(fit, tmp_path, read_events):
    fit([HParamsPane(tmp_path, {"latent": "gaussian", "kappa": None})])
    experiment = read_records(read_events(tmp_path))["_hparams_/experiment"].experiment
    assert [info.name for info in experiment.hparam_infos] == ["latent", "kappa"]


def test_a_run_is_identified_by_its_name_or_its_settings(fit, tmp_path, read_events):
    def row(path, *arguments):
        fit([HParamsPane(path, *arguments)])
        records = read_records(read_events(path))
        return records["_hparams_/session_start_info"].session_start_info.group_name

    first = row(tmp_path / "1", {"kappa": 80.0})
    assert row(tmp_path / "2", {"kappa": 80.0}) == first
    assert row(tmp_path / "3", {"kappa": 50.0}) != first
    assert row(tmp_path / "4", {"kappa": 80.0}, "mine") != first


def test_the_dashboard_shows_the_validation_bound(fit, tmp_path, read_events):
    fit([HParamsPane(tmp_path, {"kappa": 80.0})])
    experiment = read_records(read_events(tmp_path))["_hparams_/experiment"].experiment
    shown = [(metric.name.group, metric.name.tag) for metric in experiment.metric_infos]
    assert shown == [
        ("validation", "nll"),
        ("validation", "ppl"),
        ("validation", "kl"),
        ("validation", "code_gain"),
    ]


def test_a_pane_can_be_used_for_several_trainings(model, tmp_path, read_events):
    callbacks = keras.callbacks.CallbackList(
        [HParamsPane(tmp_path, {"kappa": 80.0})], model=model
    )
    for _ in range(2):
        callbacks.on_train_begin()
        callbacks.on_train_end()
    records = read_records(read_events(tmp_path))
    assert "_hparams_/session_end_info" in records
