"""A run: from a parameter file to a folder with the report, whole or not at all."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
from ipykernel.kernelspec import write_kernel_spec
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from papermill.translators import PythonTranslator
from platformdirs import user_log_path
from traitlets.config import Config

from gvc_helpers.errors import GvcError, listed, shortened
from gvc_helpers.files.locks import BusyError, held, working_folder
from gvc_helpers.files.text import FileError, file_content
from gvc_helpers.report.html import to_html
from gvc_helpers.report.pictures import complete
from gvc_helpers.report.report import FIGURE, RECORD, RUN_FOLDER, TABLE
from gvc_helpers.studies.base import Study
from gvc_helpers.studies.file import load, notebook_of

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LANGUAGE = "en"
KERNEL = "python3"
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""Environment variables that the libraries of linear algebra read the number of threads from."""


class RunError(GvcError):
    """A notebook failed; the message names the section, the error and the log."""


def run(
    file: Path,
    overrides: Iterable[tuple[str, str]] = (),
    out: Path = Path("reports"),
    threads: int | None = None,
    name: str | None = None,
) -> Path:
    """Run the study that a parameter file names, and put its report into ``out/<name>``.

    Everything is written to a working folder beside it and moved into place when whole; a run that
    fails or is killed leaves the report that was there.

    Parameters
    ----------
    file : Path
        Parameter file.
    overrides : iterable of (str, str)
        Parameters to replace, as :func:`gvc_helpers.studies.file.load` takes them.
    out : Path
        Folder of the reports.
    threads : int, optional
        Threads for linear algebra; None leaves it to the library, which takes all cores. Results do not
        depend on it beyond rounding.
    name : str, optional
        Name of the run; by default that of the file, without its ending.

    Returns
    -------
    Path
        Folder of the report.

    Raises
    ------
    ParameterError
        When a parameter is wrong; nothing has run.
    RunError
        When the report's place is taken by something else or by a run that goes on, or a cell of the
        notebook fails; the message says where the log is.
    """
    parameters = load(file, overrides)
    source = notebook_of(file, parameters.study) or NOTEBOOKS / f"{parameters.study}.ipynb"
    if not source.exists():
        raise RunError(
            f"the notebook {source} is not there; install the project from a clone, with pip install -e ."
        )
    name = name or file.stem
    log = _log_of(out.absolute() / name)
    with _place_of_report(name, out) as folder:
        with _environment(_surroundings(folder.parent, threads)):
            executed = _execute(source, folder, parameters, name, log)
        _without_traces(executed, parameters)
        complete(folder / "figures")
        _set(executed, name)
    log.unlink(missing_ok=True)
    return out / name


