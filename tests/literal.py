"""The papers' sums, written out literally: slow, plain, and independent of the package.

Only `IOTable.Z`, `.Y`, `.index` and `.countries` are read. Every crossed inverse is made by itself.
Sectors may differ by country. As in the papers, s exports, r imports, t is any other country.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gvc_helpers import IOTable

Blocks = dict[tuple[str, str], np.ndarray]
Vectors = dict[str, np.ndarray]

KWW = ["DVA_FIN", "DVA_INT", "DVA_INTrex", "RDV_FIN", "RDV_INT", "DDC", "FVA_FIN", "FVA_INT", "FDC"]
BORIN_MANCINI = ["VAX1", "VAX2", "VAX3", "VAX4", "REF1", "REF2", "DDC", "FVA1", "FVA2", "FVA3", "FVA4", "FDC"]


# The system and its blocks -----------------------------------------------------------------------


@dataclass(frozen=True)
class System:
    """Blocks by country: A[s, r] and B[s, r] are matrices, Y[s, r] and E[s, r] vectors over s's sectors."""

    countries: list[str]
    rows: dict[str, list[int]]
    sectors: dict[str, list[str]]
    A_all: np.ndarray
    A: Blocks
    B: Blocks
    Y: Blocks
    E: Blocks
    L: Vectors  # (I - A_ss)^-1
    V: Vectors  # value added per unit of output
    x: Vectors

    def all_but(self, *left_out: str) -> list[str]:
        return [c for c in self.countries if c not in left_out]

    def zero(self, s: str) -> np.ndarray:
        return np.zeros(len(self.rows[s]))

    def total_exports(self, s: str) -> np.ndarray:
        """E_s*: exports of s to all others, by sector."""
        return sum((self.E[s, r] for r in self.all_but(s)), self.zero(s))


def coefficients(table: IOTable) -> tuple[np.ndarray, np.ndarray]:
    """A and x."""
    size = len(table.index)
    x = np.array([table.Z[i].sum() + table.Y[i].sum() for i in range(size)])
    A = np.zeros((size, size))
    for j in range(size):
        if x[j] > 0:
            A[:, j] = table.Z[:, j] / x[j]
    return A, x


def inverse(A: np.ndarray) -> np.ndarray:
    return np.linalg.inv(np.eye(len(A)) - A)


def rows_of(table: IOTable) -> dict[str, list[int]]:
    return {s: [i for i, (c, _) in enumerate(table.index) if c == s] for s in table.countries}


def blocks(M: np.ndarray, rows: dict[str, list[int]]) -> Blocks:
    return {(s, r): M[np.ix_(rows[s], rows[r])] for s in rows for r in rows}


def system(table: IOTable) -> System:
    A, x = coefficients(table)
    rows, countries = rows_of(table), list(table.countries)
    A_ = blocks(A, rows)
    x_ = {s: x[rows[s]] for s in countries}
    Y_ = {(s, r): table.Y[rows[s], k] for s in countries for k, r in enumerate(countries)}
    return System(
        countries=countries,
        rows=rows,
        sectors={s: [table.index[i][1] for i in rows[s]] for s in countries},
        A_all=A,
        A=A_,
        B=blocks(inverse(A), rows),
        Y=Y_,
        E={(s, r): A_[s, r] @ x_[r] + Y_[s, r] for s in countries for r in countries if r != s},
        L={s: inverse(A_[s, s]) for s in countries},
        V={s: 1 - A[:, rows[s]].sum(axis=0) for s in countries},
        x=x_,
    )


def crossed(S: System, s: str, sectors: Iterable[int] | None = None, r: str | None = None) -> Blocks:
    """B^{/..}: the inverse when s (or these of its sectors) sells no inputs to r (or to anyone abroad)."""
    sellers = [S.rows[s][n] for n in (range(len(S.rows[s])) if sectors is None else sectors)]
    A = S.A_all.copy()
    for buyer in S.all_but(s) if r is None else [r]:
        A[np.ix_(sellers, S.rows[buyer])] = 0.0
    return blocks(inverse(A), S.rows)


def by_flow(S: System, terms: Callable[[str, str], dict[str, np.ndarray]]) -> pd.DataFrame:
    """A row for every exporter, sector and importer; `terms(s, r)` are vectors over the sectors of s."""
    cells = {(s, r): terms(s, r) for s in S.countries for r in S.all_but(s)}
    rows = {
        (s, sector, r): {name: vector[n] for name, vector in cells[s, r].items()}
        for s in S.countries
        for n, sector in enumerate(S.sectors[s])
        for r in S.all_but(s)
    }
    return labelled(rows, ["exporter", "sector", "importer"])


