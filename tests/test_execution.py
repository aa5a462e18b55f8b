"""Runs: whole or not at all, one clear message, and the command around them."""

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from gvc_helpers import execution
from gvc_helpers.cli import main

ROOT = Path(__file__).parents[1]
PARAMETERS = ROOT / "parameters" / "eaeu_2015.yaml"
SHORT = {
    "good": "from IPython.display import Markdown, display\ndisplay(Markdown(f'Year {year}'))",
    "failing": "print('before')\n1 / (year - year)",
    "dying": "import os\nos._exit(1)",
    "slow": "import time\ntime.sleep(60)",
    "threads": "import os\nassert os.environ['OPENBLAS_NUM_THREADS'] == '1'",
}


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Put a short notebook in the place of the study's."""

    def write(kind):
        cell = nbformat.v4.new_code_cell("year = 0", metadata={"tags": ["parameters"]})
        cells = [nbformat.v4.new_markdown_cell("# Title"), cell]
        cells += [
            nbformat.v4.new_markdown_cell("## The sum\n\nText."),
            nbformat.v4.new_code_cell(SHORT[kind]),
        ]
        folder = tmp_path / "notebooks"
        folder.mkdir(exist_ok=True)
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, folder / "eaeu_vertical_specialization.ipynb")
        monkeypatch.setattr(execution, "NOTEBOOKS", folder)
        return folder

    return write


