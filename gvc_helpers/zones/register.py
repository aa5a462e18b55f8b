"""Register: the residents of a zone and the region around it, read from files as people have them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd

from gvc_helpers.errors import MOST_FAULTS, GvcError, did_you_mean, listed, quoted
from gvc_helpers.files.sheets import (
    TEMPLATE_FOLDER,
    Table,
    TableName,
    codebook,
    fold,
    is_total,
    read_spreadsheet,
)
from gvc_helpers.files.text import FileError, digest_as_read, write_new

SYNTHETIC = "synthetic register calibrated to the printed figures of Shuleiko and Sovik (2020)"
SYNTHETIC_FOLDER = Path(__file__).parents[1] / "data" / "grodnoinvest"

FIGURES = [
    "employees",
    "production",
    "shipments",
    "innovative",
    "exports",
    "revenue",
    "resident_sales",
    "profit",
]
TOTAL_TOLERANCE = 0.005
REGION_TOLERANCE = 0.0005
LINKS_TOLERANCE = 0.005
MOST_HINTS = 10
"""Unknown names for which the nearest of those known is looked for."""


class RegisterError(GvcError):
    """The files of a zone are missing or wrong; `faults` has a line for each fault of all of them."""

    most = 3 * (MOST_FAULTS + 1)  # of each file, and how many more it has


@dataclass(frozen=True, eq=False, repr=False)
class Zone:
    """Residents of a zone over the years, and the region that the zone is part of.

    Parameters
    ----------
    register : pandas.DataFrame
        A row for each resident and year: ``resident``, ``sector``, ``year``, ``plan`` (whether the figures
        are planned), ``employees`` (persons), ``production``, ``shipments``, ``innovative``, ``exports``,
        ``revenue``, ``resident_sales``, ``profit`` (in `unit`) and ``registered`` (year); NaN: not reported.
    region : pandas.DataFrame
        A row for each sector and year: ``sector``, ``year``, ``production``, ``exports`` (in `unit`), the
        zone included.
    links : pandas.DataFrame or None
        Sales of residents to each other: ``seller``, ``buyer``, ``year``, ``sales`` (in `unit`).
    unit : str
        Unit of money.
    source : str
        Where the figures are from.
    synthetic : bool
        Whether the residents are invented.
    """

    register: pd.DataFrame
    region: pd.DataFrame
    links: pd.DataFrame | None
    unit: str
    source: str
    synthetic: bool

    @property
    def sectors(self) -> list[str]:
        """Sectors, in the order of the regional table."""
        return list(self.region["sector"].unique())

    @property
    def residents(self) -> list[str]:
        """Residents, in the order of the register."""
        return list(self.register["resident"].unique())

    @property
    def years(self) -> list[int]:
        """Years of the register that are not planned."""
        return sorted(self.register.loc[~self.register["plan"], "year"].unique().tolist())

    @property
    def plan_years(self) -> list[int]:
        """Planned years of the register."""
        return sorted(self.register.loc[self.register["plan"], "year"].unique().tolist())

    def amounts(self, quantity: str) -> pd.DataFrame:
        """Sum a quantity of the register over the residents of each sector.

        Parameters
        ----------
        quantity : str
            A column of figures, such as ``"production"``.

        Returns
        -------
        pandas.DataFrame
            Sector x year, all years of the register, planned ones too. What is not reported counts as 0, as
            does a sector without residents.

        Raises
        ------
        ValueError
            When the register has no such figures.
        """
        figures = [key for key in FIGURES if key in self.register]
        if quantity not in figures:
            raise ValueError(f"quantity '{quantity}' is not in the register; it has {', '.join(figures)}")
        sums = self.register.groupby(["sector", "year"])[quantity].sum().unstack("year", fill_value=0.0)
        return sums.reindex(pd.Index(self.sectors, name="sector"), fill_value=0.0).sort_index(axis=1)

    def regional(self, quantity: str) -> pd.DataFrame:
        """Return a quantity of the regional table.

        Parameters
        ----------
        quantity : {"production", "exports"}
            A column of the regional table.

        Returns
        -------
        pandas.DataFrame
            Sector x year.

        Raises
        ------
        ValueError
            When the regional table has no such figures.
        """
        figures = [key for key in FIGURES if key in self.region]
        if quantity not in figures:
            raise ValueError(f"quantity '{quantity}' is not in the region; it has {', '.join(figures)}")
        table = self.region.pivot(index="sector", columns="year", values=quantity)
        return table.reindex(pd.Index(self.sectors, name="sector")).sort_index(axis=1)

    def of_year(self, year: int) -> pd.DataFrame:
        """Return the rows of the register of one year, by resident.

        Raises
        ------
        ValueError
            When the register does not have the year.
        """
        years = sorted([*self.years, *self.plan_years])
        if year not in years:
            raise ValueError(f"year {year} is not in the register; it has {listed(years)}")
        return self.register[self.register["year"] == year].set_index("resident")

    def __repr__(self) -> str:
        plan = f", plan {listed(self.plan_years)}" if self.plan_years else ""
        return (
            f"<Zone: {len(self.residents)} residents, {len(self.sectors)} sectors, "
            f"{listed(self.years)}{plan}, {self.unit}>"
        )


def read_zone(
    register: str | Path | None = None,
    region: str | Path | None = None,
    links: str | Path | None = None,
    unit: str = "million roubles",
) -> Zone:
    """Read the register of a zone's residents and the statistics of its region.

    A file is CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1251) or the first sheet of an XLSX
    workbook. Columns may have English or Russian names, in any order, below up to ten rows of titles; the
    codebook of :func:`write_template` lists them and says how numbers may be written. Rows of totals are
    compared with the sum of their rows and left out.

    Parameters
    ----------
    register, region : str or Path, optional
        The register and the regional table; without both, the synthetic zone that ships with the package.
    links : str or Path, optional
        Sales of residents to each other.
    unit : str
        Unit of money of all files.

    Raises
    ------
    RegisterError
        When a file cannot be read or the figures cannot be right. Its ``faults`` name all that is wrong with
        all files: file, row and column as a spreadsheet shows them, the value and what is allowed.

    Examples
    --------
    >>> import tempfile
    >>> from gvc_helpers.zones.register import read_zone, write_template
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_template(folder)
    ...     zone = read_zone(*files[:3], unit="thousand euros")
    >>> zone
    <Zone: 6 residents, 3 sectors, 2017, 2018, 2019, plan 2022, thousand euros>
    >>> zone.amounts("production").loc["Food"].to_dict()
    {2017: 3900.0, 2018: 4860.0, 2019: 5220.0, 2022: 5580.0}
    """
    files = _files(register, region, links)
    tables: dict[TableName, Table] = {}
    faults: list[str] = []
    for name, path in files.items():
        alike = [other.name for other in files.values()].count(path.name) > 1
        try:
            tables[name] = read_spreadsheet(name, path, str(path) if alike else path.name)
        except FileError as error:
            faults.append(str(error))
    _check(tables)
    faults += [fault for table in tables.values() for fault in table.listed_faults()]
    if faults:
        raise RegisterError(faults)
    return Zone(
        register=_finished(tables["register"]),
        region=_finished(tables["region"]),
        links=_finished(tables["links"]) if "links" in tables else None,
        unit=unit,
        source=SYNTHETIC if register is None else ", ".join(path.name for path in files.values()),
        synthetic=register is None,
    )


def data_files(
    register: str | Path | None = None, region: str | Path | None = None, links: str | Path | None = None
) -> list[Path]:
    """List the files that a zone is read from."""
    return list(_files(register, region, links).values())


def fingerprint(
    register: str | Path | None = None, region: str | Path | None = None, links: str | Path | None = None
) -> str:
    """SHA-256 over the names and contents of a zone's files, as they were read."""
    digest = hashlib.sha256()
    for file in data_files(register, region, links):
        digest.update(file.name.encode())
        try:
            digest.update(digest_as_read(file))
        except FileError as error:
            raise RegisterError([str(error)]) from None
    return digest.hexdigest()


