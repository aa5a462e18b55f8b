"""All texts of a notebook, for those who translate it: its Markdown cells and the templates in its code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

SPOKEN = {"say": 0, "points": 0, "table": None, "figure": None}
"""Methods of a report, and from which argument on their plain arguments are templates."""
CAPTIONS = ("caption", "unit", "note")
"""Arguments of tables and figures that are templates."""


def texts(notebook: Path) -> Iterator[tuple[int, str]]:
    """Yield every text of a notebook with the number of its cell.

    Parameters
    ----------
    notebook : Path
        The notebook.
    """
    for number, cell in enumerate(nbformat.read(notebook, as_version=4).cells, start=1):
        if cell.cell_type == "markdown":
            yield number, cell.source
        elif cell.cell_type == "code":
            for template in templates(cell.source):
                yield number, template


def templates(source: str) -> Iterator[str]:
    """Yield the templates in a cell: what a report is told to say, and captions and units.

    Examples
    --------
    >>> cell = 'report.say("{{ who|country }} grew.", who=x); report.table("a", b, caption="Growth")'
    >>> list(templates(cell))
    ['{{ who|country }} grew.', 'Growth']
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SPOKEN:
            first = SPOKEN[node.func.attr]
            given = [] if first is None else node.args[first:]
            named = [word.value for word in node.keywords if word.arg in CAPTIONS]
            for argument in [*given, *named]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def catalogue(notebook: Path) -> Catalog:
    """Collect the texts of a notebook in gettext's form, each with the cells that it stands in."""
    found = Catalog(project=notebook.stem, charset="utf-8")
    for number, text in texts(notebook):
        found.add(text, locations=[(notebook.name, number)])
    return found


def write_catalogues(notebooks: Path, folder: Path) -> None:
    """Write a template of translations for every notebook: STUDY.pot."""
    folder.mkdir(parents=True, exist_ok=True)
    for notebook in sorted(notebooks.glob("*.ipynb")):
        with (folder / f"{notebook.stem}.pot").open("wb") as file:
            write_po(file, catalogue(notebook), omit_header=True, width=100)
