"""The scripts in recipes/: one per released model, with flags that programs take."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "recipes").glob("*.sh"))
RECIPES = [script for script in SCRIPTS if script.name != "common.sh"]


def named(script):
    return script.stem


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_a_recipe_is_correct_bash_and_stops_at_the_first_error(script):
    subprocess.run(["bash", "-n", script], check=True)
    assert "\nset -euo pipefail\n" in script.read_text()


def test_every_released_model_has_a_recipe_and_every_recipe_a_model():
    models = {folder.parent.name for folder in ROOT.glob("saved_models/*/model.keras")}
    assert {recipe.stem for recipe in RECIPES} == models


@pytest.mark.parametrize("recipe", RECIPES, ids=named)
def test_a_recipe_says_what_it_trains_and_how_long_it_takes(recipe):
    first, rest = recipe.read_text().split("\nset ", 1)[0].split("\n", 1)
    comment = " ".join(rest.replace("#", " ").split())

    assert first == "#!/usr/bin/env bash"
    assert comment.startswith(f"Trains saved_models/{recipe.stem}: ")
    assert "hour" in comment or "minutes" in comment
    assert "perplexity" in comment
    assert os.access(recipe, os.X_OK)


@pytest.mark.parametrize("recipe", RECIPES, ids=named)
def test_a_recipe_starts_programs_with_flags_that_they_take(
    recipe, recipe_commands, read_flags
):
    started = recipe_commands(recipe)
    trainers = [command for command in started if command[1].startswith("trainers.")]

    assert all(command[0] == "-m" for command in started)
    assert trainers[-1][-1].endswith(f"/{recipe.stem}")
    for program in {command[1] for command in trainers}:
        lines = [command[2:] for command in trainers if command[1] == program]
        answer = read_flags(program, lines)
        assert answer["errors"] == [None] * len(lines)


def test_data_names_the_folder_of_the_corpus(recipe_commands, monkeypatch):
    monkeypatch.setenv("DATA", "/some/where else")
    (command,) = recipe_commands(ROOT / "recipes" / "ptb_lstm.sh")

    assert "--data_dir=/some/where else" in command
