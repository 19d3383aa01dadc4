"""The cards of the released models: readable by a hub, and true to their files."""

import json
import pathlib

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
FOLDERS = sorted(file.parent for file in ROOT.glob("saved_models/*/model.keras"))


def named(folder):
    return folder.name


@pytest.fixture(params=FOLDERS, ids=named)
def folder(request):
    return request.param


@pytest.fixture
def card(folder):
    """The card's front matter and the text below it."""
    empty, front, text = (folder / "README.md").read_text().split("---\n", 2)
    assert empty == ""
    return yaml.safe_load(front), text


@pytest.fixture
def test_bounds(folder):
    return json.loads((folder / "metrics.json").read_text())["test"]


def test_a_card_has_what_a_hub_reads(card, folder):
    front, _ = card

    assert front["license"] == "apache-2.0"
    assert front["language"] == "en"
    assert front["library_name"] == "keras"
    assert front["metrics"] == ["perplexity"]
    assert front["datasets"]
    assert front["tags"]
    assert [model["name"] for model in front["model-index"]] == [folder.name]


def test_a_card_has_all_its_sections_and_says_how_to_load_the_model(card, folder):
    _, text = card
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]

    assert headings == ["Load it", "Data", "Training", "Figures", "Limits"]
    assert f'"saved_models/{folder.name}/model.keras"' in text
    assert f"(../../recipes/{folder.name}.sh)" in text
    assert "licensed" in text


def test_the_figures_of_a_card_are_those_of_metrics_json(card, test_bounds):
    front, text = card
    (result,) = front["model-index"][0]["results"]
    row = next(line for line in text.splitlines() if line.startswith("| test |"))
    cells = [float(cell) for cell in row.split("|")[2:-1]]

    assert result["metrics"][0]["value"] == round(test_bounds["ppl"], 2)
    assert cells == [
        round(test_bounds[name], 2) for name in ("nll", "kl", "code_gain", "ppl")
    ]


def test_the_index_lists_every_model_with_its_figures(folder, test_bounds):
    lines = (ROOT / "saved_models" / "README.md").read_text().splitlines()
    (row,) = [line for line in lines if line.startswith(f"| [{folder.name}]")]

    assert f"| {test_bounds['nll']:.2f} (" in row
    assert f"| {test_bounds['ppl']:.2f} |" in row
