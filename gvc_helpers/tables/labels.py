"""Concordances: what databases call their countries and sectors, and which groups these make.

They stand in ``data/concordances``: a file for each classification of sectors, the codes that databases
use for countries, and sets of countries. Its README says where they come from.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from country_converter import CountryConverter

from gvc_helpers.errors import GvcError
from gvc_helpers.files.text import FileError, decoded, file_content

Level = Literal["fourteen", "broad"]

FOLDER = Path(__file__).parents[1] / "data" / "concordances"
SPELLINGS = " | "
"""Stands between the spellings of one label that files of a database are known to have."""
TWO_LETTERS = ("exiobase", "figaro")
"""Databases whose countries have the codes of two letters of ISO 3166."""
REMEDY = "give a concordance, a CSV file with the columns sector and group"
SHOWN = 5
"""Sectors that a message names before it breaks off."""


class ConcordanceError(GvcError):
    """A sector, country or set of countries has no place; the message names it."""


# Countries ----------------------------------------------------------------------------------------


def standard_countries(codes: Sequence[str], database: str) -> dict[str, str]:
    """Codes of three letters of ISO 3166 for the codes of a database.

    Only codes that are known to stand for a country are changed: nothing is guessed from similar letters.

    Parameters
    ----------
    codes : sequence of str
        Codes of countries and regions, as in the files.
    database : str
        Name of the database, with or without its edition.

    Returns
    -------
    dict of str to str
        Code in the files and standard code; ``ROW`` is the rest of the world, and a region that is no
        country keeps its code.

    Raises
    ------
    ConcordanceError
        When two codes become the same country.

    Examples
    --------
    >>> standard_countries(["PRC", "KAZ", "RoW"], "adb")
    {'PRC': 'CHN', 'KAZ': 'KAZ', 'RoW': 'ROW'}
    >>> standard_countries(["FR", "WF"], "exiobase")  # WF is the rest of Africa there
    {'FR': 'FRA', 'WF': 'WF'}
    """
    family = _family(database)
    special = _country_codes()
    standard_of = (_two_letters() if family in TWO_LETTERS else {}) | special["all"] | special.get(family, {})
    standard = {code: standard_of.get(code, code) for code in codes}
    first: dict[str, str] = {}
    for code, country in standard.items():
        if first.setdefault(country, code) != code:
            raise ConcordanceError(
                f"countries '{first[country]}' and '{code}' of {database} are both {country}; "
                "every country must stand once"
            )
    return standard


def country_set(name: str) -> list[str]:
    """Members of a set of countries, by code of three letters.

    Raises
    ------
    ConcordanceError
        When there is no such set.

    Examples
    --------
    >>> country_set("EAEU")
    ['ARM', 'BLR', 'KAZ', 'KGZ', 'RUS']
    """
    if name not in _country_sets():
        raise ConcordanceError(
            f"set of countries '{name}' is unknown; it must be one of {', '.join(_country_sets())}"
        )
    return list(_country_sets()[name])


def expand(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Put the members of sets of countries in the place of their names.

    Parameters
    ----------
    names : sequence of str
        Countries and names of sets; what is no set stays, as does the name of a set that is a country of
        the table itself.
    known : sequence of str
        Countries of the table; members of a set that are not among them are left out.

    Returns
    -------
    list of str
        Countries in the order of `names`, each once.

    Raises
    ------
    ConcordanceError
        When the table has no member of a set.

    Examples
    --------
    >>> expand(["DEU", "EAEU"], ["DEU", "RUS", "BLR", "ROW"])
    ['DEU', 'BLR', 'RUS']
    """
    expanded: list[str] = []
    for name in names:
        if name in known or name not in _country_sets():
            expanded.append(name)
            continue
        members = [country for country in country_set(name) if country in known]
        if not members:
            raise ConcordanceError(
                f"set of countries '{name}' ({', '.join(country_set(name))}) has no member in the table; "
                f"it has {', '.join(known)}"
            )
        expanded += members
    return list(dict.fromkeys(expanded))


# Sectors ------------------------------------------------------------------------------------------


