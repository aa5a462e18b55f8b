"""The full Eora, in which every country has sectors of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np

from gvc_helpers.databases.files import Form, Found, Parts, SourceError
from gvc_helpers.databases.raw import by_country, csv_rows, label_index, matrix, refuse_many, shrink
from gvc_helpers.databases.registry import RawTable, register

_LABELS = {"rows": "index_t.csv", "columns": "index_y.csv", "inputs": "index_v.csv"}
_NAMES = (
    {part: f"*_{part}-Results_{{year}}_{{edition}}_Markup001*" for part in "TYV"},
    {"T": "Eora_{year}_{price}_T", "Y": "Eora_{year}_{price}_Y", "V": "Eora_{year}_{price}_V"},
    {"T": "{year}_eora_t", "Y": "{year}_eora_y", "V": "{year}_eora_v"},
)
FORMS = tuple(
    Form({part: name + suffix for part, name in names.items()} | _LABELS, price="bp")
    for names, suffix in product(_NAMES, (".txt", ".csv"))
)
"""Transactions, final demand and primary inputs, as distributed or renamed, and labels from indices.zip."""
DISCREPANCIES = "ROW"
"""Code of the one row and column of Eora that is no country: statistical discrepancies."""


def read(parts: Parts, found: Found) -> RawTable:
    """Read the full Eora, in which every country has industries and commodities of its own.

    The supply-use tables of some countries and the industry (or commodity) tables of others are one
    square matrix, and are kept as one: an industry sells to its commodities, these to everybody. Where a
    country has both, its commodities are labelled ``"Commodities: <name>"``; a name that a country has
    several times (there are some) is numbered, ``"<name> (2)"``.

    The row and column ``ROW``, which hold statistical discrepancies, are left out, as is final demand of
    ROW; `RawTable.note` says how much was traded with it. The table is out of balance by as much. Primary
    inputs are added up over all rows of V, those of ROW too. (pymrio 0.7 reads the 26-sector Eora only.)

    Parameters
    ----------
    parts : mapping
        ``"T"`` (N, N), ``"Y"`` (N, categories by country) and ``"V"`` (categories by country, N): numbers
        without labels, between tabs or commas. ``"rows"``, ``"columns"`` and ``"inputs"``: a line for
        each row of T, column of Y and row of V, under a header that names CountryA3, Entity and Sector.

    Returns
    -------
    RawTable
        In thousands of current USD.

    Raises
    ------
    SourceError
        When a matrix has not the size its labels say, something in it is not a number, or a label is
        missing.

    References
    ----------
    Lenzen, M., Kanemoto, K., Moran, D. and Geschke, A. (2012), Mapping the structure of the world economy,
    Environmental Science & Technology 46(15); worldmrio.com/eora for the four blocks and their labels.
    """
    rows = _labels(parts["rows"])
    destinations = [country for country, _, _ in _labels(parts["columns"])]
    inputs = _labels(parts["inputs"])
    own = np.array([country != DISCREPANCIES for country, _, _ in rows])
    labels = [row for row in rows if row[0] != DISCREPANCIES]
    countries = _together([country for country, _, _ in labels], parts["rows"])
    for missing, here, there in (
        ([country for country in countries if country not in destinations], "columns", "rows"),
        (set(destinations) - {*countries, DISCREPANCIES}, "rows", "columns"),
    ):
        for country in sorted(missing):
            raise SourceError(f"'{parts[here]}' has no country {country}, which '{parts[there].name}' has")

    T, Y, V = (
        matrix(parts[part], height, width)
        for part, height, width in (
            ("T", len(rows), len(rows)),
            ("Y", len(rows), len(destinations)),
            ("V", len(inputs), len(rows)),
        )
    )
    aside = np.array([country == DISCREPANCIES for country in destinations])
    output = float((T.sum(axis=1) + Y.sum(axis=1))[own].sum())
    sold = float(np.abs(T[:, ~own][own]).sum() + np.abs(Y[:, aside][own]).sum())
    bought = float(np.abs(T[~own][:, own]).sum())
    note = (
        f"{DISCREPANCIES} (statistical discrepancies) is left out: sales to it were {_share(sold, output)} "
        f"and purchases from it {_share(bought, output)} of output"
    )
    return RawTable(
        shrink(T, own),
        by_country(Y[own], destinations, countries),
        label_index(_sectors(labels)),
        value_added=V.sum(axis=0)[own],
        unit="000 USD",
        price=found.price_basis,
        edition=found.edition,
        note="" if own.all() and not aside.any() else note,
    )


def _labels(file: Path) -> list[tuple[str, str, str]]:
    """Read country code, kind of account and name of every row of a list of labels."""
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    lines = csv_rows(text.splitlines(), file)
    header = next(([cell.strip().casefold() for cell in row] for _, row in lines), [])
    wanted = ("CountryA3", "Entity", "Sector")
    for name in wanted:
        if name.casefold() not in header:
            raise SourceError(f"'{file}', line 1: there is no column {name}; found are {', '.join(header)}")
    places = [header.index(name.casefold()) for name in wanted]
    labels = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < len(header):
            raise SourceError(f"'{file}', line {line}: {len(cells)} columns instead of {len(header)}")
        country, entity, sector = (" ".join(cells[place].split()) for place in places)
        if not country or not sector:
            empty = wanted[0] if not country else wanted[2]
            raise SourceError(f"'{file}', line {line}, column {empty}: the label is missing")
        labels.append((country, entity, sector))
    if not labels:
        raise SourceError(f"'{file}' has no labels below its header")
    refuse_many(len(labels), file)
    return labels


def _sectors(labels: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Give every row of a country a label of its own."""
    kinds: dict[str, set[str]] = {}
    for country, entity, _ in labels:
        kinds.setdefault(country, set()).add(entity)
    taken: dict[tuple[str, str], int] = {}  # and how often a name has come
    for country, entity, sector in labels:
        plain = entity == "Industries" or len(kinds[country]) == 1
        name = label = sector if plain else f"{entity}: {sector}"
        number = taken.get((country, name), 0)
        while (country, label) in taken:
            number += 1
            label = f"{name} ({number})"
        taken[country, name] = number
        taken[country, label] = 1
    return list(taken)


def _together(codes: Sequence[str], file: Path) -> list[str]:
    """List countries in order of appearance; each must be there once, without others in between."""
    countries = [code for place, code in enumerate(codes) if place == 0 or codes[place - 1] != code]
    for place, country in enumerate(countries):
        if country in countries[:place]:
            raise SourceError(f"'{file}': the rows of country {country} are not together")
    if not countries:
        raise SourceError(f"'{file}' has no countries")
    return countries


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.3g} %" if whole else "0 %"


register("eora", "Eora", [(form, read) for form in FORMS])