def by_country(rows: dict[str, dict[str, float]], name: str = "exporter") -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(name)


def labelled(rows: dict[tuple[str, ...], dict[str, float]], names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows.values()), pd.MultiIndex.from_tuples(list(rows), names=names))


def exports(table: IOTable) -> pd.Series:
    """E_sr by exporter, sector and importer."""
    S = system(table)
    return by_flow(S, lambda s, r: {"exports": S.E[s, r]})["exports"]


# 1. Koopman, Wang and Wei (2014), equation 36 ----------------------------------------------------


def kww(table: IOTable) -> pd.DataFrame:
    S = system(table)
    return by_country({s: dict(zip(KWW, kww_of(S, s), strict=True)) for s in S.countries})


def kww_of(S: System, s: str) -> list[float]:
    A, B, Y, E, L, V = S.A, S.B, S.Y, S.total_exports, S.L, S.V
    others = S.all_but(s)
    return [
        sum(V[s] @ B[s, s] @ Y[s, r] for r in others),
        sum(V[s] @ B[s, r] @ Y[r, r] for r in others),
        sum(V[s] @ B[s, r] @ Y[r, t] for r in others for t in S.all_but(s, r)),
        sum(V[s] @ B[s, r] @ Y[r, s] for r in others),
        sum(V[s] @ B[s, r] @ A[r, s] @ L[s] @ Y[s, s] for r in others),
        sum(V[s] @ B[s, r] @ A[r, s] @ L[s] @ E(s) for r in others),
        sum(V[t] @ B[t, s] @ Y[s, r] for t in others for r in others),
        sum(V[t] @ B[t, s] @ A[s, r] @ L[r] @ Y[r, r] for t in others for r in others),
        sum(V[t] @ B[t, s] @ A[s, r] @ L[r] @ E(r) for t in others for r in others),
    ]


# 2. Wang, Wei and Zhu (2013) ---------------------------------------------------------------------


def wwz(table: IOTable) -> pd.DataFrame:
    S = system(table)
    return by_flow(S, lambda s, r: wwz_of(S, s, r))


def wwz_of(S: System, s: str, r: str) -> dict[str, np.ndarray]:
    A, B, Y, L, V, zero = S.A, S.B, S.Y, S.L, S.V, S.zero
    third = S.all_but(s, r)
    T = A[s, r]
    VL = V[s] @ L[s]
    VB = V[s] @ B[s, s]
    MV = V[r] @ B[r, s]
    OV = sum((V[t] @ B[t, s] for t in third), zero(s))
    home, abroad = L[r] @ Y[r, r], L[r] @ S.total_exports(r)
    return {
        "DVA_FIN": VB * Y[s, r],
        "DVA_INT": VL * (T @ B[r, r] @ Y[r, r]),
        "DVA_INTrexI1": VL * (T @ sum((B[r, t] @ Y[t, t] for t in third), zero(r))),
        "DVA_INTrexF": VL * (T @ B[r, r] @ sum((Y[r, t] for t in third), zero(r))),
        "DVA_INTrexI2": VL * (T @ sum((B[r, t] @ Y[t, u] for t in third for u in S.all_but(s, t)), zero(r))),
        "RDV_FIN": VL * (T @ B[r, r] @ Y[r, s]),
        "RDV_FIN2": VL * (T @ sum((B[r, t] @ Y[t, s] for t in third), zero(r))),
        "RDV_INT": VL * (T @ B[r, s] @ Y[s, s]),
        "DDC_FIN": VL * (T @ B[r, s] @ sum((Y[s, t] for t in S.all_but(s)), zero(s))),
        "DDC_INT": (VB - VL) * (T @ S.x[r]),
        "MVA_FIN": MV * Y[s, r],
        "OVA_FIN": OV * Y[s, r],
        "MVA_INT": MV * (T @ home),
        "OVA_INT": OV * (T @ home),
        "MDC": MV * (T @ abroad),
        "ODC": OV * (T @ abroad),
    }


# 3. Borin and Mancini (2019, 2023), the exporter's perspective -----------------------------------


def borin_mancini(table: IOTable, approach: str) -> pd.DataFrame:
    """Twelve terms; `approach` is "source" or "sink"."""
    S = system(table)
    B_crossed = {s: crossed(S, s) for s in S.countries}
    aggregates = {"source": source_of, "sink": sink_of}[approach]

    def terms(s: str, r: str) -> dict[str, np.ndarray]:
        w, f, whole = aggregates(S, B_crossed[s], s, r)
        return split(S, s, r, w, f, whole)

    return by_flow(S, terms)


