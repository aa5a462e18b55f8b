"""A balanced inter-country table that gives back the figures the paper prints.

The data of the paper cannot be shipped. What it prints (tables 1 to 4 and ten shares in the text)
leaves most of a table open, so the table closest to a documented prior is taken, and an ensemble of
tables from perturbed priors shows which results the printed figures determine.

1. :func:`printed_flows` finds the value added from each country in the exports of each other that
   tables 1 and 2 print twice, as a share of either side's exports.
2. :func:`prior` makes a plausible table from the sizes and structures of the economies.
3. :func:`reconstruct` moves the prior as little as possible until every printed figure is met and
   every (country, sector) sells as much as it uses.

All flows stand in one array of shape (GN, GN + G + 1): intermediate flows, final demand by country,
and value added, G = 9 regions by N = 14 sectors. The unknowns are their logarithms.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import cho_factor, cho_solve, lu_factor, lu_solve
from scipy.optimize import least_squares
from scipy.sparse import csr_array, hstack

from gvc_helpers._typing import Array
from gvc_helpers.databases import reconstruction
from gvc_helpers.measures.vertical_specialization import vertical_specialization
from gvc_helpers.papers import eaeu as published
from gvc_helpers.papers import eaeu_compared as audit
from gvc_helpers.tables.io_table import IOTable

FOLDER = reconstruction.FOLDER
"""Where the prior's figures and the shipped tables are."""

COUNTRIES = (*published.COUNTRIES, "ROW")
SECTORS = (*published.printed_tables().vs_by_sector.index, "Other sectors")
UNIT = "Russia's gross exports = 100"
BILLION_USD = 100 / 393
"""One billion USD in the table's unit: Russia exported 393 in 2015 (World Bank, WDI)."""

MEMBERS = 20
"""Size of the shipped ensemble."""
MAX_ITERATIONS = 150
LONGEST_STEP = 1.5
"""Most that the logarithm of a flow moves in an iteration."""
NEAREST = 0.005
"""What is left, as a share of the distance to the prior, of its pull along the tables that fit."""
TOLERANCE = 1e-8
"""Largest relative error of an equation in a solution."""

G, N = len(COUNTRIES), len(SECTORS)
ROW_COUNTRY, ROW_SECTOR = np.divmod(np.arange(G * N), N)
BUYER_COUNTRY = np.tile(np.r_[ROW_COUNTRY, np.arange(G), -1], (G * N, 1))
BUYER_COUNTRY[:, -1] = ROW_COUNTRY
ABROAD = (ROW_COUNTRY[:, None] != BUYER_COUNTRY).astype(float)
VALUE_ADDED = G * N + G
"""Column of value added."""

EFFECTS = {
    "flow": (0.3, 0.1),
    "origin product buying_country": (0.5, 0.0),
    "origin buying_country": (0.5, 0.0),
    "origin product abroad": (0.3, 0.0),
    "product buying_country buyer": (0.3, 0.0),
    "buying_country buyer abroad": (0.3, 0.0),
    "buying_country buyer": (0.1, 0.1),
    "buying_country": (0.05, 0.05),
}
"""How far the logarithm of a flow may move from the prior: the standard deviations, for sales and for
value added, of independent effects that all flows with the same labels share. Were flows free one by
one, the nearest table would let single ones grow a hundredfold."""

TOTALS_SD = 0.1
"""Standard deviation of the log of a country's value added, and of its imports over its exports."""


class ReconstructionError(RuntimeError):
    """No table was found that gives back the printed figures; the message names the worst one."""


@dataclass(frozen=True)
class Prior:
    """What is thought of the table before the printed figures are known, in the table's unit.

    Parameters
    ----------
    flows : numpy.ndarray
        Intermediate flows, final demand by country and value added, shape (GN, GN + G + 1); all
        positive, not yet balanced.
    gdp : numpy.ndarray
        Value added by country, shape (G,).
    """

    flows: Array
    gdp: Array