def sector_names(codes: Sequence[str], database: str, edition: str) -> dict[str, str]:
    """English names for the sector labels of a database.

    Parameters
    ----------
    codes : sequence of str
        Labels of all sectors of the table, as in the files.
    database, edition : str
        Name of the database and its edition, which decides where several classifications fit.

    Returns
    -------
    dict of str to str
        Label and name, all names different; empty unless one classification of the database has all labels.

    Examples
    --------
    >>> sector_names(["A01_02", "C19"], "oecd", "2023")
    {'A01_02': 'Agriculture, hunting and forestry', 'C19': 'Coke and refined petroleum products'}
    >>> sector_names(["A01_02", "C99"], "oecd", "2023")
    {}
    """
    fitting = {
        name: {code: classification[_key(code)].name for code in codes}
        for name, classification in _classifications().items()
        if _family(name) == _family(database) and all(_key(code) in classification for code in codes)
    }
    distinct = {name: names for name, names in fitting.items() if len(set(names.values())) == len(names)}
    if not distinct:
        return {}
    return distinct[min(distinct, key=lambda name: (edition not in name, _size(name)))]


def sector_groups(
    sectors: Sequence[str], level: Level, concordance: str | Path | None = None
) -> dict[str, list[str]]:
    """Groups of sectors, for :meth:`IOTable.aggregate`.

    Parameters
    ----------
    sectors : sequence of str
        Sectors of the table: names or labels of one shipped classification, or any labels if there is a
        `concordance`.
    level : {"fourteen", "broad"}
        Groups of the shipped classifications: those of Belousov (2020), tables 3 and 4, with all other
        sectors as the fourteenth, or seven broad ones.
    concordance : str or Path, optional
        Your own groups, in place of the shipped ones: a CSV file with the columns ``sector`` and ``group``,
        separated by commas, semicolons or tabs, in UTF-8 or Windows-1251.

    Returns
    -------
    dict of str to list of str
        Group and its sectors; every sector is in one group.

    Raises
    ------
    ConcordanceError
        When a sector has no group or two, or the file cannot be read.

    References
    ----------
    Belousov (2020), tables 3 and 4.

    Examples
    --------
    >>> sector_groups(["Agriculture", "Fishing", "Retail Trade"], "broad")
    {'Agriculture': ['Agriculture', 'Fishing'], 'Trade and transport': ['Retail Trade']}
    """
    if level not in get_args(Level):
        raise ConcordanceError(
            f"level '{level}' of sector groups is unknown; it must be one of {', '.join(get_args(Level))}"
        )
    labels = list(dict.fromkeys(sectors))
    group_of = _shipped_groups(labels, level) if concordance is None else _own(labels, Path(concordance))
    groups: dict[str, list[str]] = {}
    for label in labels:
        groups.setdefault(group_of[label], []).append(label)
    return groups


def _shipped_groups(labels: Sequence[str], level: Level) -> dict[str, str]:
    """Return the group of every label by the shipped classifications that have them all.

    Codes such as C20 are in several of these, which must not disagree.
    """
    classifications = _classifications()
    missing = {
        name: [label for label in labels if _key(label) not in classification]
        for name, classification in classifications.items()
    }
    fitting = [name for name, lacking in missing.items() if not lacking]
    if not fitting:
        nearest = min(missing, key=lambda name: (len(missing[name]), _size(name)))
        raise ConcordanceError(f"{_fit(nearest, labels, missing[nearest])}; {REMEDY}")
    group_of = {
        name: {label: classifications[name][_key(label)].group(level) for label in labels} for name in fitting
    }
    first, *others = fitting
    for label in labels:
        for other in others:
            if group_of[other][label] != group_of[first][label]:
                raise ConcordanceError(
                    f"sector '{label}' is in group '{group_of[first][label]}' by {first}, "
                    f"but in '{group_of[other][label]}' by {other}; {REMEDY}"
                )
    return group_of[first]


def _fit(nearest: str, labels: Sequence[str], missing: Sequence[str]) -> str:
    """Say how many of the labels the nearest classification has."""
    if len(missing) == len(labels):
        return f"none of the sectors is in a shipped classification: {_listed(labels)}"
    known = len(labels) - len(missing)
    return f"{known} of {len(labels)} sectors are those of {nearest}; not in it: {_listed(missing)}"