def write_template(folder: str | Path) -> list[Path]:
    """Write a small invented zone to fill in, and the codebook of its columns.

    Parameters
    ----------
    folder : str or Path
        Where to; it is made if it does not exist.

    Returns
    -------
    list of Path
        ``register.csv``, ``region.csv``, ``links.csv``, ``codebook.md`` and ``zone.yaml``, a parameter file.

    Raises
    ------
    RegisterError
        When one of the files exists already, or they cannot be written; nothing is overwritten.
    """
    folder = Path(folder)
    names = [f"{name}.csv" for name in get_args(TableName)]
    contents = {name: (TEMPLATE_FOLDER / name).read_bytes() for name in names}
    contents["codebook.md"] = codebook(TOTAL_TOLERANCE).encode()
    contents["zone.yaml"] = (TEMPLATE_FOLDER / "zone.yaml").read_bytes()
    try:
        return write_new(folder, contents)
    except FileError as error:
        raise RegisterError([str(error)]) from None


def _files(
    register: str | Path | None, region: str | Path | None, links: str | Path | None
) -> dict[TableName, Path]:
    if register is None and region is None and links is None:
        return {"register": SYNTHETIC_FOLDER / "register.csv", "region": SYNTHETIC_FOLDER / "region.csv"}
    if register is None or region is None:
        given = {"register": register, "region": region, "links": links}
        absent = " and ".join(name for name in ("register", "region") if given[name] is None)
        there = ", ".join(f"{name} '{path}'" for name, path in given.items() if path is not None)
        raise RegisterError([f"{there} is given without {absent}; a zone needs both a register and a region"])
    files: dict[TableName, Path] = {"register": Path(register), "region": Path(region)}
    return files if links is None else files | {"links": Path(links)}


