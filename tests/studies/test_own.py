"""A study of one's own: laid out, checked against its cell, run, and rendered after a run elsewhere."""

import json

import nbformat
import pytest
from click.testing import CliRunner

import gvc_helpers
from gvc_helpers.cli import main
from gvc_helpers.errors import GvcError
from gvc_helpers.studies.file import ParameterError, load, parameters
from gvc_helpers.studies.own import cell_parameters, write_study


def gvc(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def study(tmp_path):
    write_study("wages", tmp_path)
    return tmp_path / "wages.yaml"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    write_study("wages", folder)
    result = gvc("run", folder / "wages.yaml", "-p", "focus", "[BLR, RUS]", "--out", folder / "reports")
    assert result.exit_code == 0, result.output
    return folder / "reports" / "wages"


def test_a_new_study_runs(report):
    assert {path.name for path in report.iterdir()} == {"notebook.ipynb", "report.html", "run.json", "tables"}
    record = json.loads((report / "run.json").read_text(encoding="utf-8"))
    assert record["parameters"]["focus"] == ["BLR", "RUS"]
    assert record["findings"][0].startswith("Foreign value added weighs most in the exports of Belarus")
    assert record["tables"][0]["text"] == "Foreign value added in exports"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (("yeer", "2015"), "there is no such key; did you mean 'year'?"),
        (("year", "late"), 'year: "late" is not allowed; a whole number is expected'),
        (("focus", "BLR"), "a list is expected"),
        (("decimals", "9"), 'decimals: "9" is not allowed'),
    ],
)
def test_its_parameters_are_those_of_its_cell(study, override, message):
    with pytest.raises(ParameterError) as caught:
        load(study, [override])
    assert message in str(caught.value)


def test_kinds_of_parameters(study):
    notebook = nbformat.read(study.with_suffix(".ipynb"), as_version=4)
    notebook.cells[1].source += "\nlimits = {'low': 1.5, 'names': ['a']}\nnothing = None\n"
    nbformat.write(notebook, study.with_suffix(".ipynb"))
    read = load(study, [("limits.low", "2"), ("nothing", "any")])
    assert (read.limits.low, read.limits.names, read.nothing, read.year) == (2.0, ["a"], "any", 2015)
    with pytest.raises(ParameterError, match=r"limits.high: .* no such key"):
        load(study, [("limits.high", "2")])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("year = 2 * 3", r"'year = 2 \* 3' in the cell"),
        ("import os", "'import os'"),
        ("a = b = 1", "'a = b = 1'"),
    ],
)
def test_a_parameter_is_a_plain_value(study, source, message):
    notebook = nbformat.read(study.with_suffix(".ipynb"), as_version=4)
    notebook.cells[1].source = source
    nbformat.write(notebook, study.with_suffix(".ipynb"))
    with pytest.raises(ParameterError, match=message):
        load(study)


def test_a_notebook_without_the_cell_or_none_is_said(study, tmp_path):
    (tmp_path / "none.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(GvcError, match="cannot be read"):
        cell_parameters(tmp_path / "none.ipynb")
    study.write_text("study: other\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="or the name of a notebook beside the file"):
        load(study)


def test_nothing_is_overwritten_and_names_are_names(study):
    with pytest.raises(GvcError, match="exist already"):
        write_study("wages", study.parent)
    assert gvc("new", "../wages").exit_code == 1


def test_parameters_of_a_notebook_are_validated_where_they_are_changed():
    scope = {
        "study": "eaeu_vertical_specialization",
        "focus": ["BLR", "RUS"],
        "decimals": 2,
        "In": [],
        "x": 1,
    }
    assert parameters(scope).focus == ["BLR", "RUS"]
    with pytest.raises(ParameterError, match="the parameters cell: decimals: 99 is not allowed") as caught:
        parameters(scope | {"decimals": 99})
    assert caught.value._render_traceback_() == [str(caught.value)], "a notebook shows the message alone"
    table = gvc_helpers.read_table("reconstruction")
    with pytest.raises(
        ParameterError, match=r"the parameters cell: focus: .* country 'XXX' is not in the table"
    ):
        parameters(scope | {"focus": ["BLR", "XXX"]}).named(table)
    own = parameters({"study": "wages", "year": 2015, "_oh": {}, "In": [""], "Out": {}, "exit": print})
    assert own.year == 2015 and not hasattr(own, "In")


def test_a_notebook_that_was_run_elsewhere_becomes_a_report(report, tmp_path):
    notebook = tmp_path / "mine.ipynb"
    notebook.write_bytes((report / "notebook.ipynb").read_bytes())
    assert gvc("render", notebook, "--out", tmp_path).exit_code == 0
    assert gvc("render", notebook, "--out", tmp_path).exit_code == 0, "a report may be replaced"
    html = [
        folder.joinpath("report.html").read_text(encoding="utf-8") for folder in (report, tmp_path / "mine")
    ]
    assert html[0].split("<body>")[1] == html[1].split("<body>")[1]
    wages = tmp_path / "wages.ipynb"
    wages.write_bytes(notebook.read_bytes())
    refused = gvc("render", wages, "--out", report.parent)
    assert refused.exit_code == 1
    assert "is the report of a run, with its tables; give another --out" in refused.stderr
    node = nbformat.read(notebook, as_version=4)
    node.cells[-1].execution_count = None
    nbformat.write(node, notebook)
    result = gvc("render", notebook, tmp_path / "none.ipynb", "--out", tmp_path)
    assert result.exit_code == 1
    assert "was not executed; run all cells first" in result.stderr
    assert "none.ipynb: the notebook cannot be read" in result.stderr