@cache
def printed_flows() -> Array:
    """Value added from origin (row) in the exports of exporter (column), by tables 1 and 2.

    Each flow is printed as a share of the exporter's and of the origin's exports. The flows sought
    keep the largest difference from a printed cell small, in half units of its last digit: the sum of
    the differences' 14th powers is least. Column sums are gross exports, Russia's are 100.

    Returns
    -------
    numpy.ndarray
        Shape (G, G), in the table's unit; zero for the rest of the world in its own exports.

    Examples
    --------
    >>> exports = printed_flows().sum(axis=0)
    >>> dict(zip(COUNTRIES, exports.round(1).tolist()))["BLR"]
    8.3
    """
    tables = published.printed_tables()
    by_origin = tables.by_origin.loc[list(COUNTRIES)].to_numpy()
    by_exporter = tables.by_exporter.loc[list(COUNTRIES)].to_numpy().T
    vs1 = tables.by_exporter.loc["VS1"].to_numpy()
    named, known = slice(G - 1), ~(np.outer(*2 * [np.arange(G) == G - 1]))
    russia = COUNTRIES.index("RUS")

    def flows_of(logs: Array) -> Array:
        flows: Array = np.zeros((G, G))
        flows[known] = np.exp(logs)
        return flows

    def differences(logs: Array, power: int) -> Array:
        flows = flows_of(logs)
        exports = flows[:, named].sum(axis=0)
        shares = 100 * flows[named] / exports[:, None]
        missed = [
            100 * flows[:, named] / exports - by_origin,
            shares - by_exporter,
            shares.sum(axis=1) - shares.diagonal() - vs1,
        ]
        rounded = np.concatenate([part.ravel() for part in missed]) / published.ROUNDING
        return np.append(rounded**power, 100 * np.log(exports[russia] / 100))

    # Russia's value added in the exports of a country, printed in both tables, relates their exports.
    exports = 100 * by_exporter[russia, named] / by_origin[russia]
    start = np.zeros((G, G))
    start[:, named] = np.maximum(by_origin, published.ROUNDING / 2) * exports / 100
    start[named, -1] = by_exporter[:, -1] * exports / 100
    logs = np.log(start[known])
    for power in (1, 3, 7):
        logs = least_squares(differences, logs, args=(power,)).x
    found = flows_of(logs)
    scaled: Array = found * (100 / found[:, russia].sum())
    return scaled