Aggregates = tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]


def source_of(S: System, B_s: Blocks, s: str, r: str) -> Aggregates:
    """Count value added where it first leaves s."""
    B, Y, V, E = S.B, S.Y, S.V, S.E[s, r]
    others = S.all_but(s)
    T = S.A[s, r]
    w = V[s] @ S.L[s]
    f = sum((V[t] @ B_s[t, s] for t in others), S.zero(s))
    foreign = sum((V[t] @ B[t, s] for t in others), S.zero(s))
    used_abroad = sum((B[r, j] @ Y[j, k] for j in S.countries for k in others), S.zero(r))
    used_home = sum((B[r, j] @ Y[j, s] for j in S.countries), S.zero(r))
    return w, f, {
        "VAX": w * (Y[s, r] + T @ used_abroad),
        "REF": w * (T @ used_home),
        "DDC": (V[s] @ B[s, s] - w) * E,
        "FVA": f * E,
        "FDC": (foreign - f) * E,
    }  # fmt: skip


def sink_of(S: System, B_s: Blocks, s: str, r: str) -> Aggregates:
    """Count value added where it last leaves s."""
    B, Y, V = S.B, S.Y, S.V
    others = S.all_but(s)
    T = S.A[s, r]
    w = V[s] @ B[s, s]
    f = sum((V[t] @ B[t, s] for t in others), S.zero(s))
    used_abroad = sum((B_s[r, j] @ Y[j, k] for j in others for k in others), S.zero(r))
    used_home = sum((B_s[r, j] @ Y[j, s] for j in others), S.zero(r)) + B_s[r, s] @ Y[s, s]
    used = sum((B_s[r, j] @ Y[j, k] for j in others for k in S.countries), S.zero(r)) + B_s[r, s] @ Y[s, s]
    again = B_s[r, s] @ S.total_exports(s)
    return w, f, {
        "VAX": w * (Y[s, r] + T @ used_abroad),
        "REF": w * (T @ used_home),
        "DDC": w * (T @ again),
        "FVA": f * (Y[s, r] + T @ used),
        "FDC": f * (T @ again),
    }  # fmt: skip