def _finished(table: Table) -> pd.DataFrame:
    """Return the values as those who calculate with them have them."""
    return table.values.astype({"year": "int64"}).reset_index(drop=True)


def _plain(number: float) -> str:
    return f"{number:.12g}"


# What is checked in the tables: totals, rows by themselves, rows of one table, tables together.


def _check(tables: Mapping[TableName, Table]) -> None:
    register, region, links = (tables.get(name) for name in ("register", "region", "links"))
    for table in tables.values():
        if table is not links:
            _take_out_totals(table, "resident" if table is register else "sector")
        if table.values.empty:
            problem = (
                f"{table.file}: there are no rows below the names of the columns in row {table.header_row}"
            )
            table.faults.append((table.header_row, f"{problem}; there must be one at least"))
        _check_rows(table)
    if region:
        region.values["sector"] = _as_first_spelt(region.values["sector"])
        _check_region(region)
    if register:
        register.values["sector"] = _as_first_spelt(register.values["sector"])
        if region:
            _match(register, "sector", region, "sector")
        _check_register(register)
    if register and region:
        _check_together(register, region)
    if links and register:
        _match(links, "seller", register, "resident")
        _match(links, "buyer", register, "resident")
        _check_links(links, register)


def _take_out_totals(table: Table, label: str) -> None:
    """Compare the rows of totals with the sum of the rows of their year, and leave them out."""
    values, sectors = table.values, table.values["sector"].fillna("").map(fold)
    names = values[label].fillna(values["sector"])
    totals, of_all_sectors = is_total(names), is_total(sectors) | (sectors == "")
    for row in values.index[totals & values["year"].isna()]:
        table.refuse(row, "year", "the cell is empty in a row of totals")
    keys = [key for key in FIGURES if key in table.headers and table.sound(key, "year", "sector")]
    rows = values[~totals].assign(sector=sectors)
    for by, of_these in ((["year"], of_all_sectors), (["sector", "year"], ~of_all_sectors)):
        stated = values[totals & of_these & values["year"].notna()].assign(sector=sectors)
        summed, sizes = (
            stated[by].join(each.groupby(by)[keys].sum(), on=by)[keys].fillna(0.0)
            for each in (rows, rows.assign(**rows[keys].abs()))
        )
        allowed = TOTAL_TOLERANCE * np.maximum(stated[keys].abs(), sizes)
        wrong = np.argwhere((stated[keys] - summed).abs() > allowed)
        for row, key in table.first((stated.index[i], keys[j]) for i, j in wrong):
            problem = (
                f"{table.shown(row, key)} in the row {quoted(names[row])} is not the sum of the rows of "
                f"{values.at[row, 'year']:.0f}, {_plain(summed.at[row, key])}"
            )
            advice = "a row whose name begins so is a total, which must be within"
            advice = f"{advice} {100 * TOTAL_TOLERANCE:g} % of the sum, or be left out"
            table.fault(row, key, problem, advice)
    table.values = values[~totals]


