"""Every text of the notebooks reaches those who translate it."""

import ast
from pathlib import Path

import nbformat
import pytest
from babel.messages.pofile import read_po

from gvc_helpers.report.narrate import MOST_CONDITIONS, MOST_LOOPS, branches
from gvc_helpers.report.texts import CAPTIONS, SPOKEN, catalogue, templates, texts, write_catalogues

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_text_is_reached(notebook):
    """All strings with a place for a result, and all that calls of a report spell out, are templates."""
    found = {text for _, text in texts(notebook)}
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert cell.source in found
        elif cell.cell_type == "code":
            strings = {
                node.value
                for node in ast.walk(ast.parse(cell.source))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
            assert {text for text in strings if "{{" in text or text.endswith(".")} <= found


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_judgements_are_not_in_the_templates(notebook):
    for _, text in texts(notebook):
        if "{{" in text or "{%" in text:
            loops, conditions = branches(text)
            assert loops <= MOST_LOOPS and conditions <= MOST_CONDITIONS, text


def test_what_a_cell_says():
    cell = """
report.say("One {{ a }}.", "Two.", a=1)
report.points(*others, "Three" " and four.")
report.table("name", frame, caption="A table", unit="% of {{ x }}", x="no text")
report.figure("name", picture, unit=table.unit)
"""
    assert list(templates(cell)) == ["One {{ a }}.", "Two.", "Three and four.", "A table", "% of {{ x }}"]
    assert set(SPOKEN) == {"say", "points", "table", "figure"}
    assert {"caption", "unit"} <= set(CAPTIONS)


def test_the_catalogue_can_be_read_by_gettext(tmp_path):
    write_catalogues(NOTEBOOKS[0].parent, tmp_path)
    assert {file.stem for file in tmp_path.iterdir()} == {notebook.stem for notebook in NOTEBOOKS}
    with (tmp_path / f"{NOTEBOOKS[0].stem}.pot").open("rb") as file:
        read = read_po(file)
    assert {message.id for message in read if message.id} == {m.id for m in catalogue(NOTEBOOKS[0]) if m.id}