def gvc(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def content(folder):
    return {path.name for path in folder.iterdir()}


def test_good_run_leaves_a_report_and_nothing_else(notebooks, tmp_path):
    notebooks("good")
    result = gvc("run", PARAMETERS, "--out", tmp_path / "reports")
    assert result.exit_code == 0
    assert content(tmp_path / "reports") == {"eaeu_2015"}
    html = (tmp_path / "reports" / "eaeu_2015" / "report.html").read_text(encoding="utf-8")
    assert "Year 2015" in html
    assert "display(" not in html, "code is hidden"
    stored = (tmp_path / "reports" / "eaeu_2015" / "notebook.ipynb").read_text(encoding="utf-8")
    assert str(tmp_path) not in stored


@pytest.mark.parametrize(("kind", "message"), [("failing", "ZeroDivisionError"), ("dying", "kernel died")])
def test_failed_run_says_where_and_leaves_the_previous_report(notebooks, tmp_path, kind, message):
    out = tmp_path / "reports"
    (out / "eaeu_2015").mkdir(parents=True)
    (out / "eaeu_2015" / "report.html").write_text("previous", encoding="utf-8")
    notebooks(kind)
    result = gvc("run", PARAMETERS, "--out", out)
    assert result.exit_code == 1
    (line,) = result.stderr.strip().splitlines()[-1:]
    assert line.startswith(f"{PARAMETERS}: ")
    assert "section 'The sum'" in line
    assert message in line
    assert "Traceback" not in result.output
    assert content(out) == {"eaeu_2015", "eaeu_2015.log"}
    assert (out / "eaeu_2015" / "report.html").read_text(encoding="utf-8") == "previous"
    if kind == "failing":
        assert "before" in (out / "eaeu_2015.log").read_text(encoding="utf-8")


def test_killed_run_leaves_the_previous_report(notebooks, tmp_path):
    out = tmp_path / "reports"
    (out / "eaeu_2015").mkdir(parents=True)
    (out / "eaeu_2015" / "report.html").write_text("previous", encoding="utf-8")
    script = textwrap.dedent(f"""
        from pathlib import Path
        from gvc_helpers import execution
        execution.NOTEBOOKS = Path({str(notebooks("slow"))!r})
        execution.run(Path({str(PARAMETERS)!r}), out=Path({str(out)!r}))
    """)
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(out.glob(".eaeu_2015-*/eaeu_2015/notebook.ipynb")) and time.monotonic() < deadline:
        time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (out / "eaeu_2015" / "report.html").read_text(encoding="utf-8") == "previous"
    notebooks("good")
    execution.ABANDONED_AFTER, kept = 0.0, execution.ABANDONED_AFTER
    try:
        assert gvc("run", PARAMETERS, "--out", out).exit_code == 0
    finally:
        execution.ABANDONED_AFTER = kept
    assert content(out) == {"eaeu_2015"}
    assert "Year 2015" in (out / "eaeu_2015" / "report.html").read_text(encoding="utf-8")


def test_report_moved_aside_by_a_killed_run_comes_back(tmp_path):
    (tmp_path / ".eaeu_2015.previous").mkdir()
    (tmp_path / ".eaeu_2015.previous" / "report.html").write_text("previous", encoding="utf-8")
    execution._recover(tmp_path / "eaeu_2015")
    assert content(tmp_path) == {"eaeu_2015"}


def test_mistakes_stop_a_run_before_it_starts(tmp_path):
    result = gvc(
        "run", PARAMETERS, "-p", "decimals", "many", "-p", "foocus", "x", "--out", tmp_path / "reports"
    )
    assert result.exit_code == 1
    assert "decimals: " in result.stderr
    assert "did you mean 'focus'?" in result.stderr
    assert not (tmp_path / "reports").exists()


def test_one_bad_file_does_not_stop_the_others(notebooks, tmp_path):
    notebooks("good")
    result = gvc("run", tmp_path / "none.yaml", PARAMETERS, "--out", tmp_path / "reports")
    assert result.exit_code == 1
    assert "none.yaml: the file does not exist" in result.stderr
    assert (tmp_path / "reports" / "eaeu_2015" / "report.html").exists()


def test_check_and_list_and_data_that_is_not_at_hand(tmp_path):
    away = tmp_path / "away.yaml"
    away.write_text(
        "study: eaeu_vertical_specialization\nsource: {database: pymrio, path: /none}\n", encoding="utf-8"
    )
    assert gvc("check", PARAMETERS).output == f"{PARAMETERS}: good\n"
    assert gvc("check", away).exit_code == 1
    assert gvc("list", tmp_path).output == f"{away}: data not at hand\n"
    result = gvc("run", "--at-hand", away, "--out", tmp_path / "reports")
    assert (result.exit_code, result.output) == (0, f"{away}: data not at hand, skipped\n")


def test_wrong_files_are_listed_as_such_and_stop_no_others(tmp_path):
    wrong = {"a": "study: [\n", "b": "years: 1\n", "c": f"study: {'x' * 5000}\n"}
    for name, text in wrong.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "d.yaml").mkdir()
    good = tmp_path / "e.yaml"
    good.write_text(PARAMETERS.read_text(encoding="utf-8"), encoding="utf-8")
    result = gvc("list", tmp_path)
    assert (result.exit_code, result.stdout) == (1, f"{good}: ready\n")
    said = [line.removeprefix(f"{tmp_path}/")[:6] for line in result.stderr.splitlines()]
    assert said == [*[f"{name}.yaml" for name in "abcd"]]
    result = gvc("check", *sorted(tmp_path.iterdir()), tmp_path / ("x" * 300))
    assert (result.exit_code, result.stdout) == (1, f"{good}: good\n")
    assert len(result.stderr.splitlines()) == 5


def test_folder_without_parameter_files_is_named(tmp_path):
    for folder, problem in (
        (tmp_path, "no parameter files (*.yaml) are in it"),
        (tmp_path / "none", "there is no such folder"),
        (tmp_path / ("x" * 300), "there is no such folder"),
    ):
        result = gvc("list", folder)
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{folder}: {problem}\n")


def test_out_that_is_a_file_is_named(tmp_path):
    (tmp_path / "reports").write_text("", encoding="utf-8")
    result = gvc("run", PARAMETERS, "--out", tmp_path / "reports")
    assert result.exit_code == 1
    assert "reports" in result.stderr
    assert "Traceback" not in result.output


def test_number_of_threads_reaches_the_notebook(notebooks, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    notebooks("threads")
    assert gvc("run", PARAMETERS, "--out", tmp_path / "reports", "--threads", "1").exit_code == 0
    assert gvc("run", PARAMETERS, "--out", tmp_path / "reports").exit_code == 1
    result = gvc("run", PARAMETERS, "--threads", "0")
    assert result.exit_code == 2
    assert "0 is not in the range x>=1" in result.output