def prior(seed: int | None = None) -> Prior:
    """Make the documented prior from the figures in ``prior_*.csv``, or a perturbed one.

    Value added is GDP times the shares of sectors; every sector needs the world's inputs per unit of
    output; final demand adds up to GDP. Exports of a country have the size that tables 1 and 2 imply
    (the rest of the world: nine tenths of all others together), the destinations of a gravity model
    in which two post-Soviet countries trade ten times as much, and the products that it makes most of,
    weighted with the share of them that the world trades. Users of a product share its imports in
    proportion to their use; the rest, at least a tenth, is bought at home.

    Parameters
    ----------
    seed : int, optional
        Multiplies the figures by log-normal factors, with standard deviations of 0.15 (GDP), 0.3
        (shares of sectors, inputs, final demand, products exported) and 0.4 (distances between
        countries and every single flow).

    References
    ----------
    World Bank, World Development Indicators, 2015. Timmer, M. P., Dietzenbacher, E., Los, B., Stehrer,
    R. and de Vries, G. J. (2015), An Illustrated User Guide to the World Input-Output Database.

    Examples
    --------
    >>> dict(zip(COUNTRIES, prior().gdp.round(0).tolist()))["RUS"]
    347.0
    """
    rng = np.random.default_rng(seed)

    def factors(deviation: float, *shape: int) -> Array:
        return np.ones(shape) if seed is None else np.exp(deviation * rng.standard_normal(shape))

    economies, products, shares = (
        pd.read_csv(FOLDER / f"prior_{name}.csv", comment="#", index_col=0)
        for name in ("economies", "products", "value_added")
    )
    gdp = economies.loc[list(COUNTRIES), "gdp"].to_numpy() * BILLION_USD * factors(0.15, G)
    made = shares.loc[list(SECTORS), list(COUNTRIES)].to_numpy().T * factors(0.3, G, N)
    value_added = gdp[:, None] * made / made.sum(axis=1, keepdims=True)
    products = products.loc[list(SECTORS)]
    world = products[list(SECTORS)].to_numpy()
    inputs = world * factors(0.3, N, N)
    inputs *= world.sum(axis=0) / inputs.sum(axis=0)
    output = value_added / (1 - inputs.sum(axis=0))
    demand = products["final_demand"].to_numpy() * factors(0.3, G, N)
    demand *= gdp[:, None] / demand.sum(axis=1, keepdims=True)
    # Axes: buying country, product, buyer (the sectors, then final demand).
    use = np.concatenate([inputs * output[:, None, :], demand[:, :, None]], axis=2)

    exports = printed_flows().sum(axis=0)
    exports[-1] = 0.9 * exports[:-1].sum()
    near = economies.loc[list(COUNTRIES), "post_soviet"].to_numpy()
    trade = np.where(np.outer(near, near), 10.0, 1.0) * factors(0.4, G, G) * np.outer(exports, exports)
    np.fill_diagonal(trade, 0.0)
    for _ in range(100):  # every country exports and imports as much
        trade *= (exports / trade.sum(axis=1))[:, None]
        trade *= exports / trade.sum(axis=0)
    sold = output * products["traded"].to_numpy() * factors(0.3, G, N)
    sold /= sold.sum(axis=1, keepdims=True)

    # Axes: origin, product, buying country, buyer.
    bought = trade[:, None, :] * sold[:, :, None]
    total = use.sum(axis=2).T
    home = np.arange(G)
    bought[home, :, home] = np.maximum(total - bought.sum(axis=0), 0.1 * total).T
    flows = (bought / total)[..., None] * use.transpose(1, 0, 2)
    flows *= factors(0.4, *flows.shape)
    sales = flows[..., :N].reshape(G * N, G * N), flows[..., N].reshape(G * N, G)
    return Prior(np.hstack([*sales, value_added.reshape(-1, 1)]), gdp)


