import json

import pytest

from analysis import learning_curves
from analysis.command_line import UserError


def write_run(folder, kls):
    folder.mkdir()
    history = [
        {"val_kl": kl, "val_ppl": 100.0 - kl, "val_code_gain": kl / 2} for kl in kls
    ]
    (folder / "metrics.json").write_text(json.dumps({"history": history}))
    return folder


def test_the_ends_are_printed_and_the_figure_is_written(tmp_path, capsys):
    one, other = (
        write_run(tmp_path / name, kls) for name, kls in {"a": [1, 2], "b": [3]}.items()
    )

    learning_curves.main(
        [f"--run=one={one}", f"--run=other={other}", f"--output_dir={tmp_path / 'new'}"]
    )

    assert capsys.readouterr().out.splitlines() == [
        "one: KL, PPL, code gain at the end: 2.00, 98.00, 1.00",
        "other: KL, PPL, code gain at the end: 3.00, 97.00, 1.50",
    ]
    figure = (tmp_path / "new" / "learning_curves.png").read_bytes()
    assert figure.startswith(b"\x89PNG")


def test_labels_that_agree_up_to_the_comma_share_a_colour():
    curve = {"val_kl": [1.0], "val_ppl": [2.0]}
    figure = learning_curves.draw({"a": curve, "b": curve, "a, again": curve})

    for axes in figure.axes:
        first, second, again = axes.lines
        assert first.get_color() == again.get_color() != second.get_color()
        assert [line.get_linestyle() for line in axes.lines] == ["-", "-", "--"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        ("{", "Expecting"),
        ("{}", "'history'"),
        ('{"history": []}', "has no epoch"),
        ('{"history": [{"val_kl": 1}]}', "'val_ppl'"),
        ('{"history": 3}', "not iterable"),
    ],
)
def test_a_folder_without_a_finished_run_is_refused_by_name(tmp_path, content, message):
    if content is not None:
        (tmp_path / "metrics.json").write_text(content)
    with pytest.raises(UserError, match=message) as error:
        learning_curves.main([f"--run=a={tmp_path}", f"--output_dir={tmp_path}"])

    assert f"--run=a={tmp_path}" in str(error.value)
