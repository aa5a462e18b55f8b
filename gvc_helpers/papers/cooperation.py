"""The figures that the paper on production cooperation in global value chains prints."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

FACTS = Path(__file__).parents[1] / "data" / "published" / "cooperation_facts.csv"

PAPER = "Development of production cooperation and entrepreneurship in global value chains (2020)"


@cache
def facts() -> pd.DataFrame:
    """Read the figures of the paper.

    Returns
    -------
    pandas.DataFrame
        By ``indicator``: ``country``, ``value``, ``unit``, ``year``, ``compared_with`` (a year, empty
        where the figure is of one year alone), ``place`` in the paper and ``confidence`` of the reading.
        Its other arguments are in words.

    Examples
    --------
    >>> from gvc_helpers.papers import cooperation as paper
    >>> float(paper.facts().loc["machinery_in_imports", "value"])
    47.3
    """
    return pd.read_csv(FACTS, index_col=0).astype({"value": float, "compared_with": "Int64"})
