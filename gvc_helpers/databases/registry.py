"""The databases that there are: each module of this folder that reads one registers it."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.databases.files import Form, Found, Parts


@dataclass(frozen=True)
class RawTable:
    """What a reader finds in the files of a database.

    Parameters
    ----------
    Z : ndarray
        Intermediate flows, shape (GN, GN).
    Y : ndarray
        Final demand by country of destination, in the order of the countries in `index`, shape (GN, G).
    index : pandas.MultiIndex
        (country, sector) of every row, as the files have them; countries together.
    value_added, output : ndarray, optional
        Value added (all that a column has beyond intermediate inputs) and gross output as the files state
        them, shape (GN,).
    unit, price, edition : str
        Unit of the flows, price basis, and edition of the database.
    note : str
        What the reader left out or changed, as a sentence without its full stop.
    name : str
        Name of the table, where the files have one.
    """

    Z: Array
    Y: Array
    index: pd.MultiIndex
    value_added: Array | None = None
    output: Array | None = None
    unit: str = ""
    price: str = ""
    edition: str = ""
    note: str = ""
    name: str = ""


Reader = Callable[[Parts, Found], RawTable]
"""Reads the files of a table, of the year, edition and price basis found; the form names the parts."""


class Source(NamedTuple):
    """A database that is read from files."""

    title: str
    """What messages, and the source of a table, call it."""
    readers: Sequence[tuple[Form, Reader]]
    """Forms that its files come in, and the reader of each."""


_registered: dict[str, Source] = {}


def register(name: str, title: str, readers: Sequence[tuple[Form, Reader]]) -> None:
    """Make a database known by its name, under which it has its entry in the catalogue."""
    _registered[name] = Source(title, readers)


@cache
def sources() -> dict[str, Source]:
    """Return all databases that are read from files, by name."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        import_module(f"{__package__}.{module.name}")
    return _registered
