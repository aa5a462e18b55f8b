"""The databases that the package reads: what they cover, how to get them, what to cite."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gvc_helpers.errors import GvcError, did_you_mean, quoted

FILE = Path(__file__).parents[1] / "data" / "databases.yaml"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast as the other, where there is a compiled one."""
EAEU = ("ARM", "BLR", "KAZ", "KGZ", "RUS")
"""Members of the Eurasian Economic Union."""
WIDTH = 88
"""Characters in a line of :func:`details`."""
ANY = "any"


@dataclass(frozen=True)
class Edition:
    """What one edition of a database covers."""

    name: str
    countries: int
    """Countries, without the rest of the world."""
    rest: int
    """Parts that the rest of the world is divided into; 0 where there is none."""
    eaeu: tuple[str, ...]
    """Members of the EAEU among the countries, ISO3 codes."""
    years: str
    sectors: str
    """Their number, or that it differs by country."""
    rows: int
    """Rows of the square table of intermediate flows, as it is read."""

    @property
    def megabytes(self) -> float:
        """Memory that one matrix of flows takes, in double precision."""
        return 8 * self.rows**2 / 1e6


@dataclass(frozen=True)
class File:
    """A file that a reader looks for."""

    name: str
    """Its name, with ``{year}``, ``{yy}`` (two digits), ``{edition}`` and ``*`` (anything)."""
    holds: str


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of a database."""

    name: str
    """As :func:`gvc_helpers.databases.read.read_table` takes it."""
    title: str
    provider: str
    editions: tuple[Edition, ...]
    """Empty where the coverage is whatever a user has."""
    unit: str
    prices: str
    licence: str
    """In two or three words."""
    terms: tuple[str, ...]
    addresses: tuple[str, ...]
    steps: tuple[str, ...]
    """How to get the data and where to put them."""
    files: tuple[File, ...]
    layout: str
    """An example of the folder."""
    citations: tuple[str, ...]
    disk: str
    cautions: tuple[str, ...]
    """What to know before using it."""

    @property
    def eaeu(self) -> tuple[str, ...]:
        """Members of the EAEU in any edition."""
        return tuple(code for code in EAEU if any(code in edition.eaeu for edition in self.editions))


# What there is ------------------------------------------------------------------------------------


@cache
def catalogue() -> dict[str, Entry]:
    """List the databases, by name, in the order of the file.

    Examples
    --------
    >>> from gvc_helpers.databases.catalogue import catalogue
    >>> catalogue()["oecd-icio"].eaeu
    ('BLR', 'KAZ', 'RUS')
    """
    content: dict[str, dict[str, Any]] = yaml.load(FILE.read_text(encoding="utf-8"), LOADER)
    return {name: _entry(name, fields) for name, fields in content.items()}


def _entry(name: str, fields: dict[str, Any]) -> Entry:
    editions = tuple(Edition(**edition | {"eaeu": tuple(edition["eaeu"])}) for edition in fields["editions"])
    files = tuple(File(**file) for file in fields["files"])
    lists = {key: tuple(value) for key, value in fields.items() if isinstance(value, list)}
    return Entry(**fields | lists | {"name": name, "editions": editions, "files": files})


# In a line each -----------------------------------------------------------------------------------


def overview() -> str:
    """Write a line about each database, in aligned columns, under a line of headings.

    Countries, years and sectors are the smallest and the largest of all editions, members of the EAEU
    those in any of them.
    """
    head = ("name", "title", "countries", "EAEU members", "years", "sectors", "licence")
    return "\n".join(_aligned([head, *(_line(entry) for entry in catalogue().values())]))


def _line(entry: Entry) -> tuple[str, ...]:
    if not entry.editions:
        return entry.name, entry.title, ANY, ANY, ANY, ANY, entry.licence
    years = [int(year) for edition in entry.editions for year in re.findall(r"\d{4}", edition.years)]
    sectors = [edition.sectors for edition in entry.editions]
    counted = all(number.isdigit() for number in sectors)
    return (
        entry.name,
        entry.title,
        _range([edition.countries for edition in entry.editions]),
        "all five" if entry.eaeu == EAEU else " ".join(entry.eaeu),
        _range(years),
        _range([int(number) for number in sectors]) if counted else sectors[0],
        entry.licence,
    )


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low}–{high}"


# In full ------------------------------------------------------------------------------------------


def details(name: str) -> str:
    """Write all there is to say about a database as plain text.

    Parameters
    ----------
    name : str
        Name of the database, as in :func:`catalogue`.

    Returns
    -------
    str
        Paragraphs, lists and numbered steps under headings, in lines of up to 88 characters; only a name
        or address that is longer by itself exceeds them.

    Raises
    ------
    GvcError
        When there is no such database; the message suggests the nearest name.
    """
    if name not in catalogue():
        meant = did_you_mean(name, catalogue())
        raise GvcError(f"database {quoted(name)} is unknown{meant}; allowed: {', '.join(catalogue())}")
    entry = catalogue()[name]
    title = f"{entry.title[:1].upper()}{entry.title[1:]} ({name})"
    sections = {
        "What it covers": [*_coverage(entry), *_terms({"Unit": entry.unit, "Prices": entry.prices})],
        "Licence and terms of use": _bullets(entry.terms),
        "How to get it": [*_steps(entry.steps), "", "Addresses:", *(f"  {link}" for link in entry.addresses)],
        "What the files are called": [line for file in entry.files for line in _file(file)],
        "Where to put them, for example": textwrap.indent(entry.layout.rstrip(), "  ").splitlines(),
        "Size": _terms({"Disk": entry.disk, "Memory": _memory(entry)}),
        "What to cite": _bullets(entry.citations),
        "What to know before using it": _bullets(entry.cautions),
    }
    lines = [title, "=" * len(title), "", *_wrapped(f"Provider: {entry.provider}")]
    for heading, body in sections.items():
        lines += ["", heading, "-" * len(heading), *body]
    return "\n".join(lines)


def _coverage(entry: Entry) -> list[str]:
    if not entry.editions:
        return [*_wrapped("Countries, years and sectors: whatever you have."), ""]
    rows = [("edition", "countries", "EAEU members", "years", "sectors", "rows")]
    for edition in entry.editions:
        rest = f" + {edition.rest} rest" if edition.rest else ""
        countries, eaeu = f"{edition.countries}{rest}", " ".join(edition.eaeu)
        rows.append((edition.name, countries, eaeu, edition.years, edition.sectors, f"{edition.rows:,}"))
    return [*_aligned(rows), ""]


def _memory(entry: Entry) -> str:
    if not entry.editions:
        return "a table of N rows takes 8 N² bytes; reading it and a study need several times that"
    sizes = [edition.megabytes for edition in entry.editions]
    size = _amount(min(sizes))
    if max(sizes) > min(sizes):
        size = f"{size} to {_amount(max(sizes))}, by edition"
    return f"one matrix of flows takes {size}; reading it and a study need several times that"


def _amount(megabytes: float) -> str:
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{max(megabytes, 1):.0f} MB"


def _file(file: File) -> list[str]:
    return [f"  {file.name}", *_wrapped(file.holds, "      ")]


def _terms(terms: dict[str, str]) -> list[str]:
    return [line for term, text in terms.items() for line in _wrapped(f"{term}: {text}")]


def _bullets(texts: Sequence[str]) -> list[str]:
    return [line for text in texts for line in _wrapped(f"- {text}", hanging="  ")]


def _steps(texts: Sequence[str]) -> list[str]:
    numbered = enumerate(texts, start=1)
    return [line for number, text in numbered for line in _wrapped(f"{number}. {text}", hanging="   ")]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [line.rstrip() for line in lines]


def _wrapped(text: str, indent: str = "", hanging: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,  # names of files and addresses stay whole
        break_on_hyphens=False,
    )
