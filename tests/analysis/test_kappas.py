import math

import pytest

from analysis import kappas
from analysis.command_line import UserError
from tf_vmfvae import layers, models


def test_the_bound_at_each_kappa_has_its_exact_kl_and_its_perplexity(vmf, texts):
    found = list(kappas.bounds(vmf, texts, [5.0, 20.0, 80.0]))

    # Four words and an end, twice, and five and an end.
    words = 16
    assert [kappa for kappa, *_ in found] == [5.0, 20.0, 80.0]
    for kappa, kl, nll, ppl in found:
        assert kl == pytest.approx(vmf.latent.exact_kl(kappa))
        assert ppl == pytest.approx(math.exp(len(texts) * (nll + kl) / words))
    kls = [kl for _, kl, _, _ in found]
    assert kls == sorted(kls)


def test_at_a_very_high_kappa_the_mean_directions_are_decoded(vmf, texts):
    [(_, _, nll, _)] = kappas.bounds(vmf, texts, [1e7])
    ids = vmf.to_ids(texts).to_tensor()
    mean = vmf.latent.posterior(vmf.encoder(ids)).mean_direction

    expected = vmf.likelihood([ids, mean]).numpy().mean()

    assert nll == pytest.approx(expected, rel=1e-3)


def test_a_line_is_printed_for_each_kappa(vmf, tmp_path, capsys):
    vmf.save(tmp_path / "model.keras")

    kappas.main([f"--model={tmp_path}", "--examples=3", "--kappas=10,30"])

    first, _, *lines = capsys.readouterr().out.splitlines()
    assert first == "trained at kappa 20; 3 sentences, nats"
    assert [line.split()[0] for line in lines] == ["10", "30"]


def test_a_model_without_a_fixed_kappa_is_refused(tmp_path):
    model = models.NVRNN(["a"], layers.GaussianLatent(2), hidden_dim=2)
    model.save(tmp_path / "model.keras")

    with pytest.raises(UserError, match="its latent has no fixed kappa"):
        kappas.main([f"--model={tmp_path}"])


def test_a_missing_model_is_refused_by_name(tmp_path):
    with pytest.raises(UserError, match=f"--model={tmp_path / 'none'}"):
        kappas.main([f"--model={tmp_path / 'none'}"])


def test_a_file_that_is_not_a_model_is_refused_by_name(tmp_path):
    (tmp_path / "model.keras").write_bytes(b"no model")
    with pytest.raises(UserError, match="cannot be read as a model"):
        kappas.main([f"--model={tmp_path}"])
