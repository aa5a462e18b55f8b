"""Runs: whole or not at all, one clear message, and the command around them."""

import errno
import json
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from click.testing import CliRunner

from gvc_helpers import run as execution
from gvc_helpers.cli import main
from gvc_helpers.databases import csv_folder
from gvc_helpers.databases import read as sources
from gvc_helpers.papers import make_register as zone_reconstruction

ROOT = Path(__file__).parents[1]
PARAMETERS = ROOT / "parameters" / "eaeu_2015.yaml"
RECORD = "import os, pathlib\n(pathlib.Path(os.environ['GVC_RUN_FOLDER']) / 'run.json').write_text('{}')\n"
SHORT = {
    "good": RECORD + "from IPython.display import Markdown, display\ndisplay(Markdown(f'Year {year}'))",
    "failing": "print('before')\n1 / (year - year)",
    "dying": "import os\nos._exit(1)",
    "slow": "import time\ntime.sleep(60)",
    "leaking": RECORD + "import os, sys\nprint(os.environ['GVC_RUN_FOLDER'], file=sys.stderr)",
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


@pytest.fixture(autouse=True)
def logs(tmp_path, monkeypatch):
    """Logs of this test alone."""
    monkeypatch.setattr(execution, "user_log_path", lambda *_, **__: tmp_path / "logs")
    return tmp_path / "logs"


@pytest.fixture
def previous(tmp_path):
    """A folder of reports with the report of an earlier run."""
    folder = tmp_path / "reports" / "eaeu_2015"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("previous", encoding="utf-8")
    (folder / "run.json").write_text("{}", encoding="utf-8")
    return folder


def is_previous(folder):
    return (folder / "report.html").read_text(encoding="utf-8") == "previous"


def gvc(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def command(*arguments, first="", stdout=subprocess.PIPE):
    """Run the command in a process of its own."""
    code = f"{first}from gvc_helpers.cli import main; main()"
    line = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(line, stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=ROOT)


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
def test_failed_run_says_where_and_leaves_the_previous_report(
    notebooks, tmp_path, logs, previous, kind, message
):
    notebooks(kind)
    result = gvc("run", PARAMETERS, "--out", tmp_path / "reports")
    assert result.exit_code == 1
    (line,) = result.stderr.strip().splitlines()[-1:]
    assert line.startswith(f"{PARAMETERS}: ")
    assert "section 'The sum'" in line
    assert message in line
    assert "Traceback" not in result.output
    assert content(tmp_path / "reports") == {"eaeu_2015"}
    assert is_previous(previous)
    (log,) = logs.iterdir()
    assert str(log) in line
    if kind == "failing":
        assert "before" in log.read_text(encoding="utf-8")
    notebooks("good")
    assert gvc("run", PARAMETERS, "--out", tmp_path / "reports").exit_code == 0
    assert content(logs) == set(), "the log of a failure goes with it"


def test_a_log_that_cannot_be_kept_is_not_promised(notebooks, tmp_path, logs):
    logs.write_text("a file")
    notebooks("failing")
    result = gvc("run", PARAMETERS, "--out", tmp_path / "reports")
    assert result.exit_code == 1
    assert "ZeroDivisionError" in result.stderr
    assert "the log is in" not in result.stderr


# What is in the report's place --------------------------------------------------------------------


@pytest.mark.parametrize("taken", ["folder", "file", "link", "broken link"])
def test_what_is_no_report_is_not_replaced(notebooks, tmp_path, taken):
    notebooks("good")
    (tmp_path / "eaeu_2015.log").write_text("mine", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "run.json").write_text("{}", encoding="utf-8")
    place = tmp_path / "eaeu_2015"
    match taken:
        case "folder":
            place.mkdir()
            (place / "data.csv").write_text("mine", encoding="utf-8")
        case "file":
            place.write_text("mine", encoding="utf-8")
        case "link":
            place.symlink_to(tmp_path / "elsewhere")
        case "broken link":
            place.symlink_to(tmp_path / "nowhere")
    before = {str(path) for path in tmp_path.rglob("*")}
    result = gvc("run", PARAMETERS, "--out", tmp_path)
    assert result.exit_code == 1
    assert "is a link" in result.stderr if "link" in taken else "is no report" in result.stderr
    assert "give another --out" in result.stderr
    assert {str(path) for path in tmp_path.rglob("*")} == before
    assert (tmp_path / "eaeu_2015.log").read_text(encoding="utf-8") == "mine"


def test_a_report_with_files_of_the_users_in_it_is_not_replaced(notebooks, tmp_path, previous):
    notebooks("good")
    for name in (".DS_Store", ".ipynb_checkpoints/notebook-checkpoint.ipynb"):
        (previous / name).parent.mkdir(exist_ok=True)
        (previous / name).write_text("left by others", encoding="utf-8")
    (previous / "tables").mkdir()
    (previous / "tables" / "mine.csv").write_text("mine", encoding="utf-8")
    result = gvc("run", PARAMETERS, "--out", tmp_path / "reports")
    assert result.exit_code == 1
    assert "holds tables/mine.csv, which no run has made" in result.stderr
    assert is_previous(previous)
    record = {"tables": [{"files": ["tables/mine.csv"]}], "figures": []}
    (previous / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert gvc("run", PARAMETERS, "--out", tmp_path / "reports").exit_code == 0


def test_a_file_is_no_folder_of_reports(tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    result = gvc("run", PARAMETERS, "--out", tmp_path / "file")
    assert result.exit_code == 1
    assert "is a file; name a folder with --out" in result.stderr


def test_files_whose_reports_would_share_a_name_are_refused(tmp_path):
    other = tmp_path / "EAEU_2015.yaml"
    other.write_bytes(PARAMETERS.read_bytes())
    result = gvc("run", PARAMETERS, other, "--out", tmp_path / "reports")
    assert result.exit_code == 1
    assert str(PARAMETERS) in result.stderr and str(other) in result.stderr
    assert not (tmp_path / "reports").exists()


class Stop(BaseException):
    """A signal that arrives."""


@pytest.mark.parametrize("after", [0, 1])
def test_a_signal_between_the_two_renames_leaves_the_previous_report(tmp_path, previous, monkeypatch, after):
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "run.json").write_text("{}", encoding="utf-8")
    rename, calls = Path.rename, []

    def interrupted(path, target):
        calls.append(path)
        if len(calls) == 2 and not after:
            raise Stop
        result = rename(path, target)
        if len(calls) == 1 and after:
            raise Stop
        return result

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(Stop):
        execution._replace(folder, previous)
    assert is_previous(previous)
    assert content(tmp_path / "reports") == {"eaeu_2015"}


def test_the_previous_report_stays_until_the_new_one_is_in_its_place(tmp_path, previous, monkeypatch):
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "run.json").write_text("{}", encoding="utf-8")
    rename = Path.rename

    def watched(path, target):
        if path == folder:
            assert is_previous(execution._previous(previous))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", watched)
    execution._replace(folder, previous)
    assert not (previous / "report.html").exists()
    assert content(tmp_path / "reports") == {"eaeu_2015"}


def test_report_moved_aside_by_a_killed_run_comes_back(tmp_path, previous):
    previous.rename(execution._previous(previous))
    execution._recover(previous)
    assert is_previous(previous)
    assert content(tmp_path / "reports") == {"eaeu_2015"}


# Runs that are killed, and runs at the same time --------------------------------------------------


@pytest.fixture
def started(notebooks, tmp_path):
    """Start the slow study in a process of its own; wait until it is in the midst of it."""
    script = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from gvc_helpers import cli, run
        run.NOTEBOOKS = Path({str(notebooks("slow"))!r})
        cli.main(["run", {str(PARAMETERS)!r}, "--out", {str(tmp_path / "reports")!r}])
    """)
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (kernels(tmp_path) and list((tmp_path / "reports").glob(".gvc-*/report/notebook.ipynb"))):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.1)
    yield process
    process.kill()
    process.communicate()


def kernels(folder):
    """Kernels that belong to runs into a folder, by the place of their connection file."""
    lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if "ipykernel_launcher" in line and str(folder) in line]


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"])
def test_killed_run_leaves_the_previous_report(notebooks, tmp_path, previous, started, name):
    started.send_signal(getattr(signal, name))
    _, errors = started.communicate(timeout=30)
    assert is_previous(previous)
    if name != "SIGKILL":
        assert content(tmp_path / "reports") == {"eaeu_2015"}, "cleared away at once"
        assert "Traceback" not in errors
    deadline = time.monotonic() + 8
    while kernels(tmp_path):
        assert time.monotonic() < deadline, "a kernel goes on"
        time.sleep(0.1)
    notebooks("good")
    assert gvc("run", PARAMETERS, "--out", tmp_path / "reports").exit_code == 0
    assert content(tmp_path / "reports") == {"eaeu_2015"}
    assert "Year 2015" in (previous / "report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("started")
def test_a_second_run_of_a_name_says_that_one_goes_on_and_disturbs_nothing(notebooks, tmp_path):
    before = content(tmp_path / "reports")
    notebooks("good")
    result = gvc("run", PARAMETERS, "--out", tmp_path / "reports")
    assert result.exit_code == 1
    assert "another run of 'eaeu_2015'" in result.stderr
    assert content(tmp_path / "reports") == before
    other = gvc("run", PARAMETERS, "--out", tmp_path / "others")
    assert other.exit_code == 0


def test_a_full_disk_is_said_in_a_line_and_leaves_the_previous_report(tmp_path, previous):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); "
    result = command("run", PARAMETERS, "--out", tmp_path / "reports", first=limit)
    assert result.returncode == 1
    assert "File too large" in result.stderr
    assert "Traceback" not in result.stderr
    assert is_previous(previous)
    assert content(tmp_path / "reports") == {"eaeu_2015"}


def test_data_that_is_made_again_replaces_nothing_before_all_is_whole(tmp_path, monkeypatch):
    def full(folder):
        (folder / "register.csv").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "register.csv"))

    (tmp_path / "register.csv").write_text("whole")
    monkeypatch.setattr(zone_reconstruction, "build", full)
    result = gvc("reconstruct", "grodnoinvest", "--out", tmp_path)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert content(tmp_path) == {"register.csv"}
    assert (tmp_path / "register.csv").read_text() == "whole"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_output_that_cannot_be_written_is_no_traceback():
    with Path("/dev/full").open("w") as full:
        result = command("list", stdout=full)
    assert result.returncode == 1
    assert result.stderr.strip() == "No space left on device"


# What is around a run does not change it, and it tells nothing of it ------------------------------


def test_odd_names(notebooks, tmp_path):
    notebooks("good")
    for name in ["a{b}", "-o", "2026-11-29T10:15", "s3:", "it's 100 % #1", "год"]:
        file = tmp_path / name / f"{name}.yaml"
        file.parent.mkdir()
        file.write_bytes(PARAMETERS.read_bytes())
        result = gvc("run", "--out", tmp_path / name / "reports", "--", file)
        assert result.exit_code == 0, (name, result.output)
        assert "Year 2015" in (tmp_path / name / "reports" / name / "report.html").read_text(encoding="utf-8")


def test_a_run_may_have_a_name_of_its_own(notebooks, tmp_path):
    notebooks("good")
    arguments = ["--out", tmp_path / "reports", "--name"]
    assert gvc("run", PARAMETERS, *arguments, "other").exit_code == 0
    assert content(tmp_path / "reports") == {"other"}
    for files, name in (([PARAMETERS, tmp_path / "b.yaml"], "other"), ([PARAMETERS], "../other")):
        result = gvc("run", *files, *arguments, name)
        assert result.exit_code == 1
        assert "it names the run of one file" in result.stderr


def test_out_that_looks_like_an_option(notebooks, tmp_path, monkeypatch):
    notebooks("good")
    monkeypatch.chdir(tmp_path)
    assert gvc("run", PARAMETERS, "--out=-o").exit_code == 0
    assert (tmp_path / "-o" / "eaeu_2015" / "report.html").exists()


def test_settings_and_kernels_of_the_user_are_left_aside(notebooks, tmp_path, monkeypatch):
    kernel = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["false"], "display_name": "other", "language": "python"}', encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    startup = tmp_path / "ipython" / "profile_default" / "startup" / "first.py"
    startup.parent.mkdir(parents=True)
    startup.write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebooks("good")
    assert gvc("run", PARAMETERS, "--out", tmp_path / "reports").exit_code == 0


def test_pandocs_warnings_are_errors(notebooks, tmp_path):
    folder = notebooks("good")
    notebook = nbformat.read(folder / "eaeu_vertical_specialization.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("![lost](nowhere.svg)"))
    nbformat.write(notebook, folder / "eaeu_vertical_specialization.ipynb")
    result = gvc("run", PARAMETERS, "--out", tmp_path / "reports")
    assert result.exit_code == 1
    assert "nowhere.svg" in result.stderr
    assert content(tmp_path / "reports") == set()


def test_a_report_does_not_tell_where_it_was_made(notebooks, tmp_path):
    data = tmp_path / "my data"
    table = sources.read_table("reconstruction").keep(["ARM", "BLR", "RUS"], rest="ROW")
    csv_folder.write_folder(table, data)
    notebooks("leaking")
    arguments = ["-p", "source", f"{{database: csv, path: '{data}'}}", "-p", "focus", "[ARM, BLR]"]
    result = gvc(
        "run", PARAMETERS, *arguments, "-p", "bloc.members", "[ARM, BLR]", "--out", tmp_path / "reports"
    )
    assert result.exit_code == 0, result.output
    for file in (tmp_path / "reports").rglob("*"):
        assert file.is_dir() or str(tmp_path).encode() not in file.read_bytes(), file.name
    assert "my data" in (tmp_path / "reports" / "eaeu_2015" / "notebook.ipynb").read_text(encoding="utf-8")


def test_signs_that_a_terminal_obeys_are_written_out(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text('study: "a\\e[2Jb\\u202Ec"\n', encoding="utf-8")
    result = gvc("check", file)
    assert "\x1b" not in result.stderr.replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert "\u202e" not in result.stderr


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