def reconstruct(seed: int | None = None, progress: Callable[[int, float], None] | None = None) -> IOTable:
    """Find the table closest to a prior that gives back every printed figure.

    With ``u0`` the logs of the prior's flows and ``u = u0 + M z``, where `M` holds `EFFECTS`, the
    squares of `z` and of the totals' deviations (in units of `TOTALS_SD`, further elements of `z`) are
    least among the tables that meet the printed figures and balance every (country, sector). With `J`
    the Jacobian of the logs of the figures by `z`, each iteration takes the shortest step that meets
    them to first order, ``J' (J J')⁻¹ error``, and part of the way along the tables that meet them
    towards the prior, ``P z - z`` with the projector ``P = J' (J J')⁻¹ J``. That part is halved when the
    way turns back. A ridge on ``J J'`` that shrinks lets the equations be approached together. Printed
    cells are met in their reconciled values (:func:`printed_flows`) or, in tables 3 and 4, as printed.

    Parameters
    ----------
    seed : int, optional
        That of :func:`prior`.
    progress : callable, optional
        Called in each iteration with its number, from 0, and the largest relative error of an equation.

    Returns
    -------
    IOTable
        9 regions by 14 sectors, balanced, Russia's gross exports = 100, year 2015.

    Raises
    ------
    ReconstructionError
        When after `MAX_ITERATIONS` an equation is off by more than `TOLERANCE`, or the prior still
        pulls by more than `NEAREST`.

    References
    ----------
    Belousov (2020), tables 1 to 4 and the text after tables 3 and 4.
    """
    start = prior(seed)
    equations, effects = _equations(start.gdp), _effects()
    free = np.diag(equations.deviation)[equations.deviation > 0]
    base, size = np.log(start.flows), effects.shape[1]
    z = pull_before = np.zeros(size + len(free))
    ridge, part = 0.3, 1.0

    def largest(step: Array) -> float:
        return float(np.abs(effects @ step[:size]).max())

    for iteration in range(MAX_ITERATIONS):
        flows = np.exp(base + (effects @ z[:size]).reshape(base.shape))
        values, jacobian = _evaluate(flows, equations)
        error = equations.target - values - z[size:] @ free
        worst = int(np.abs(error).argmax())
        if progress is not None:
            progress(iteration, float(abs(error[worst])))
        # J is the transposed Jacobian by z: effects first, then what totals may deviate by.
        J = np.vstack([effects.T @ jacobian.T, free])
        system = J.T @ J
        system[np.diag_indices_from(system)] += ridge**2
        # One factorization serves the step that meets the figures and the projection on what they leave open.
        fit, projection = (J @ cho_solve(cho_factor(system), np.array([error, z @ J]).T)).T
        pull = projection - z
        settled = np.linalg.norm(pull) < NEAREST * np.linalg.norm(z)
        if settled and abs(error[worst]) < TOLERANCE:
            return _table(flows[:, : G * N], flows[:, G * N : VALUE_ADDED])
        # A pull that points back has gone past the nearest table: smaller parts from here.
        turned = pull @ pull_before < -0.1 * np.linalg.norm(pull) * np.linalg.norm(pull_before)
        part, pull_before = (0.5 * part if turned else min(1.0, 1.2 * part)), pull
        if largest(fit) < LONGEST_STEP:
            ridge = max(0.3 * ridge, 1e-9)
        step = fit * min(1.0, LONGEST_STEP / largest(fit)) + (0.0 if settled else part) * pull
        z = z + step * min(1.0, LONGEST_STEP / largest(step))
    raise ReconstructionError(
        f"no table fits the printed figures after {MAX_ITERATIONS} iterations; the worst figure is "
        f"{equations.names[worst]}, off by {100 * abs(np.expm1(error[worst])):.2g} %"
    )


def build(
    folder: Path, members: int = MEMBERS, progress: Callable[[int, float], object] | None = None
) -> None:
    """Write the base table and an ensemble of others that fit as well.

    ``Z.csv`` and ``Y.csv`` hold the base table with nine significant digits, ``ensemble.npz`` the
    arrays ``Z`` (members, GN, GN) and ``Y`` (members, GN, G) of the seeds 1 to `members` in single
    precision. Value added is not stored: as output less inputs it always balances. Two processes
    share the work.

    Parameters
    ----------
    folder : Path
        Where to write; made if it is not there.
    members : int
        Size of the ensemble.
    progress : callable, optional
        Called after each table with the number of tables done and the table's largest difference from
        a printed cell, in percentage points.

    Raises
    ------
    ReconstructionError
        When a table is not found, or does not fit any more once it is rounded.
    """
    rounded = []
    with _one_thread_each(), ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for seed, table in enumerate(pool.map(reconstruct, [None, *range(1, members + 1)])):
            digits = np.vectorize(lambda value: float(f"{value:.9g}")) if seed == 0 else np.float32
            Z, Y = (digits(array).astype(float) for array in (table.Z, table.Y))
            rounded.append((Z, Y))
            difference = _check(_table(Z, Y), "the base table" if seed == 0 else f"member {seed}")
            if progress is not None:
                progress(seed + 1, difference)
    folder.mkdir(parents=True, exist_ok=True)
    index, (Z, Y) = _index(), rounded[0]
    pd.DataFrame(Z, index, index).to_csv(folder / "Z.csv", float_format="%.9g", lineterminator="\n")
    pd.DataFrame(Y, index, list(COUNTRIES)).to_csv(folder / "Y.csv", float_format="%.9g", lineterminator="\n")
    arrays = {name: np.array([pair[k] for pair in rounded[1:]], np.float32) for k, name in enumerate("ZY")}
    np.savez_compressed(folder / "ensemble.npz", allow_pickle=False, **arrays)


