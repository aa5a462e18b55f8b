"""All tables that fit: results of each of them, handled as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

Ends = tuple[Any, Any]
"""Smallest and largest values, of the shape of what is shown."""


class Ensemble:
    """Tables that fit the same figures, or what a measure gives for each of them.

    Calling it with a function applies that to each; attributes, rows and columns are taken of each. The
    first is the one that is shown, the others say how far it holds. With one table nothing is added.

    Parameters
    ----------
    each : iterable
        The tables, or results of them, the one that is shown first.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> tables = gvc.Ensemble([gvc.read_table("reconstruction"), *gvc.read_ensemble("reconstruction")])
    >>> exports = tables(gvc.participation)["backward"]["BLR"]
    >>> len(exports.each), bool(exports.low <= exports.value <= exports.high)
    (21, True)
    """

    def __init__(self, each: Iterable[Any]) -> None:
        self.each = list(each)
        if not self.each:
            raise ValueError("an ensemble needs one table at least")

    @property
    def value(self) -> Any:
        """What is shown."""
        return self.each[0]

    @property
    def ends(self) -> Ends | None:
        """Smallest and largest of every number over the tables; None for a single table.

        Of a frame these are its columns of numbers; rows and columns go by their labels.
        """
        if len(self.each) < 2:
            return None
        like = self.value.select_dtypes("number") if isinstance(self.value, pd.DataFrame) else self.value
        if not isinstance(like, pd.DataFrame | pd.Series):
            return min(self.each), max(self.each)
        stacked = np.stack([one.reindex_like(like).to_numpy(dtype=float) for one in self.each])
        made: Callable[..., Any] = like._constructor
        axes = (like.index, like.columns) if isinstance(like, pd.DataFrame) else (like.index,)
        return made(stacked.min(axis=0), *axes), made(stacked.max(axis=0), *axes)

    @property
    def low(self) -> Any:
        """Smallest values; what is shown, for a single table."""
        return self.value if self.ends is None else self.ends[0]

    @property
    def high(self) -> Any:
        """Largest values; what is shown, for a single table."""
        return self.value if self.ends is None else self.ends[1]

    @property
    def times(self) -> int:
        """In how many of the tables a statement holds; for results that are true or false."""
        return sum(map(bool, self.each))

    def __call__(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Ensemble:
        """Apply a function to each; an argument that is an ensemble itself lends its own of each."""
        return Ensemble(
            function(
                one,
                *(given.each[i] if isinstance(given, Ensemble) else given for given in arguments),
                **options,
            )
            for i, one in enumerate(self.each)
        )

    def __getitem__(self, key: Any) -> Ensemble:
        return Ensemble(one[key] for one in self.each)

    def __getattr__(self, name: str) -> Ensemble:
        if name.startswith("_"):  # what Python and IPython ask for is not of the results
            raise AttributeError(name)
        return Ensemble(getattr(one, name) for one in self.each)