def render(notebook: Path, out: Path = Path("reports")) -> Path:
    """Make a report of a notebook as it was run elsewhere, such as in JupyterLab, with what it holds.

    That is its text, its tables and its figures as pictures of points; the files of tables are saved where
    a run executes the notebook.

    Parameters
    ----------
    notebook : Path
        The notebook, with all its cells executed.
    out : Path
        Folder of the reports.

    Returns
    -------
    Path
        Folder of the report, which has the notebook's name.

    Raises
    ------
    RunError
        When it is no notebook, a cell failed or was not executed, or the report's place is taken.
    """
    try:
        node = nbformat.reads(file_content(notebook).decode(), as_version=4)
    except (FileError, ValueError, nbformat.ValidationError) as error:
        raise RunError(f"{notebook}: the notebook cannot be read: {shortened(str(error), 200)}") from None
    for number, cell in enumerate(node.cells, start=1):
        if cell.cell_type == "code" and cell.source.strip():
            if cell.execution_count is None:
                raise RunError(f"{notebook}: cell {number} was not executed; run all cells first")
            if any(output.output_type == "error" for output in cell.outputs):
                raise RunError(f"{notebook}: cell {number} failed; mend it and run all cells again")
    target = out / notebook.stem
    if (target / RECORD).is_file() and '"rendered": true' not in (target / RECORD).read_text(
        encoding="utf-8"
    ):
        raise RunError(f"'{target}' is the report of a run, with its tables; give another --out")
    with _place_of_report(notebook.stem, out) as folder:
        record = _figures_saved(node, folder)
        nbformat.write(node, folder / "notebook.ipynb")
        (folder / RECORD).write_text(
            json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        _set(folder / "notebook.ipynb", notebook.stem)
    return target


def _figures_saved(node: NotebookNode, folder: Path) -> dict[str, Any]:
    """Save the pictures of a notebook's outputs; return what they and its tables are."""
    record: dict[str, Any] = {"rendered": True, "tables": [], "figures": []}
    (folder / "figures").mkdir()
    for output in (output for cell in node.cells for output in cell.get("outputs", [])):
        mark = output.get("metadata", {}).get("gvc", {})
        if mark.get("kind") == FIGURE:
            mark["file"] = f"figures/{Path(mark['file']).stem}.png"
            (folder / mark["file"]).write_bytes(base64.b64decode(output.data["image/png"]))
        if mark.get("kind") in (FIGURE, TABLE):
            kind = "tables" if mark["kind"] == TABLE else "figures"
            record[kind].append({part: text for part, text in mark.items() if part != "kind"})
    return record


def _set(notebook: Path, name: str) -> None:
    """Set the report of an executed notebook beside it."""
    try:
        to_html(notebook, notebook.with_name("report.html"), name, LANGUAGE)
    except RuntimeError as error:  # what pandoc says
        raise RunError(str(error)) from None


PROGRESS = "{desc}: {percentage:3.0f} %|{bar}| {n_fmt} of {total_fmt} cells, {elapsed}"


def _surroundings(working: Path, threads: int | None) -> dict[str, str]:
    """Variables that give a kernel its own folders: no settings and no other kernel change what it gives."""
    write_kernel_spec(working / "jupyter" / "kernels" / KERNEL)
    return {
        RUN_FOLDER: str(working / "report"),
        "JUPYTER_PATH": str(working / "jupyter"),
        "IPYTHONDIR": str(working / "ipython"),
        **({} if threads is None else dict.fromkeys(THREADS, str(threads))),
    }


def _execute(source: Path, folder: Path, parameters: Study, name: str, log: Path) -> Path:
    """Execute a notebook into a folder; a failure is a RunError that names the section and the log."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # tells of kernels that were stopped
    executed, connection = folder / "notebook.ipynb", str(folder.with_name("kernel.json"))
    place = str(executed).replace("{", "{{").replace("}", "}}")  # papermill formats paths
    try:
        papermill.execute_notebook(
            nbformat.read(source, as_version=4), place, parameters.model_dump(mode="json"),
            kernel_name=KERNEL, extra_arguments=["--IPKernelApp.log_level=50"],
            config=Config(KernelManager={"connection_file": connection}),
            progress_bar={"desc": name, "unit": "cell", "bar_format": PROGRESS},
        )  # fmt: skip
    except (PapermillExecutionError, DeadKernelError) as error:
        kept = _write_log(log, executed, error)
        where = f" (the log is in {log})" if kept else ""
        raise RunError(f"{_heading(executed)}: {_reason(error)}{where}") from None
    finally:
        _end_kernel(connection)
    return executed


def _end_kernel(connection: str) -> None:
    """Wait for the kernel of a run that was interrupted, which would go on writing where we clear away."""
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if connection in process.cmdline():
                process.kill()
                process.wait()


def _without_traces(notebook: Path, parameters: Study) -> None:
    """Take out what papermill notes of time and place, and what is of this machine only."""
    node = nbformat.read(notebook, as_version=4)
    for part in [node, *node.cells]:
        part.metadata.pop("papermill", None)
    for number, cell in enumerate(node.cells):
        cell.metadata.pop("execution", None)
        cell.id = f"cell-{number:02d}"  # that of the injected parameters is drawn at random
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = PythonTranslator.codify(parameters.recorded(), "Parameters")
    nbformat.write(node, notebook)


# The report's place -------------------------------------------------------------------------------


@contextmanager
def _place_of_report(name: str, out: Path) -> Iterator[Path]:
    """Give a folder to write a report in, and put it into its place when that is done."""
    target = out.absolute() / name
    if out.exists() and not out.is_dir():
        raise RunError(f"'{out}' is a file; name a folder with --out")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with held(target.with_name(f".{name}.gvc-lock")):
            _recover(target)
            _refuse_what_is_no_report(target)
            with working_folder(target.parent) as working:
                folder = working / "report"
                folder.mkdir()
                yield folder
                _replace(folder, target)
    except BusyError:
        raise RunError(
            f"another run of '{name}' into '{out}' goes on; wait for it, or give another --out"
        ) from None


def _refuse_what_is_no_report(target: Path) -> None:
    """Refuse to replace anything that a run has not made, be it beside what it has."""
    if not (target.exists() or target.is_symlink()):
        return
    place = f"'{target.name}' in '{target.parent.name}'"
    advice = "so it is not replaced; move it, or give another --out"
    if target.is_symlink():
        raise RunError(f"{place} is a link, {advice}")
    if not (target / RECORD).is_file():
        raise RunError(f"{place} is no report (a folder with {RECORD}), {advice}")
    made = _made_by_a_run(target)
    there = (path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir())
    if strange := sorted(name for name in there if name not in made and not LEFT.search(name)):
        raise RunError(f"{place} holds {listed(strange, 5)}, which no run has made, {advice}")


def _made_by_a_run(folder: Path) -> set[str]:
    """Names of the files of a report, by its record."""
    made = {RECORD, "report.html", "notebook.ipynb", "tables/tables.xlsx"}
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError, KeyError):
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        for entry in [*record["tables"], *record["figures"]]:
            made |= {*entry.get("files", []), entry.get("file")}
    return made


LEFT = re.compile(r"(^|/)(\.DS_Store|Thumbs\.db|desktop\.ini|\.ipynb_checkpoints/.*)$")
"""What systems and Jupyter leave in folders of their own accord."""


def _replace(folder: Path, target: Path) -> None:
    """Put a finished folder in the place of the previous one; whatever happens, one of them is there."""
    _refuse_what_is_no_report(target)
    previous = _previous(target)
    try:
        if target.exists():
            target.rename(previous)
        folder.rename(target)
    finally:
        _recover(target)


def _recover(target: Path) -> None:
    """Bring back a report that was moved aside, or drop it where a new one has taken its place."""
    previous = _previous(target)
    if previous.exists() and not target.exists():
        previous.rename(target)
    shutil.rmtree(previous, ignore_errors=True)


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.gvc-previous")


# When a notebook fails ----------------------------------------------------------------------------


def _log_of(target: Path) -> Path:
    """Where the log of a report's runs is: in the user's folder for logs, with a name of its own."""
    place = hashlib.sha256(os.fsencode(target)).hexdigest()[:8]
    return user_log_path("gvc-helpers", appauthor=False) / f"{target.name}-{place}.log"


def _write_log(log: Path, notebook: Path, error: BaseException) -> bool:
    """Keep what the failed notebook printed, and the error in full; tell whether that could be done."""
    lines: list[str] = []
    for cell in _cells(notebook):
        for output in cell.get("outputs", []):
            lines += output.get("traceback", []) if output.output_type == "error" else []
            lines.append(output.get("text", ""))
    text = "\n".join([*filter(None, lines), str(error)]) + "\n"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return False
    return True


def _heading(notebook: Path) -> str:
    """Heading of the section that failed."""
    heading = "before the first section"
    for cell in _cells(notebook):
        if cell.cell_type == "markdown":
            titles = [line for line in cell.source.splitlines() if line.startswith("#")]
            heading = f"section '{titles[-1].lstrip('# ')}'" if titles else heading
        elif cell.metadata.get("papermill", {}).get("status") in ("running", "failed"):
            break
    return heading


def _cells(notebook: Path) -> Iterator[NotebookNode]:
    """Cells of a notebook, without the note that papermill puts above a failed one."""
    if notebook.exists():
        for cell in nbformat.read(notebook, as_version=4).cells:
            if "papermill-error-cell-tag" not in cell.metadata.get("tags", []):
                yield cell


def _reason(error: BaseException) -> str:
    if isinstance(error, PapermillExecutionError):
        return f"{error.ename}: {error.evalue}"
    return "the notebook's kernel died, perhaps for want of memory"


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables, which the notebook's kernel inherits, for a while."""
    before = {name: os.environ[name] for name in variables if name in os.environ}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]
        os.environ.update(before)