def _check_rows(table: Table) -> None:
    """Check every row by itself: nothing is missing that must be there, and nothing is out of bounds."""
    import pandera.pandas as pa  # slow to import, and most commands do without it

    def at_least_zero(key: str) -> Any:
        return pa.Check(lambda values: values >= 0, name=key, error="{value} is negative")

    def at_most(key: str, most: str) -> Any:
        error = f"{{value}} is above {most} of the same row, {{{most}}}"
        return pa.Check(
            lambda rows: ~((rows[key] > rows[most]) & (rows[most] >= 0)),
            name=key,
            error=error,
            ignore_na=False,
        )

    columns = table.columns.values()
    schema = pa.DataFrameSchema(
        {
            column.key: pa.Column(
                checks=[at_least_zero(column.key)] if column.kind == "amount" else [],
                nullable=not column.filled,
            )
            for column in columns
        },
        checks=[at_most(column.key, column.at_most) for column in columns if column.at_most],
    )
    try:
        schema.validate(table.values, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for error in errors.schema_errors:
            rows = error.failure_cases["index"].drop_duplicates()
            if error.check == "not_nullable":
                for row in rows:
                    table.refuse(row, error.column_name, "the cell is empty")
                continue
            key = error.check.name
            for row in table.first(rows):
                shown = {key: table.shown(row, key) for key in table.headers}
                table.fault(row, key, error.check.error.format(value=shown[key], **shown))


def _check_region(region: Table) -> None:
    _check_once(region, "sector")
    known = region.values.dropna(subset=["sector", "year"])
    sectors = pd.Index(known["sector"].unique())
    for year, rows in known.groupby("year") if region.sound("sector", "year") else ():
        lacking = sectors.difference(rows["sector"], sort=False)
        if len(lacking):
            which = listed(map(quoted, lacking), most=5)
            problem = f"{year:.0f} has no row for sector {which}, which other years have"
            region.fault(rows.index[0], "year", problem, "every year must have the same sectors")


def _check_register(register: Table) -> None:
    values = register.values
    _check_once(register, "resident")
    folded = values.assign(folded=values["resident"].map(fold, na_action="ignore"))
    for row, first in register.first(_conflicts(folded, "folded", "resident")):
        problem = (
            f"{register.shown(row, 'resident')} is written {register.shown(first, 'resident')} in row {first}"
        )
        register.fault(row, "resident", problem, "a resident must have the same name in all rows")
    for row, first in register.first(_conflicts(values, "resident", "sector")):
        sectors = [register.shown(at, "sector") for at in (row, first)]
        resident = values.at[row, "resident"]
        problem = f"{sectors[0]} is not the sector of {quoted(resident)} in row {first}, {sectors[1]}"
        register.fault(row, "sector", problem, "a resident must have the same sector in all years")
    for row, first in _conflicts(values, "year", "plan") if register.sound("plan") else ():
        kinds = ["a plan" if values.at[at, "plan"] else "no plan" for at in (row, first)]
        problem = f"{values.at[row, 'year']:.0f} is {kinds[0]} here and {kinds[1]} in row {first}"
        register.fault(row, "plan", problem, "all rows of a year must be a plan, or none")
    begun = values[values["production"] > 0].groupby("resident")["year"].min()
    late = values[values["registered"] > values["resident"].map(begun)].drop_duplicates("resident")
    for row, resident in register.first(late["resident"].items()):
        begin = f"{begun[resident]:.0f}, when {quoted(resident)} produced"
        problem = f"{register.shown(row, 'registered')} is after {begin}"
        register.fault(row, "registered", problem, "it must not be after the first year with production")


def _check_together(register: Table, region: Table) -> None:
    """Check the years that both tables must have, and that the region includes the zone."""
    plan_years = register.values.loc[register.values["plan"], "year"]
    facts = register.values[~register.values["year"].isin(plan_years)].dropna(subset=["year"])
    has = sorted(region.values["year"].dropna().unique())
    if has and region.sound("year") and register.sound("plan"):
        for row, year in facts.loc[~facts["year"].isin(has), "year"].drop_duplicates().items():
            problem = f"{year:.0f} is not in {region.file}, which has {listed(map(_plain, has))}"
            register.fault(row, "year", problem, "every year must be there, unless it is a plan")
    rows = pd.MultiIndex.from_frame(region.values[["sector", "year"]])
    for key in [key for key in FIGURES if key in region.columns]:
        zone = facts.groupby(["sector", "year"])[key].sum().reindex(rows).set_axis(region.values.index)
        above = zone[zone > region.values[key] * (1 + REGION_TOLERANCE)]
        for row, amount in region.first(above.items()):
            sector, year = region.values.loc[row, ["sector", "year"]]
            residents = f"the residents of {quoted(sector)} in {year:.0f} in {register.file}"
            problem = f"{region.shown(row, key)} is below the sum of {residents}, {_plain(amount)}"
            region.fault(row, key, problem, "the region must include the zone")


def _check_links(links: Table, register: Table) -> None:
    values = links.values
    _check_once(links, "seller", "buyer")
    for row in links.first(values.index[values["seller"].notna() & (values["seller"] == values["buyer"])]):
        links.fault(row, "buyer", f"{links.shown(row, 'buyer')} is the seller too")
    has = sorted(register.values["year"].dropna().unique())
    for row, year in values["year"].dropna().drop_duplicates().items():
        if has and year not in has and register.sound("year"):
            problem = f"{year:.0f} is not a year of {register.file}, which has {listed(map(_plain, has))}"
            links.fault(row, "year", problem, "links must be of these years")
    revenues = register.values.groupby(["resident", "year"])["revenue"].first()
    sales = values.groupby(["seller", "year"])["sales"].sum()
    allowed = revenues.reindex(sales.index) * (1 + LINKS_TOLERANCE)
    last = values.drop_duplicates(["seller", "year"], keep="last").reset_index(names="row")
    rows = last.set_index(["seller", "year"])["row"]
    for of, sold in links.first(sales[sales > allowed].items()):
        row, (seller, year) = rows[of], of
        problem = (
            f"{links.shown(row, 'sales')} brings the sales of {quoted(seller)} in {year:.0f} to "
            f"{_plain(sold)}, above its revenue in {register.file}, {_plain(revenues[of])}"
        )
        advice = f"they must not be above it by more than {100 * LINKS_TOLERANCE:g} %"
        links.fault(row, "sales", problem, advice)


def _check_once(table: Table, *labels: str) -> None:
    by = [*labels, "year"]
    known = table.values.dropna(subset=by)
    firsts = _first_rows(known, by)
    again = known.loc[known.duplicated(by), by]
    for row, of in table.first(zip(again.index, again.itertuples(index=False, name=None), strict=True)):
        names = " and ".join(quoted(name) for name in of[:-1])
        problem = f"{of[-1]:.0f} is a year of {names} in row {firsts[of]} already"
        table.fault(row, "year", problem, f"there must be one row for each {', '.join(labels)} and year")


def _conflicts(values: pd.DataFrame, by: str, key: str) -> Iterator[tuple[int, int]]:
    """Yield, for each group, the first row whose `key` is not that of the first row, and that first row."""
    known = values.dropna(subset=[by, key])
    others = known[known[key] != known.groupby(by)[key].transform("first")]
    firsts = _first_rows(known, [by])
    for row, group in others[by].drop_duplicates().items():
        yield row, firsts[group,]


def _first_rows(values: pd.DataFrame, by: list[str]) -> dict[tuple[Any, ...], int]:
    """Return the first row of each group."""
    firsts = values[by].drop_duplicates()
    return dict(zip(firsts.itertuples(index=False, name=None), firsts.index, strict=True))


def _as_first_spelt(labels: pd.Series) -> pd.Series:
    """Write labels that differ only in capitals, spaces and the like as the first of them is written."""
    first: dict[str, str] = {}
    return labels.map(lambda name: first.setdefault(fold(name), name), na_action="ignore").astype("str")


def _match(table: Table, key: str, other: Table, label: str) -> None:
    """Write the labels of a column as another table does; one that it does not have is a fault."""
    allowed = list(dict.fromkeys(other.values[label].dropna()))
    if not (allowed and other.sound(label)):
        return
    spelt = {fold(name): name for name in allowed}
    labels = table.values[key].dropna()
    unknown = labels[~labels.map(fold).isin(spelt)]
    counts = unknown.value_counts()
    for number, (row, name) in enumerate(table.first(unknown.drop_duplicates().items())):
        hint = did_you_mean(name, allowed, fold) if number < MOST_HINTS else ""
        count = counts[name]
        times = f" (in {count} rows)" if count > 1 else ""
        problem = f"{quoted(name)}{times} is not a {label} of {other.file}{hint}"
        table.fault(row, key, problem, f"it has {listed(allowed)}")
    table.values[key] = table.values[key].map(lambda n: spelt.get(fold(n)), na_action="ignore").astype("str")
