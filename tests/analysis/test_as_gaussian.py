import keras
import numpy as np
import pytest
import tensorflow as tf

from analysis.as_gaussian import as_gaussian, main
from analysis.command_line import UserError
from tf_vmfvae import data


@pytest.fixture
def posterior(texts):
    return lambda model: model.latent.posterior(
        model.encoder(model.to_ids(texts).to_tensor())
    )


def test_the_decoder_is_the_vmf_models(vmf, texts):
    ids = vmf.to_ids(texts).to_tensor()
    z = tf.random.stateless_normal([len(texts), 4], seed=[1, 2])

    given, made = (
        model.likelihood([ids, z]).numpy() for model in (vmf, as_gaussian(vmf, texts))
    )

    np.testing.assert_array_equal(given, made)


def test_the_posterior_has_the_vmfs_direction_signal_and_noise(vmf, texts, posterior):
    gaussian, directed = posterior(as_gaussian(vmf, texts)), posterior(vmf)

    mean, directions = gaussian.mean().numpy(), directed.mean_direction.numpy()
    lengths = np.linalg.norm(mean, axis=-1)
    resultant = np.linalg.norm(directed.mean()[0])
    np.testing.assert_allclose(mean / lengths[:, None], directions, atol=1e-6)
    # The Gaussian prior's 4 coordinates have deviation 1, those on the sphere 1/2.
    assert lengths.mean() == pytest.approx(2 * resultant, rel=1e-5)
    variance = np.full_like(mean, 1 - resultant**2)
    np.testing.assert_allclose(gaussian.variance(), variance, rtol=1e-5)


def test_the_vmf_model_is_not_changed(vmf, texts):
    before = [weight.numpy() for weight in vmf.weights]

    as_gaussian(vmf, texts)

    for weight, value in zip(vmf.weights, before, strict=True):
        np.testing.assert_array_equal(weight, value)


def test_the_program_saves_a_model_that_loads_with_the_same_outputs(
    vmf, texts, tmp_path, capsys
):
    vmf.save(tmp_path / "model.keras")
    (tmp_path / "text.txt").write_text("\n".join([*texts, *texts]))

    main(
        [
            *(f"--model={tmp_path}", f"--output_dir={tmp_path / 'new'}"),
            *("--dataset=text", f"--data_dir={tmp_path / 'text.txt'}"),
        ]
    )

    loaded = keras.models.load_model(tmp_path / "new" / "model.keras")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 sentences, nats: reconstruction, KL"
    assert [line.split()[0] for line in lines[1:]] == ["vMF", "Gaussian"]
    validation = data.load("text", tmp_path / "text.txt").validation
    expected = as_gaussian(vmf, validation).encode(texts)
    np.testing.assert_array_equal(loaded.encode(texts), expected)


def test_a_gaussian_model_is_refused(vmf, texts, tmp_path):
    as_gaussian(vmf, texts).save(tmp_path / "model.keras")

    with pytest.raises(UserError, match="its latent is not a vMF with a fixed kappa"):
        main([f"--model={tmp_path}", f"--output_dir={tmp_path / 'new'}"])
    assert not (tmp_path / "new").exists()