@dataclass(frozen=True)
class _Equations:
    """Logs of figures and what they must be.

    First the figures ``(VA ∘ origin)' (x̂ - Z)⁻¹ (e ∘ exporter)``, value added of some rows in the
    exports of others (columns of `origin` and `exporter`, 0 or 1); then ratios of sums of flows (rows
    of `numerator` and `denominator`). A `deviation` above zero marks what should hold about.
    """

    origin: Array
    exporter: Array
    numerator: csr_array[Any, Any]
    denominator: csr_array[Any, Any]
    target: Array
    deviation: Array
    names: list[str]


def _equations(gdp: Array) -> _Equations:
    tables, flows = published.printed_tables(), printed_flows()
    # A figure of content is origin' · (value added in exports) · exporter: both masks tell rows, 1 or 0.
    own = np.eye(G)[ROW_COUNTRY]
    content: list[tuple[str, float, Array, Array]] = []
    for i, origin in enumerate(COUNTRIES):
        for j, exporter in enumerate(COUNTRIES):
            if flows[i, j] > 0:
                name = f"tables 1 and 2, {origin} in the exports of {exporter}"
                content.append((name, flows[i, j], own[:, i], own[:, j]))
    for number, table in ((3, tables.vs_by_sector), (4, tables.vs1_by_sector)):
        for country in table.columns:
            j = COUNTRIES.index(country)
            for k, share in enumerate(table[country]):
                pair = (1 - own[:, j], own[:, j] * (k == ROW_SECTOR))
                name = f"table {number}, {country} / {SECTORS[k]}"
                value = share / 100 * flows[:, j].sum()
                content.append((name, value, *(pair if number == 3 else pair[::-1])))

    # The other figures are ratios of two sums of flows; a balance is a ratio of one.
    shape, bloc = ABROAD.shape, np.isin(COUNTRIES, published.EAEU)
    rows, columns = np.indices(shape)
    sale, abroad = columns != VALUE_ADDED, ABROAD > 0
    ratios: list[tuple[str, float, float, Any, Any]] = []
    for k, label in enumerate(_index()):
        used = (columns == k) | ((rows == k) & ~sale)
        ratios.append((f"balance of {' / '.join(label)}", 1.0, 0.0, (rows == k) & sale, used))
    facts = published.quoted_shares().reindex(_index())
    for side in facts.columns:
        for k, label in enumerate(_index()):
            share = facts[side].iloc[k] / 100
            imported = side == "imported_inputs"
            traded = abroad & ((columns if imported else rows) == k)
            partner = ROW_COUNTRY[:, None] if imported else BUYER_COUNTRY
            name = f"text, share of the EAEU in {side} of {' / '.join(label)}"
            if not np.isnan(share):
                ratios.append((name, share, 0.0, traded & bloc[partner], traded))
    russian = abroad & (ROW_COUNTRY[:, None] == COUNTRIES.index("RUS"))
    for j, country in enumerate(COUNTRIES):
        exports, imports = (abroad & (side == j) for side in (ROW_COUNTRY[:, None], BUYER_COUNTRY))
        ratios.append((f"trade balance of {country}", 1.0, TOTALS_SD, imports, exports))
        added = ~sale & (ROW_COUNTRY[:, None] == j)
        ratios.append((f"value added of {country}", gdp[j] / 100, TOTALS_SD, added, russian))
    names, targets, origins, exporters = zip(*content, strict=True)
    more_names, more_targets, deviations, numerators, denominators = zip(*ratios, strict=True)
    numerator, denominator = (
        csr_array(np.array([mask.ravel() for mask in masks], float)) for masks in (numerators, denominators)
    )
    return _Equations(
        np.array(origins).T,
        np.array(exporters).T,
        numerator,
        denominator,
        np.log([*targets, *more_targets]),
        np.array([*np.zeros(len(names)), *deviations]),
        [*names, *more_names],
    )


