import numpy as np
import pytest

import tf_vmfvae
from tf_vmfvae import evaluation, layers


def test_each_word_has_the_cosine_to_the_code_without_it(circle_model):
    text = "shares fell sharply"
    without = ["<unk> fell sharply", "shares <unk> sharply", "shares fell <unk>"]
    own, *others = circle_model.encode([text, *without])

    ((*words,), second) = evaluation.word_importance(circle_model, [text, "profit"])
    assert [word for word, _ in words] == text.split()
    cosines = [own @ x / np.linalg.norm(own) / np.linalg.norm(x) for x in others]
    assert [cosine for _, cosine in words] == pytest.approx(cosines, abs=1e-5)
    assert len(second) == 1


def test_a_word_that_is_unknown_anyway_does_not_matter(circle_model):
    ((_, (word, cosine)),) = evaluation.word_importance(circle_model, ["profit qqq"])
    assert word == "qqq"
    assert cosine == pytest.approx(1, abs=1e-6)


def test_labels_go_with_their_sentences():
    model = tf_vmfvae.models.NVRNN(
        ["good", "so"],
        layers.VonMisesFisherLatent(3, kappa=5.0, seed=1),
        condition=layers.LabelCondition(2),
        hidden_dim=8,
        seed=1,
    )
    texts = ["so good", "good"]
    together = evaluation.word_importance(model, texts, [0, 1])
    alone = evaluation.word_importance(model, texts[1:], [1])
    assert together[1][0][1] == pytest.approx(alone[0][0][1], abs=1e-6)
    other = evaluation.word_importance(model, texts[1:], [0])
    assert other[0][0][1] != pytest.approx(alone[0][0][1], abs=1e-6)


def test_a_model_without_a_code_is_refused(make_model):
    with pytest.raises(ValueError, match="a model without a code"):
        evaluation.word_importance(make_model(layers.NoLatent()), ["profit"])
