"""Shocks to suppliers and sanctions: value added at risk in the network, by three models."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.measures.extraction import hypothetical_extraction, require_share, selling_rows
from gvc_helpers.tables.io_table import IOTable

MODELS = ["demand_driven", "supply_driven", "extraction"]
"""What a shock is: a fall of final demand, a fall of primary inputs, or sales that are lost."""
FAR = 10.0
"""Share of a loss that others bear, %, above which a shock is said to travel. The paper gives none; this is
ours: a supplier's country that bears nine tenths or more keeps the shock nearly to itself."""
Sellers = Collection[str | tuple[str, str]]
"""Countries, meaning all their sectors, or (country, sector) pairs."""


def supplier_shock(table: IOTable, suppliers: Sellers, size: float) -> pd.DataFrame:
    """Value added at risk everywhere when suppliers deliver less, by three models.

    * *demand_driven*: final users buy ``σ`` less of the suppliers' products, ``v∘B σ f_S``. Losses run
      upstream, to those who supply the suppliers. Assumes fixed coefficients and that what others make is
      available.
    * *supply_driven*: the suppliers' primary inputs shrink by ``σ``, and everybody who uses their products
      shrinks in proportion to what these hold of the suppliers' value added: ``v∘x∘B'(σ v_S)``, Ghosh's
      model. Losses run downstream. Assumes that sellers ration all users alike, final ones too, and that a
      user's output shrinks by the value of what it lacks. That is no bound: users lose less where they can
      buy elsewhere, and more where the input is one that they cannot work without.
    * *extraction*: a share ``σ`` of all the suppliers' sales is lost, and users get the products from outside
      the system: :func:`gvc_helpers.hypothetical_extraction`. Losses run upstream, from intermediate sales
      too.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows.
    suppliers : collection of str or (str, str)
        Countries, meaning all their sectors, or (country, sector) pairs, or both.
    size : float
        ``σ``, from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        Shape (GN, 3), the `MODELS`: loss of value added in the table's unit, positive. Zero for ``σ = 0``.

    Raises
    ------
    ValueError
        When the size does not lie from 0 to 1.
    TableError, SingularTableError
        As :func:`gvc_helpers.hypothetical_extraction`.

    References
    ----------
    Miller and Blair (2009), sections 2.3, 12.1 and 12.2; Ghosh, A. (1958), Input-Output Approach in an
    Allocation System, Economica 25; Oosterhaven, J. (1988), On the Plausibility of the Supply-Driven
    Input-Output Model, Journal of Regional Science 28, and Dietzenbacher, E. (1997), In Vindication of the
    Ghosh Model, Journal of Regional Science 37, on what it can mean; Dietzenbacher and Lahr (2013).

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> lost = gvc.cooperation.supplier_shock(table, [("RUS", "Mining and quarrying")], 0.3)
    >>> lost.groupby("country").sum()["supply_driven"].idxmax()
    'RUS'
    """
    require_share("size", size)
    rows, leontief = selling_rows(table, suppliers), table.leontief
    final, primary = np.zeros(len(table.index)), np.zeros(len(table.index))
    final[rows] = size * table.Y[rows].sum(axis=1)
    primary[rows] = size * leontief.value_added_share[rows]
    value_added = leontief.value_added_share * table.output.to_numpy()
    return pd.DataFrame(
        {
            "demand_driven": leontief.value_added_share * leontief.requirements(final),
            "supply_driven": value_added * leontief.content(primary),
            "extraction": hypothetical_extraction(table, suppliers, share=size)["value_added"],
        },
        table.index,
    )


def sanctions(table: IOTable, sellers: Sellers, buyers: Collection[str], share: float) -> pd.DataFrame:
    """Value added at risk when a share of the flows from some sellers to some countries stops.

    * *sellers_side*: the sellers lose the sales and their suppliers with them:
      :func:`gvc_helpers.hypothetical_extraction`.
    * *buyers_side*: the buyers' industries lack the inputs. Each shrinks by the value of what it lacks,
      ``l``, and so do those who use its products, ``v∘x∘B'(l/x)``, the supply-driven model with its
      assumptions: the buyers lose less where they replace the inputs, and more where they cannot work without
      them. What final users lack costs no value added there.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows.
    sellers : collection of str or (str, str)
        Countries, meaning all their sectors, or (country, sector) pairs, or both.
    buyers : collection of str
        Other countries.
    share : float
        Share of the flows that stops, from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        Shape (GN, 2), ``sellers_side`` and ``buyers_side``: loss of value added in the table's unit,
        positive.

    Raises
    ------
    ValueError
        When the share does not lie from 0 to 1, or a country is on both sides.
    TableError, SingularTableError
        As :func:`gvc_helpers.hypothetical_extraction`.

    References
    ----------
    As of :func:`supplier_shock`.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> lost = gvc.cooperation.sanctions(table, [("DEU", "Transport equipment")], ["RUS"], 1.0)
    >>> lost.groupby("country").sum().idxmax().tolist()
    ['DEU', 'RUS']
    """
    require_share("share", share)
    rows, leontief = selling_rows(table, sellers), table.leontief
    table.require_countries(buyers, "buyer")
    codes = table.index.get_level_values("country")
    if inside := sorted(set(codes[rows]) & set(buyers)):
        raise ValueError(f"country '{inside[0]}' is a seller and a buyer; it must be one of them")
    lacking = share * table.Z[rows].sum(axis=0) * codes.isin(list(buyers))
    value_added = leontief.value_added_share * table.output.to_numpy()
    return pd.DataFrame(
        {
            "sellers_side": hypothetical_extraction(table, sellers, buyers, share)["value_added"],
            "buyers_side": value_added * leontief.content(lacking * leontief.per_output),
        },
        table.index,
    )


