"""A picture in other formats: drawn once as SVG, and set from that drawing by Typst."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import typst

PRINT_DPI = 200
PAGE = b"""
#set document(date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg))
"""


def converted(svg: bytes, form: Literal["png", "pdf"], dpi: int = PRINT_DPI) -> bytes:
    """Set a drawing as a page of its own size.

    Parameters
    ----------
    svg : bytes
        The drawing.
    form : {"png", "pdf"}
        Points, or lines as in the drawing.
    dpi : int
        Points per inch, of a PNG.
    """
    page: bytes = typst.compile(PAGE, format=form, ppi=float(dpi), sys_inputs={"svg": svg.decode()})
    return page


def complete(folder: Path) -> None:
    """Put a PNG and a PDF beside every drawing of a folder."""
    for file in sorted(folder.glob("*.svg")):
        svg = file.read_bytes()
        file.with_suffix(".png").write_bytes(converted(svg, "png"))
        file.with_suffix(".pdf").write_bytes(converted(svg, "pdf"))