def _own(labels: Sequence[str], file: Path) -> dict[str, str]:
    """Return the group of every label by somebody's own file."""
    placed: dict[str, tuple[str, int]] = {}
    for line, sector, group in _own_rows(file):
        before, at = placed.setdefault(sector, (group, line))
        if before != group:
            raise ConcordanceError(
                f"'{file}', line {line}: sector '{sector}' is in group '{group}', "
                f"but in '{before}' in line {at}; it must be in one"
            )
    missing = [label for label in labels if label.strip() not in placed]
    if missing:
        raise ConcordanceError(
            f"'{file}': {len(missing)} of {len(labels)} sectors of the table are in no row: "
            f"{_listed(missing)}"
        )
    return {label: placed[label.strip()][0] for label in labels}


def _own_rows(file: Path) -> list[tuple[int, str, str]]:
    """Return the line, sector and group of every row."""
    text = _text(file)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, str, str]] = []
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if header.count("sector") != 1 or header.count("group") != 1:
            raise ConcordanceError(
                f"'{file}', line 1: the columns must be sector and group; "
                f"they are {', '.join(header) or 'none'}"
            )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise ConcordanceError(
                    f"'{file}', line {reader.line_num}: {len(cells)} cells instead of {len(header)}; "
                    f"a name that holds '{delimiter}' needs quotation marks"
                )
            row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
            for column in ("sector", "group"):
                if not row[column]:
                    raise ConcordanceError(f"'{file}', line {reader.line_num}: the {column} is missing")
            rows.append((reader.line_num, row["sector"], row["group"]))
    except csv.Error as error:
        raise ConcordanceError(f"'{file}', line {reader.line_num}: {error}") from None
    return rows


def _text(file: Path) -> str:
    try:
        return decoded(file_content(file), str(file))
    except FileError as error:
        raise ConcordanceError(str(error)) from None


def _listed(labels: Sequence[str]) -> str:
    rest = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return ", ".join(f"'{label}'" for label in labels[:SHOWN]) + rest


# The shipped files --------------------------------------------------------------------------------


class _Sector(NamedTuple):
    name: str
    fourteen: str
    broad: str

    def group(self, level: Level) -> str:
        return self.fourteen if level == "fourteen" else self.broad


@cache
def _classifications() -> dict[str, Mapping[str, _Sector]]:
    """Sectors by key of each of their labels and names, for every shipped classification."""
    return {
        file.stem: _by_key(file)
        for file in sorted(FOLDER.glob("*.csv"))
        if not file.stem.startswith("country_")
    }


def _by_key(file: Path) -> dict[str, _Sector]:
    found: dict[str, _Sector] = {}
    for row in _shipped(file.stem):
        sector = _Sector(row["sector"], row["fourteen"], row["broad"])
        for label in (*row["code"].split(SPELLINGS), sector.name):
            found[_key(label)] = sector
    return found


def _size(name: str) -> int:
    """Number of sectors of a classification."""
    return len(set(_classifications()[name].values()))


@cache
def _key(label: str) -> str:
    """Return what two spellings of a label share: files differ in capitals, spaces and punctuation."""
    return " ".join(re.findall(r"[^\W_]+", label.casefold()))


def _family(name: str) -> str:
    """Return the name of a database without its edition."""
    return name.partition("-")[0]


@cache
def _country_codes() -> dict[str, dict[str, str]]:
    """Standard code by database and its own code; under ``all`` what holds for every database."""
    codes: dict[str, dict[str, str]] = {}
    for row in _shipped("country_codes"):
        codes.setdefault(row["database"], {})[row["code"]] = row["country"]
    return codes


@cache
def _country_sets() -> dict[str, list[str]]:
    sets: dict[str, list[str]] = {}
    for row in _shipped("country_sets"):
        sets.setdefault(row["set"], []).append(row["country"])
    return sets


@cache
def _two_letters() -> dict[str, str]:
    """Code of three letters by code of two; Greece and the United Kingdom have two of these each."""
    data = CountryConverter().data
    return {
        two: three
        for cell, three in zip(data["ISO2"], data["ISO3"], strict=True)
        for two in re.findall("[A-Z]{2}", cell)
    }


def _shipped(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
