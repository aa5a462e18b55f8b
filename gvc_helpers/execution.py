"""A run: from a parameter file to a folder with the report, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from gvc_helpers.parameter_file import load
from gvc_helpers.rendering import to_html
from gvc_helpers.report import RUN_FOLDER

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LANGUAGE = "en"
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""Environment variables that the libraries of linear algebra read the number of threads from."""


class RunError(RuntimeError):
    """A notebook failed; the message names the section, the error and the log."""


def run(
    file: Path,
    overrides: Iterable[tuple[str, str]] = (),
    out: Path = Path("reports"),
    threads: int | None = None,
) -> Path:
    """Run the study that a parameter file names, and put its report into ``out/<stem of the file>``.

    Everything is written to a temporary folder beside it and moved into place when whole; a run that
    fails or is killed leaves the report that was there.

    Parameters
    ----------
    file : Path
        Parameter file.
    overrides : iterable of (str, str)
        Parameters to replace, as :func:`gvc_helpers.parameter_file.load` takes them.
    out : Path
        Folder of the reports.
    threads : int, optional
        Threads for linear algebra; None leaves it to the library, which takes all cores. Results do not
        depend on it beyond rounding.

    Returns
    -------
    Path
        Folder of the report.

    Raises
    ------
    ParameterError
        When a parameter is wrong; nothing has run.
    RunError
        When a cell of the notebook fails. The log is in ``out/<stem>.log``.
    """
    parameters = load(file, overrides)
    source = NOTEBOOKS / f"{parameters.study}.ipynb"
    if not source.exists():
        raise RunError(
            f"the notebook {source} is not there; install the project from a clone, with pip install -e ."
        )
    target = out / file.stem
    log = out / f"{file.stem}.log"
    out.mkdir(parents=True, exist_ok=True)
    _recover(target)
    with tempfile.TemporaryDirectory(prefix=f".{file.stem}-", dir=out) as temporary:
        folder = Path(temporary) / file.stem
        folder.mkdir()
        executed = folder / "notebook.ipynb"
        limits = {} if threads is None else dict.fromkeys(THREADS, str(threads))
        with _environment({RUN_FOLDER: str(folder.resolve()), **limits}):
            try:
                papermill.execute_notebook(
                    source, executed, parameters.model_dump(mode="json"), kernel_name="python3",
                    extra_arguments=["--IPKernelApp.log_level=50"],
                    progress_bar={"desc": file.stem, "unit": "cell", "bar_format": PROGRESS},
                )  # fmt: skip
            except (PapermillExecutionError, DeadKernelError) as error:
                _write_log(log, executed, error)
                raise RunError(f"{_heading(executed)}: {_reason(error)} (the log is in {log})") from None
        _without_traces(executed)
        to_html(executed, folder / "report.html", file.stem, LANGUAGE)
        _replace(folder, target)
    log.unlink(missing_ok=True)
    return target


PROGRESS = "{desc}: {percentage:3.0f} %|{bar}| {n_fmt} of {total_fmt} cells, {elapsed}"


def _without_traces(notebook: Path) -> None:
    """Take out what papermill notes of time and place, so that two runs are the same."""
    node = nbformat.read(notebook, as_version=4)
    for part in [node, *node.cells]:
        part.metadata.pop("papermill", None)
    for number, cell in enumerate(node.cells):
        cell.metadata.pop("execution", None)
        cell.id = f"cell-{number:02d}"  # that of the injected parameters is drawn at random
    nbformat.write(node, notebook)


def _replace(folder: Path, target: Path) -> None:
    """Put a finished folder in the place of the previous one."""
    previous = target.with_name(f".{target.name}.previous")
    if target.exists():
        target.rename(previous)
    folder.rename(target)
    shutil.rmtree(previous, ignore_errors=True)


def _recover(target: Path) -> None:
    """Clean up after a run that was killed: bring a report moved aside back, drop what was half done."""
    previous = target.with_name(f".{target.name}.previous")
    if previous.exists() and not target.exists():
        previous.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
    for abandoned in target.parent.glob(f".{target.name}-*"):
        if time.time() - abandoned.stat().st_mtime > ABANDONED_AFTER:
            shutil.rmtree(abandoned, ignore_errors=True)


ABANDONED_AFTER = 3600.0
"""Seconds after which a temporary folder cannot belong to a run that still goes on."""


def _write_log(log: Path, notebook: Path, error: BaseException) -> None:
    """Keep what the failed notebook printed, and the error in full."""
    lines: list[str] = []
    for cell in _cells(notebook):
        for output in cell.get("outputs", []):
            lines += output.get("traceback", []) if output.output_type == "error" else []
            lines.append(output.get("text", ""))
    log.write_text("\n".join([*filter(None, lines), str(error)]) + "\n", encoding="utf-8")


def _heading(notebook: Path) -> str:
    """Heading of the section that failed."""
    heading = "before the first section"
    for cell in _cells(notebook):
        if cell.cell_type == "markdown":
            titles = [line for line in cell.source.splitlines() if line.startswith("#")]
            heading = f"section '{titles[-1].lstrip('# ')}'" if titles else heading
        elif any(output.output_type == "error" for output in cell.outputs):
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