def _evaluate(flows: Array, equations: _Equations) -> tuple[Array, Array]:
    """Return the logs of all figures and their derivatives with respect to the logs of all flows.

    With ``L = (x̂ - Z)⁻¹``, ``p = L' (VA ∘ origin)`` and ``q = L (e ∘ exporter)``, a figure grows with
    a purchase of k from i by ``(p_i - p_k) q_k`` and, if it is an export, by ``p_i exporter_i``; with
    value added of k by ``(origin_k - p_k) q_k``. Gross output `x` is taken as the sum of inputs.
    """
    Z, added = flows[:, : G * N], flows[:, VALUE_ADDED]
    exports = (flows * ABROAD).sum(axis=1)[:, None] * equations.exporter
    factors = lu_factor(np.diag(Z.sum(axis=0) + added) - Z)
    p, q = lu_solve(factors, added[:, None] * equations.origin, trans=1), lu_solve(factors, exports)
    figures = (p * exports).sum(axis=0)
    p, origin = p / figures, equations.origin / figures
    size = len(figures)
    jacobian = np.empty((len(equations.target), *flows.shape))
    # Derivatives by the logs of flows are those by flows times the flows, written in place: no second cube.
    for k, gradient in enumerate(jacobian[:size]):
        gradient[:] = (p[:, k] * equations.exporter[:, k])[:, None] * ABROAD
        gradient[:, : G * N] += (p[:, k, None] - p[:, k]) * q[:, k]
        gradient[:, VALUE_ADDED] = (origin[:, k] - p[:, k]) * q[:, k]
        gradient *= flows
    above, below = equations.numerator @ flows.ravel(), equations.denominator @ flows.ravel()
    shares = equations.numerator / above[:, None] - equations.denominator / below[:, None]
    jacobian[size:] = (shares.toarray() * flows.ravel()).reshape(-1, *flows.shape)
    return np.log(np.append(figures, above / below)), jacobian.reshape(len(jacobian), -1)


@cache
def _effects() -> csr_array[Any, Any]:
    """Return the matrix that adds up the effects on every flow, shape (flows, effects)."""
    shape = ABROAD.shape
    rows, columns = np.indices(shape)
    added = (columns == VALUE_ADDED).ravel()
    buyer = np.r_[ROW_SECTOR, np.full(G, N), -1][columns]
    labels = {
        "flow": rows * shape[1] + columns,
        "origin": ROW_COUNTRY[rows],
        "product": ROW_SECTOR[rows],
        "abroad": ABROAD,
        "buying_country": BUYER_COUNTRY,
        "buyer": np.where(buyer < 0, ROW_SECTOR[rows], buyer),
    }
    blocks = []
    for names, (of_sales, of_value_added) in EFFECTS.items():
        keys = np.array([labels[name].ravel() for name in names.split()])
        group = np.unique(keys, axis=1, return_inverse=True)[1].ravel()
        blocks.append(csr_array((np.where(added, of_value_added, of_sales), (np.arange(added.size), group))))
    return csr_array(hstack(blocks, format="csr"))


def _index() -> pd.MultiIndex:
    return pd.MultiIndex.from_product([COUNTRIES, SECTORS], names=["country", "sector"])


def _table(Z: Array, Y: Array) -> IOTable:
    return IOTable(
        Z.copy(), Y.copy(), index=_index(), year=published.YEAR, unit=UNIT, source=reconstruction.SOURCE
    )


def _check(table: IOTable, name: str) -> float:
    """Return the largest difference from a printed cell, or raise if a table does not fit."""
    cells = audit.compare(vertical_specialization(table)).drop("EAEU", level="row")
    differences = cells["difference"].abs().to_numpy()
    difference = float(differences.max())
    if difference > published.ROUNDING or (table.value_added <= 0).any():
        cell = cells.index[int(differences.argmax())]
        raise ReconstructionError(
            f"{name} does not fit once it is rounded: cell {cell} is off by {difference:.4f} percentage "
            f"points and the least value added is {table.value_added.min():.3g}"
        )
    return difference


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes started here use one thread for linear algebra, so that they do not compete."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    kept = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
