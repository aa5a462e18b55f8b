"""The committed notebooks: executed, short cells, no functions, numbers as text."""

import ast
import base64
import statistics
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_cell_was_executed_in_order(notebook):
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))


def test_results_are_stored_as_text(notebook):
    stored = [
        output.data["text/markdown"]
        for cell in code(notebook)
        for output in cell.outputs
        if output.output_type == "display_data" and "text/markdown" in output.data
    ]
    tables = [text for text in stored if text.startswith("**Table") and "\n|" in text]
    figures = [text for text in stored if text.startswith("**Figure")]
    assert len(tables) >= 8
    assert len(figures) >= 6
    assert all("Source: " in text for text in tables + figures)


def test_nothing_failed_or_was_printed_in_passing(notebook):
    kinds = {output.output_type for cell in code(notebook) for output in cell.outputs}
    assert kinds == {"display_data"}


def test_figures_are_stored_as_pictures(notebook):
    pictures = [
        base64.b64decode(output.data["image/png"])
        for cell in code(notebook)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) >= 6
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 5000 for picture in pictures)


def test_cells_are_short_and_define_no_functions(notebook):
    sources = [cell.source for cell in code(notebook)]
    assert statistics.median(source.count("\n") + 1 for source in sources) <= 8
    for source in sources:
        functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        assert not any(isinstance(node, functions) for node in ast.walk(ast.parse(source)))


def test_text_states_no_results(notebook):
    """Prose is about method: a figure in it would be false with other parameters."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and "## References" not in cell.source:
            assert " %" not in cell.source.replace("per cent", "")
