import pytest

from analysis import as_gaussian, command_line, kappas, learning_curves, reconstructions
from analysis.command_line import UserError

PROGRAMS = [as_gaussian, kappas, learning_curves, reconstructions]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_names_a_required_flag_that_is_missing(program):
    with pytest.raises(UserError, match="required: --"):
        program.main([])


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_explains_its_flags(program, capsys):
    with pytest.raises(SystemExit) as stopped:
        program.main(["--help"])

    assert stopped.value.code == 0
    assert program.__doc__.partition("\n")[0] in " ".join(
        capsys.readouterr().out.split()
    )


def test_a_flag_has_the_type_of_its_default():
    parser = command_line.make_parser(
        "Tries flags.",
        rounds=(9, "a whole number"),
        kappa=(100.0, "a number"),
        kappas=((1.0, 2.0), "numbers"),
        profile=(False, "a switch"),
        peer=(None, "a program"),
    )
    arguments = ["--rounds=3", "--kappas=40,80.5", "--profile", "--peer=p"]

    assert vars(parser.parse_args(arguments)) == {
        "rounds": 3,
        "kappa": 100.0,
        "kappas": (40.0, 80.5),
        "profile": True,
        "peer": "p",
    }
    defaults = parser.parse_args([])
    assert defaults.kappas == (1.0, 2.0)
    assert (defaults.profile, defaults.peer) == (False, None)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--rounds=0", "--rounds: '0' is not a whole number above 0"),
        ("--rounds=-1", "--rounds: '-1' is not a whole number above 0"),
        ("--rounds=1.5", "--rounds: '1.5' is not a whole number above 0"),
        ("--kappas=10,nan", "--kappas: 'nan' is not a number above 0"),
        ("--kappas=10,,20", "--kappas: '' is not a number above 0"),
        ("--kappas=inf", "--kappas: 'inf' is not a number above 0"),
        ("--round=3", "unrecognized arguments: --round=3"),
        ("more", "unrecognized arguments: more"),
    ],
)
def test_a_bad_argument_is_refused_by_name(argument, message):
    parser = command_line.make_parser("A.", rounds=(9, "n"), kappas=((1.0,), "numbers"))
    with pytest.raises(UserError) as error:
        parser.parse_args([argument])

    assert message in str(error.value)


def test_bad_input_ends_a_program_with_one_line_and_status_2(capsys):
    def main():
        raise UserError("--model=m: nothing there")

    with pytest.raises(SystemExit) as stopped:
        command_line.run(main)

    assert stopped.value.code == 2
    assert capsys.readouterr().err == "error: --model=m: nothing there\n"


@pytest.mark.parametrize(("result", "status"), [(None, None), (0, 0), (1, 1)])
def test_a_program_exits_with_what_it_returns(result, status):
    with pytest.raises(SystemExit) as stopped:
        command_line.run(lambda: result)

    assert stopped.value.code == status


def test_an_output_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"--output_dir=.*file: "):
        command_line.make_output_dir(tmp_path / "file")
