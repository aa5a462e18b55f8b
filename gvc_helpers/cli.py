"""The ``gvc`` command."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click
from tqdm import tqdm

from gvc_helpers import corrections, reconstruction, table_cache, zone_reconstruction
from gvc_helpers.catalogue import details, overview
from gvc_helpers.parameter_file import ParameterError, data_at_hand, is_ready, load
from gvc_helpers.plain_text import is_there
from gvc_helpers.register import RegisterError, write_template

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
OVERRIDES = click.option(
    "-p", "overrides", nargs=2, multiple=True, metavar="NAME VALUE",
    help="Replace a parameter; names may be dotted (-p source.path DATA -p focus '[RUS, CHN]').",
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gvc-helpers")
def main() -> None:
    """Run studies of value chains from parameter files to reports."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(*_: object) -> None:
    """End as on Ctrl-C when asked to terminate, so that nothing half done stays behind."""
    raise KeyboardInterrupt


@main.command("run")
@FILES
@OVERRIDES
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True,
              help="Folder of the reports.")  # fmt: skip
@click.option("--at-hand", is_flag=True, help="Skip parameter files whose data is not there.")
@click.option("--threads", type=click.IntRange(min=1),
              help="Threads for linear algebra; by default all cores.")  # fmt: skip
def run_command(
    files: tuple[Path, ...],
    overrides: tuple[tuple[str, str], ...],
    out: Path,
    at_hand: bool,
    threads: int | None,
) -> None:
    """Run the study of each parameter file and write its report."""
    from gvc_helpers.execution import run  # slow to import, and the other commands do without it

    failed = False
    for file in files:
        if at_hand and not data_at_hand(file):
            click.echo(f"{file}: data not at hand, skipped")
            continue
        try:
            click.echo(f"{file}: {run(file, overrides, out, threads) / 'report.html'}")
        except ParameterError as error:
            click.echo(_in_red(error), err=True)
            failed = True
        except OSError as error:  # the disk is full, or the folder cannot be written to
            click.echo(_in_red(f"{error.filename or out}: {error.strerror}"), err=True)
            failed = True
        except RuntimeError as error:  # a cell failed, or pandoc
            click.echo(_in_red(f"{file}: {error}"), err=True)
            failed = True
    sys.exit(int(failed))


@main.command()
@FILES
@OVERRIDES
def check(files: tuple[Path, ...], overrides: tuple[tuple[str, str], ...]) -> None:
    """Check parameter files and the data they name, without running anything."""
    failed = False
    for file in files:
        try:
            load(file, overrides)
            click.echo(f"{file}: good")
        except ParameterError as error:
            click.echo(_in_red(error), err=True)
            failed = True
    sys.exit(int(failed))


@main.command("list")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("parameters"))
def list_command(folder: Path) -> None:
    """List the parameter files of a folder and whether their data is at hand."""
    files = sorted(folder.glob("*.yaml")) if is_there(folder) else []
    failed = not files
    if failed:
        lacks = "no parameter files (*.yaml) are in it" if is_there(folder) else "there is no such folder"
        click.echo(_in_red(f"{folder}: {lacks}"), err=True)
    for file in files:
        try:
            click.echo(f"{file}: {'ready' if is_ready(file) else 'data not at hand'}")
        except ParameterError as error:
            click.echo(_in_red(error), err=True)
            failed = True
    sys.exit(int(failed))


@main.command()
@click.argument("name", required=False)
def sources(name: str | None) -> None:
    """List the databases that can be read; with a NAME, all about one: how to get it, what to cite."""
    try:
        click.echo(details(name) if name else overview())
    except ValueError as error:
        click.echo(_in_red(error), err=True)
        sys.exit(1)


@main.command()
@click.option("--clear", is_flag=True, help="Remove all tables from the cache.")
def cache(clear: bool) -> None:
    """Show the tables that are kept after their first reading, or remove them."""
    kept = table_cache.entries()
    for entry in kept:
        click.echo(f"{entry.size / 1e6:10,.1f} MB  {entry.title}")
    if clear:
        table_cache.clear()
    total = f"{len(kept)} table(s), {sum(entry.size for entry in kept) / 1e6:,.1f} MB"
    click.echo(f"{table_cache.cache_folder()}: {total}{', removed' if clear else ''}")


@main.command()
@click.argument("what", type=click.Choice(["grodnoinvest", "corrections"]))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def template(what: str, folder: Path) -> None:
    """Write tables to fill in, and what explains them, into a folder."""
    try:
        for file in corrections.write_template(folder) if what == "corrections" else write_template(folder):
            click.echo(file)
    except (RegisterError, corrections.CorrectionError) as error:
        click.echo(_in_red(error), err=True)
        sys.exit(1)


@main.command()
@click.argument("study", type=click.Choice(["eaeu", "grodnoinvest"]))
@click.option("--out", type=click.Path(path_type=Path),
              help="Folder to write to; by default that of the package.")  # fmt: skip
def reconstruct(study: str, out: Path | None) -> None:
    """Make the data that ships with a study again, from the printed figures (up to a few minutes)."""
    if study == "grodnoinvest":
        folder = out or zone_reconstruction.FOLDER
        zone_reconstruction.build(folder)
    else:
        folder = out or reconstruction.FOLDER
        with tqdm(total=1 + reconstruction.MEMBERS, desc="tables", unit="table") as bar:

            def progress(done: int, _: float) -> None:
                bar.update(done - bar.n)

            reconstruction.build(folder, progress=progress)
    click.echo(f"{folder}: written")


def _in_red(message: object) -> str:
    return click.style(str(message), fg="red")
