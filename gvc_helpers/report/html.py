"""A run's notebook as one HTML file that needs nothing else to be read."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pypandoc
from nbconvert import MarkdownExporter
from nbformat import NotebookNode

from gvc_helpers.report.report import CAPTION, FIGURE, TABLE

STYLE = Path(__file__).parents[1] / "data" / "report.css"
HEAD = '<meta name="color-scheme" content="light"><link rel="icon" href="data:,">'


def to_html(notebook: Path, html: Path, run: str, language: str) -> None:
    """Render an executed notebook: no code, figures embedded, formulas as MathML, contents first.

    Parameters
    ----------
    notebook : Path
        The notebook, in a folder where the files of its figures are.
    html : Path
        The file to write, in the same folder.
    run : str
        Name of the run, for the browser's tab.
    language : str
        Language of the text, for the browser.
    """
    title, body = _markdown(nbformat.read(notebook, as_version=4))
    pypandoc.convert_text(
        body,
        "html5",
        format="markdown+gfm_auto_identifiers-yaml_metadata_block",
        outputfile=html.name,
        cworkdir=str(notebook.parent),  # names of files are looked for there, whatever signs its path has
        extra_args=[
            "--standalone",
            "--embed-resources",
            "--fail-if-warnings",
            "--mathml",
            "--toc",
            "--toc-depth=2",
            "--columns=10000",
            f"--metadata=title:{title}",
            f"--metadata=pagetitle:{run}: {title}",
            f"--metadata=lang:{language}",
            "--variable-json=document-css:false",
            f"--variable=header-includes:{HEAD}<style>{STYLE.read_text(encoding='utf-8')}</style>",
        ],
    )


def _markdown(notebook: NotebookNode) -> tuple[str, str]:
    """Return the title and the body of a notebook, in pandoc's Markdown."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _with_captions(cell.outputs)
    exporter = MarkdownExporter(exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True)
    text, _ = exporter.from_notebook_node(notebook)
    title, _, body = text.lstrip().partition("\n")
    return title.lstrip("# ").strip(), body


def _with_captions(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join figures and tables with their captions, as pandoc writes them."""
    result: list[NotebookNode] = []
    for output in outputs:
        mark = output.get("metadata", {}).get("gvc", {})
        if mark.get("kind") == FIGURE:
            figure = mark["file"]
        elif mark.get("kind") == CAPTION:
            result.append(_display(f"![{output.data['text/markdown']}]({figure})"))
        elif mark.get("kind") == TABLE:
            result.append(_display(f"Table: {output.data['text/markdown']}"))
        elif output.output_type == "display_data":
            result.append(output)
    return result


def _display(markdown: str) -> NotebookNode:
    output: NotebookNode = nbformat.v4.new_output("display_data", {"text/markdown": markdown})
    return output