def critical_suppliers(table: IOTable, country: str, size: float) -> pd.DataFrame:
    """Value added of a country at risk from every foreign supplier, one at a time, by three models.

    The models are those of :func:`supplier_shock`. With ``h = B'v_c`` what the country has of its value added
    in a unit of every product, they need no solve for each supplier ``i``::

        demand-driven  h_i σ f_i
        supply-driven  σ v_i (B va_c)_i
        extraction     h_i σ x_i / (1 + σ (B_ii - 1))

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows.
    country : str
        The country whose value added is looked at.
    size : float
        ``σ``, from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        By foreign (country, sector), the `MODELS`: loss of the country's value added, in % of it, the largest
        by the supply-driven model first, which is about those who need the supplier. Missing where the
        country has no value added.

    Raises
    ------
    ValueError
        When the size does not lie from 0 to 1.
    TableError, SingularTableError
        When the country is not in the table, it is out of balance, or ``I - A`` is singular.

    References
    ----------
    As of :func:`supplier_shock`; Dietzenbacher and Lahr (2013) for the extraction of one sector.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> gvc.cooperation.critical_suppliers(gvc.read_table("reconstruction"), "BLR", 0.3).index[0][0]
    'RUS'
    """
    require_share("size", size)
    table.require_countries([country])
    leontief, codes = table.leontief, table.index.get_level_values("country")
    shares, output = leontief.value_added_share, table.output.to_numpy()
    own = np.asarray(codes == country, dtype=float)
    held = leontief.content(shares * own)
    served = leontief.requirements(shares * output * own)
    itself: Array = np.concatenate([np.diag(block) for block in leontief.own_blocks])
    whole = float((shares * output * own).sum()) or np.nan
    losses = {
        "demand_driven": held * size * table.Y.sum(axis=1),
        "supply_driven": size * shares * served,
        "extraction": held * size * output / (1.0 + size * (itself - 1.0)),
    }
    frame = pd.DataFrame({model: 100.0 * loss / whole for model, loss in losses.items()}, table.index)
    return frame[codes != country].sort_values("supply_driven", ascending=False, kind="stable")


def incidence(losses: pd.DataFrame, members: Collection[str], country: str) -> pd.DataFrame:
    """Who bears the losses: a country, the other members of its bloc, and all others.

    Parameters
    ----------
    losses : pandas.DataFrame
        By (country, sector), as of :func:`supplier_shock` or :func:`sanctions`.
    members : collection of str
        Members of the bloc.
    country : str
        The country.

    Returns
    -------
    pandas.DataFrame
        Rows ``country``, ``partners`` (the other members) and ``others``; columns those of `losses`, in % of
        the sum, adding up to 100; missing where nothing is lost.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> index = pd.MultiIndex.from_product([["BLR", "RUS", "CHN"], ["All"]], names=["country", "sector"])
    >>> lost = pd.DataFrame({"extraction": [1.0, 2.0, 1.0]}, index)
    >>> gvc.cooperation.incidence(lost, ["BLR", "RUS"], "BLR")["extraction"].tolist()
    [25.0, 50.0, 25.0]
    """
    codes = losses.index.get_level_values("country")
    partner = np.where(codes.isin(list(members)), "partners", "others")
    bearer = np.where(codes == country, "country", partner)
    sums = losses.groupby(bearer).sum().reindex(["country", "partners", "others"], fill_value=0.0)
    return (100.0 * sums / sums.sum().where(sums.sum() > 0)).rename_axis("bearer")


def borne_elsewhere(losses: pd.Series[float], country: str) -> float:
    """Share of a loss that other countries bear than that of the supplier.

    Parameters
    ----------
    losses : pandas.Series
        Loss of value added by country, by one of the `MODELS`.
    country : str
        The supplier's country.

    Returns
    -------
    float
        In % of the sum; 0 where nothing is lost.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> gvc.cooperation.borne_elsewhere(pd.Series({"RUS": 3.0, "BLR": 0.75, "CHN": 0.25}), "RUS")
    25.0
    """
    total = losses.sum()
    return float(100.0 * (1.0 - losses[country] / total)) if total > 0 else 0.0


def travels(losses: pd.Series[float], country: str) -> bool:
    """Tell whether a shock travels: whether others bear more than `FAR` % of the loss.

    Parameters
    ----------
    losses, country
        As of :func:`borne_elsewhere`.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> gvc.cooperation.travels(pd.Series({"RUS": 3.0, "BLR": 0.25}), "RUS")
    False
    """
    return borne_elsewhere(losses, country) > FAR


def percent_of_value_added(table: IOTable, losses: pd.DataFrame) -> pd.DataFrame:
    """Losses by country, in % of the country's value added.

    Parameters
    ----------
    table : IOTable
        The table that the losses are of.
    losses : pandas.DataFrame
        By (country, sector), as of :func:`supplier_shock` or :func:`sanctions`.

    Returns
    -------
    pandas.DataFrame
        By country, the columns of `losses`; missing for a country without value added.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> lost = gvc.cooperation.supplier_shock(table, ["RUS"], 0.3)
    >>> float(gvc.cooperation.percent_of_value_added(table, lost).loc["RUS", "demand_driven"].round(1))
    24.1
    """
    whole = table.value_added.groupby(level="country", sort=False).sum()
    sums = losses.groupby(level="country", sort=False).sum()
    return 100.0 * sums.div(whole.where(whole > 0), axis=0)
