"""What drives involvement in value chains: structure of exports, intensity, size of the economy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gvc_helpers.measures.vertical_specialization import VerticalSpecialization
from gvc_helpers.tables.io_table import REST_OF_WORLD, IOTable


@dataclass(frozen=True)
class ExportProfile:
    """A country's exports as a structure and an intensity; VS is the sum of their product.

    Parameters
    ----------
    structure : pandas.Series
        Share of each sector in gross exports, shape (N,), sums to 1.
    intensity : pandas.Series
        Foreign value added per unit of the sector's exports, shape (N,), in %; 0 without exports.
    """

    structure: pd.Series[float]
    intensity: pd.Series[float]


def export_profile(vs: VerticalSpecialization, countries: Collection[str]) -> ExportProfile:
    """Take the exports of one or more countries together.

    For several countries foreign value added is what is foreign to each, so the VS of the group is
    the mean of its members' VS weighted by exports.

    Parameters
    ----------
    vs : VerticalSpecialization
        Results for a table.
    countries : collection of str
        Countries taken together.
    """
    chosen = vs.exports.index.get_level_values("country").isin(list(countries))
    exports = vs.exports[chosen].groupby(level="sector", sort=False).sum()
    foreign = vs.foreign_content[chosen].groupby(level="sector", sort=False).sum()
    return ExportProfile(exports / exports.sum(), (100 * foreign / exports.where(exports != 0)).fillna(0.0))


def vs_difference(profile: ExportProfile, reference: ExportProfile) -> pd.DataFrame:
    """Separate a difference in VS into intensity of foreign value added and structure of exports.

    With shares ``s`` and intensities ``f``, ``VS = Σ s f`` and

    ``VS - VS* = Σ ½(s + s*)(f - f*)  [intensity]  +  Σ ½(f + f*)(s - s*)  [structure]``,

    which is exact and treats the two sides alike. The two sides may be two countries, a country and
    a group, or two years. A sector that one side does not export lends the other side's intensity.

    Parameters
    ----------
    profile, reference : ExportProfile
        What is compared and what it is compared with, shape (N,) each.

    Returns
    -------
    pandas.DataFrame
        By sector, shape (N, 2): columns ``intensity`` and ``structure``, percentage points of VS.
        The sum of all cells is the difference in VS.

    References
    ----------
    The mean of the two polar forms of the shift-share identity: Marshall (1887) and Edgeworth (1887)
    for index numbers; Dietzenbacher and Los (1998), Structural Decomposition Techniques: Sense and
    Sensitivity, Economic Systems Research 10, equation 5, for input-output.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> one = gvc.ExportProfile(pd.Series({"Oil": 0.8, "Cars": 0.2}), pd.Series({"Oil": 5.0, "Cars": 30.0}))
    >>> two = gvc.ExportProfile(pd.Series({"Oil": 0.2, "Cars": 0.8}), pd.Series({"Oil": 5.0, "Cars": 40.0}))
    >>> gvc.vs_difference(one, two).sum().round(6).to_dict()
    {'intensity': -5.0, 'structure': -18.0}
    """
    sides = pd.concat(
        [profile.structure, profile.intensity, reference.structure, reference.intensity],
        axis=1,
        keys=["s", "f", "s0", "f0"],
        sort=False,
    ).fillna(0.0)
    f = sides["f"].where(sides["s"] != 0, sides["f0"])
    f0 = sides["f0"].where(sides["s0"] != 0, sides["f"])
    return pd.DataFrame(
        {
            "intensity": (sides["s"] + sides["s0"]) / 2 * (f - f0),
            "structure": (f + f0) / 2 * (sides["s"] - sides["s0"]),
        }
    )


def vs_differences(
    vs: VerticalSpecialization, countries: Sequence[str], group: Collection[str]
) -> pd.DataFrame:
    """Separate the difference between each country's VS and that of a group's pooled exports.

    Parameters
    ----------
    vs : VerticalSpecialization
        Results for a table.
    countries : sequence of str
        Countries compared.
    group : collection of str
        Countries whose pooled exports they are compared with.

    Returns
    -------
    pandas.DataFrame
        By country: ``VS`` and ``reference`` in %, ``intensity`` and ``structure`` in percentage
        points; the last two add up to the difference of the first two.
    """
    reference = export_profile(vs, group)
    pooled = float((reference.structure * reference.intensity).sum())
    rows = {
        country: {
            "VS": vs.vs[country],
            "reference": pooled,
            **vs_difference(export_profile(vs, [country]), reference).sum(),
        }
        for country in countries
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("country")


def vs_changes(
    later: VerticalSpecialization, earlier: VerticalSpecialization, countries: Sequence[str]
) -> pd.DataFrame:
    """Separate the change of each country's VS between two years.

    Parameters
    ----------
    later, earlier : VerticalSpecialization
        Results for the tables of two years.
    countries : sequence of str
        Countries that both tables have.

    Returns
    -------
    pandas.DataFrame
        By country: ``earlier`` and ``later`` VS in %, ``intensity`` and ``structure`` in percentage
        points; the last two add up to the change.
    """
    rows = {
        country: {
            "earlier": earlier.vs[country],
            "later": later.vs[country],
            **vs_difference(export_profile(later, [country]), export_profile(earlier, [country])).sum(),
        }
        for country in countries
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("country")


def ranking(vs: VerticalSpecialization, countries: Sequence[str]) -> pd.DataFrame:
    """Order countries by VS and VS1 together.

    Returns
    -------
    pandas.DataFrame
        By country, the most involved first: ``VS``, ``VS1`` and ``both``, their sum, in % of gross
        exports.

    References
    ----------
    The sum is the participation index of Koopman, Powers, Wang and Wei (2010).
    """
    frame = pd.DataFrame({"VS": vs.vs, "VS1": vs.vs1, "both": vs.vs + vs.vs1}).loc[list(countries)]
    return frame.sort_values("both", ascending=False, kind="stable").rename_axis("country")


@dataclass(frozen=True)
class SizeCorrection:
    """Involvement that the size of an economy does not account for. Made by :func:`size_correction`.

    Parameters
    ----------
    countries : pandas.DataFrame
        By country: ``size`` (value added, in the table's unit), ``VS`` and ``expected`` from size
        (%), ``ratio`` of the two.
    slope : float
        Elasticity of VS with respect to size.
    interval : tuple of float
        95 % confidence interval of the slope.
    r_squared : float
        Share of the variation of log VS that size accounts for.
    """

    countries: pd.DataFrame
    slope: float
    interval: tuple[float, float]
    r_squared: float


def size_correction(vs: VerticalSpecialization, table: IOTable) -> SizeCorrection | None:
    """Compare every country's VS with that expected from the size of its economy.

    Least squares of ``log VS = a + b log(value added)`` over the countries of the table, without the
    rest of the world, which is no economy. A ratio above 1 is more foreign value added in exports
    than economies of that size have.

    Parameters
    ----------
    vs : VerticalSpecialization
        Results for `table`.
    table : IOTable
        The table.

    Returns
    -------
    SizeCorrection or None
        None when fewer than three countries have exports with foreign value added in them.

    References
    ----------
    Belousov (2020), the last paragraph, names the need. On size and openness: Alesina and Wacziarg
    (1998), Openness, Country Size and Government, Journal of Public Economics 69.
    """
    size = table.value_added.groupby(level="country", sort=False).sum()
    countries = pd.DataFrame({"size": size, "VS": vs.vs}).rename_axis("country")
    countries = countries.drop(index=list(REST_OF_WORLD), errors="ignore")
    countries = countries[(countries > 0).all(axis=1)]
    if len(countries) < 3:
        return None
    from scipy.stats import linregress, t  # slow to import, and much does without it

    x, y = np.log(countries["size"]), np.log(countries["VS"])
    fit = linregress(x, y)
    countries["expected"] = np.exp(fit.intercept + fit.slope * x)
    countries["ratio"] = countries["VS"] / countries["expected"]
    half = float(t.ppf(0.975, len(countries) - 2) * fit.stderr)
    return SizeCorrection(
        countries, float(fit.slope), (fit.slope - half, fit.slope + half), float(fit.rvalue**2)
    )
