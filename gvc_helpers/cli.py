"""The ``gvc`` command. What a command needs is imported when it runs, so that none is slow to answer."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from gvc_helpers.errors import GvcError, printable

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
OVERRIDES = click.option(
    "-p", "overrides", nargs=2, multiple=True, metavar="NAME VALUE",
    help="Replace a parameter; names may be dotted (-p source.path DATA -p focus '[RUS, CHN]').",
)  # fmt: skip
OUT = click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True,
                   help="Folder of the reports.")  # fmt: skip


class _Commands(click.Group):
    """Commands whose failures are said in words, not in a traceback."""

    def invoke(self, context: click.Context) -> object:
        """Invoke a command."""
        try:
            return super().invoke(context)
        except BrokenPipeError:  # whoever read the output has seen enough; click ends quietly
            raise
        except FAILURES as error:
            _fail(_words(error))
        context.exit(1)


FAILURES = (GvcError, OSError, MemoryError)
"""What may go wrong with data, parameters, the disk or the memory."""


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gvc-helpers")
def main() -> None:
    """Run studies of value chains from parameter files to reports."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP; nohup ignores it
        asked = getattr(signal, name, None)
        if asked is not None and signal.getsignal(asked) is not signal.SIG_IGN:
            signal.signal(asked, _stop)


def _stop(*_: object) -> None:
    """End as on Ctrl-C when asked to terminate, so that nothing half done stays behind."""
    raise KeyboardInterrupt


@main.command("run")
@FILES
@OVERRIDES
@OUT
@click.option("--name", help="Name of the run, for a single file; by default the name of the file.")
@click.option("--at-hand", is_flag=True, help="Skip parameter files whose data is not there.")
@click.option("--threads", type=click.IntRange(min=1),
              help="Threads for linear algebra; by default all cores.")  # fmt: skip
def run_command(
    files: tuple[Path, ...],
    overrides: tuple[tuple[str, str], ...],
    out: Path,
    name: str | None,
    at_hand: bool,
    threads: int | None,
) -> None:
    """Run the study of each parameter file and write its report."""
    from gvc_helpers.run import run
    from gvc_helpers.studies.file import data_at_hand

    if name is not None and (len(files) > 1 or Path(name).name != name):
        raise GvcError(f"--name {name}: it names the run of one file, and is no path")
    names = [file.stem.casefold() for file in files]
    if twice := [str(file) for file in files if names.count(file.stem.casefold()) > 1]:
        raise GvcError(
            f"{', '.join(twice)}: a report has the name of its file, and these would share one; rename one"
        )

    def act(file: Path) -> str:
        if at_hand and not data_at_hand(file):
            return "data not at hand, skipped"
        return str(run(file, overrides, out, threads, name) / "report.html")

    _each(files, act)


@main.command()
@FILES
@OVERRIDES
def check(files: tuple[Path, ...], overrides: tuple[tuple[str, str], ...]) -> None:
    """Check parameter files and the data they name, without running anything."""
    from gvc_helpers.studies.file import load

    def act(file: Path) -> str:
        load(file, overrides)
        return "good"

    _each(files, act)


@main.command("list")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("parameters"))
def list_command(folder: Path) -> None:
    """List the parameter files of a folder and whether their data is at hand."""
    from gvc_helpers.files.text import is_there
    from gvc_helpers.studies.file import is_ready

    if not is_there(folder):
        raise GvcError(f"{folder}: there is no such folder")
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise GvcError(f"{folder}: no parameter files (*.yaml) are in it")
    _each(files, lambda file: "ready" if is_ready(file) else "data not at hand")


@main.command()
@click.argument("name", required=False)
def sources(name: str | None) -> None:
    """List the databases that can be read; with a NAME, all about one: how to get it, what to cite."""
    from gvc_helpers.databases.catalogue import details, overview

    _say(details(name) if name else overview())


@main.command()
@click.option("--clear", is_flag=True, help="Remove all tables from the cache.")
def cache(clear: bool) -> None:
    """Show the tables that are kept after their first reading, or remove them."""
    from gvc_helpers.databases import cache as tables

    kept = tables.entries()
    for entry in kept:
        _say(f"{entry.size / 1e6:10,.1f} MB  {entry.title}")
    if clear:
        tables.clear()
    total = f"{len(kept)} table(s), {sum(entry.size for entry in kept) / 1e6:,.1f} MB"
    _say(f"{tables.cache_folder()}: {total}{', removed' if clear else ''}")


@main.command()
@click.argument("what", type=click.Choice(["grodnoinvest", "corrections"]))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def template(what: str, folder: Path) -> None:
    """Write tables to fill in, and what explains them, into a folder."""
    from gvc_helpers.tables import corrections
    from gvc_helpers.zones import register

    for file in (corrections if what == "corrections" else register).write_template(folder):
        _say(file)


@main.command()
@click.argument("notebooks", nargs=-1, required=True, type=click.Path(path_type=Path))
@OUT
def render(notebooks: tuple[Path, ...], out: Path) -> None:
    """Make reports of notebooks as they were run elsewhere, such as in JupyterLab."""
    from gvc_helpers.run import render

    _each(notebooks, lambda notebook: str(render(notebook, out) / "report.html"))


@main.command()
@click.argument("study")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
def new(study: str, folder: Path | None) -> None:
    """Lay out a study of one's own: a notebook that runs, and its parameter file."""
    from gvc_helpers.studies.own import write_study

    for file in write_study(study, folder or Path(study)):
        _say(file)


@main.command()
@click.argument("study", type=click.Choice(["eaeu", "grodnoinvest"]))
@click.option("--out", type=click.Path(path_type=Path), default=Path("reconstruction"), show_default=True,
              help="Folder to write to, whose files of the same names are replaced.")  # fmt: skip
def reconstruct(study: str, out: Path) -> None:
    """Make the data that ships with a study again, from the printed figures (up to a few minutes)."""
    from tqdm import tqdm

    from gvc_helpers.files.locks import working_folder
    from gvc_helpers.papers import make_register, make_table

    with working_folder(out.absolute()) as folder:
        if study == "grodnoinvest":
            make_register.build(folder)
        else:
            with tqdm(total=1 + make_table.MEMBERS, desc="tables", unit="table") as bar:
                make_table.build(folder, progress=lambda *_: bar.update())
        for file in sorted(folder.iterdir()):  # all are whole now
            _say(file.replace(out / file.name))


def _each(files: Sequence[Path], act: Callable[[Path], str]) -> None:
    """Do something with every file and say what came of it; one that fails does not stop the others."""
    good = True
    for file in files:
        try:
            came = act(file)
        except FAILURES as error:
            words = _words(error)
            good = _fail(words if str(file) in words else f"{file}: {words}")
        else:
            _say(f"{file}: {came}")
    sys.exit(int(not good))


def _say(message: object) -> None:
    click.echo(printable(str(message)))


def _fail(message: object) -> bool:
    """Say what went wrong; return False, what came of it."""
    with contextlib.suppress(OSError):  # nobody listens
        click.echo(click.style(printable(str(message)), fg="red"), err=True)
    return False


def _words(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return f"the memory does not suffice: {error}".rstrip(" :")
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}"
    return str(error)