def split(
    S: System, s: str, r: str, w: np.ndarray, f: np.ndarray, whole: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    Y, L, T = S.Y, S.L, S.A[s, r]
    VAX1 = w * Y[s, r]
    VAX2 = w * (T @ L[r] @ Y[r, r])
    VAX3 = w * (T @ L[r] @ sum((Y[r, k] for k in S.all_but(r, s)), S.zero(r)))
    REF1 = w * (T @ L[r] @ Y[r, s])
    FVA1 = f * Y[s, r]
    FVA2 = f * (T @ L[r] @ Y[r, r])
    FVA3 = f * (T @ L[r] @ sum((Y[r, k] for k in S.all_but(r)), S.zero(r)))
    VAX4 = whole["VAX"] - VAX1 - VAX2 - VAX3
    REF2 = whole["REF"] - REF1
    FVA4 = whole["FVA"] - FVA1 - FVA2 - FVA3
    terms = [VAX1, VAX2, VAX3, VAX4, REF1, REF2, whole["DDC"], FVA1, FVA2, FVA3, FVA4, whole["FDC"]]
    return dict(zip(BORIN_MANCINI, terms, strict=True))


# 4. Each flow as its own perimeter ---------------------------------------------------------------

Flow = tuple[tuple[str, ...], str, list[int], list[str]]  # label, exporter, its sectors, importers


def own_perimeter(table: IOTable, by: str) -> pd.DataFrame:
    """`by` is "sector", "bilateral" or "sector-bilateral"."""
    S = system(table)
    names = {
        "sector": ["exporter", "sector"],
        "bilateral": ["exporter", "importer"],
        "sector-bilateral": ["exporter", "sector", "importer"],
    }[by]
    rows = {label: perimeter_of(S, s, sectors, importers) for label, s, sectors, importers in flows(S, by)}
    return labelled(rows, names)


def flows(S: System, by: str) -> Iterator[Flow]:
    for s in S.countries:
        if by == "bilateral":
            for r in S.all_but(s):
                yield (s, r), s, list(range(len(S.rows[s]))), [r]
        for n, sector in enumerate(S.sectors[s]):
            if by == "sector":
                yield (s, sector), s, [n], S.all_but(s)
            if by == "sector-bilateral":
                for r in S.all_but(s):
                    yield (s, sector, r), s, [n], [r]


def perimeter_of(S: System, s: str, sectors: list[int], importers: list[str]) -> dict[str, float]:
    B, V = S.B, S.V
    B_f = crossed(S, s, sectors, importers[0] if len(importers) == 1 else None)
    e, back = S.zero(s), S.zero(s)
    for n in sectors:
        for r in importers:
            e[n] += S.E[s, r][n]
            back[n] += S.A[s, r][n] @ sum((B[r, j] @ S.Y[j, s] for j in S.countries), S.zero(r))
    DVA = V[s] @ B_f[s, s] @ e
    REF = V[s] @ B_f[s, s] @ back
    return {
        "VAX": DVA - REF,
        "REF": REF,
        "DDC": V[s] @ (B[s, s] - B_f[s, s]) @ e,
        "FVA": sum(V[t] @ B_f[t, s] @ e for t in S.all_but(s)),
        "FDC": sum(V[t] @ (B[t, s] - B_f[t, s]) @ e for t in S.all_but(s)),
    }


def domestic_value_added_by_extraction(table: IOTable, s: str, r: str) -> float:
    """Los, Timmer and de Vries (2016): GDP of s less what it would be if s sold nothing to r."""
    S = system(table)
    B_sr, Y = crossed(S, s, r=r), {**S.Y, (s, r): S.zero(s)}
    x_s = sum((B_sr[s, j] @ Y[j, k] for j in S.countries for k in S.countries), S.zero(s))
    return float(S.V[s] @ S.x[s] - S.V[s] @ x_s)


# 5. Foreign value added, counted once in the world -----------------------------------------------


def world_fva(table: IOTable, approach: str) -> pd.Series:
    """By exporter; `approach` is "source" or "sink"."""
    S = system(table)
    of = {"source": world_source_of, "sink": world_sink_of}[approach]
    return pd.Series({s: of(S, s) for s in S.countries}, name="FVA").rename_axis("exporter")


def world_source_of(S: System, s: str) -> float:
    return sum(S.V[t] @ S.L[t] @ S.A[t, s] @ S.L[s] @ S.total_exports(s) for t in S.all_but(s))


def world_sink_of(S: System, s: str) -> float:
    A, Y, L, others = S.A, S.Y, S.L, S.all_but(s)
    value = 0.0
    for t in others:
        last = S.zero(s)
        for r in others:
            last = last + Y[s, r] + A[s, r] @ L[r] @ Y[r, r]
        for k in S.all_but(t):
            last = last + A[s, t] @ L[t] @ (Y[t, k] + A[t, k] @ L[k] @ Y[k, k])
        value += S.V[t] @ S.B[t, s] @ last
    return value


# 6. Hummels, Ishii and Yi (2001) -----------------------------------------------------------------


def hummels(table: IOTable) -> pd.Series:
    """Imported inputs in exports, at any stage at home, by country, in the table's unit."""
    S = system(table)
    values = {}
    for s in S.countries:
        A_M = sum((S.A[r, s].sum(axis=0) for r in S.all_but(s)), S.zero(s))
        values[s] = A_M @ S.L[s] @ S.total_exports(s)
    return pd.Series(values, name="VS").rename_axis("exporter")


# 7. Borin, Mancini and Taglioni ------------------------------------------------------------------


def trade_participation(table: IOTable) -> pd.DataFrame:
    S = system(table)

    def terms(s: str, r: str) -> dict[str, np.ndarray]:
        T, L = S.A[s, r], S.L
        w = S.V[s] @ L[s]
        m = 1 - w
        stays = S.Y[s, r] + T @ L[r] @ S.Y[r, r]
        goes_on = T @ L[r] @ S.total_exports(r)
        return {
            "direct": w * stays,
            "pure_backward": m * stays,
            "two_sided": m * goes_on,
            "pure_forward": w * goes_on,
        }

    return by_flow(S, terms)


# 8, 9. Wang, Wei, Yu and Zhu (2017): participation in production, and its length ------------------

BY_LINKAGE = {"forward": 1, "backward": 0}  # the axis that is added up


@dataclass(frozen=True)
class Production:
    """Whole matrices: v, Y, Y_D and Y_F are diagonal, L block-diagonal, A_F has the off-diagonal blocks."""

    v: np.ndarray
    L: np.ndarray
    B: np.ndarray
    A_F: np.ndarray
    Y: np.ndarray
    Y_D: np.ndarray
    Y_F: np.ndarray


def production(table: IOTable) -> Production:
    S = system(table)
    L, A_F = np.zeros_like(S.A_all), S.A_all.copy()
    v, Y_D, Y_F = (np.zeros(len(table.index)) for _ in range(3))
    for s in S.countries:
        home = np.ix_(S.rows[s], S.rows[s])
        L[home], A_F[home] = S.L[s], 0.0
        v[S.rows[s]], Y_D[S.rows[s]] = S.V[s], S.Y[s, s]
        Y_F[S.rows[s]] = sum((S.Y[s, r] for r in S.all_but(s)), S.zero(s))
    B = inverse(S.A_all)
    return Production(np.diag(v), L, B, A_F, np.diag(Y_D + Y_F), np.diag(Y_D), np.diag(Y_F))


def production_participation(table: IOTable, linkage: str) -> pd.DataFrame:
    """By country and sector: parts of value added ("forward") or of final output ("backward")."""
    P, axis = production(table), BY_LINKAGE[linkage]
    matrices = {
        "domestic": P.v @ P.L @ P.Y_D,
        "traditional": P.v @ P.L @ P.Y_F,
        "simple": P.v @ P.L @ P.A_F @ P.L @ P.Y_D,
        "complex": P.v @ P.L @ P.A_F @ (P.B @ P.Y - P.L @ P.Y_D),
    }
    return pd.DataFrame({name: M.sum(axis=axis) for name, M in matrices.items()}, table.index)


def production_length(table: IOTable, linkage: str) -> pd.DataFrame:
    """Output induced per unit of value added; missing where there is no such value added."""
    P, axis = production(table), BY_LINKAGE[linkage]
    v, L, B, A_F = P.v, P.L, P.B, P.A_F
    ratios = {
        "domestic": (v @ L @ L @ P.Y_D, v @ L @ P.Y_D),
        "traditional": (v @ L @ L @ P.Y_F, v @ L @ P.Y_F),
        "gvc": (v @ L @ L @ A_F @ B @ P.Y + v @ L @ A_F @ B @ B @ P.Y, v @ L @ A_F @ B @ P.Y),
        "total": (v @ B @ B @ P.Y, v @ B @ P.Y),
    }
    return pd.DataFrame(
        {name: ratio(up.sum(axis=axis), down.sum(axis=axis)) for name, (up, down) in ratios.items()},
        table.index,
    )


def ratio(up: np.ndarray, down: np.ndarray) -> list[float]:
    return [u / d if d > 0 else np.nan for u, d in zip(up, down, strict=True)]


# 10. Distance to final demand and to primary inputs, as series -----------------------------------


def series(first: np.ndarray, step: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """1·first + 2·step(first) + 3·step(step(first)) + ..., until a term is tiny."""
    total, term, k = np.zeros_like(first), first, 1
    while np.abs(k * term).max() > 1e-17 * np.abs(first).max():
        total = total + k * term
        term, k = step(term), k + 1
        if k > 100_000:
            raise ValueError("the series does not converge")
    return total


def upstreamness(table: IOTable) -> pd.Series:
    """(1·Y + 2·AY + 3·A²Y + ...) / x; missing without output."""
    A, x = coefficients(table)
    weighted = series(table.Y.sum(axis=1), lambda y: A @ y)
    return pd.Series([w / o if o > 0 else np.nan for w, o in zip(weighted, x, strict=True)], table.index)


def downstreamness(table: IOTable) -> pd.Series:
    """1·v + 2·vA + 3·vA² + ...; missing without output."""
    A, x = coefficients(table)
    weighted = series(1 - A.sum(axis=0), lambda v: v @ A)
    return pd.Series([w if o > 0 else np.nan for w, o in zip(weighted, x, strict=True)], table.index)


# 11. Koopman, Powers, Wang and Wei (2010) --------------------------------------------------------


def participation(table: IOTable) -> pd.DataFrame:
    S = system(table)
    return by_country({s: participation_of(S, s) for s in S.countries}, "country")


def participation_of(S: System, s: str) -> dict[str, float]:
    E_s = S.total_exports(s).sum()
    if E_s == 0:
        return dict.fromkeys(["backward", "forward", "total", "position"], np.nan)
    backward = 100 * sum(S.V[t] @ S.B[t, s] @ S.total_exports(s) for t in S.all_but(s)) / E_s
    forward = 100 * sum(S.V[s] @ S.B[s, t] @ S.total_exports(t) for t in S.all_but(s)) / E_s
    position = np.log(1 + forward / 100) - np.log(1 + backward / 100)
    return {"backward": backward, "forward": forward, "total": backward + forward, "position": position}
