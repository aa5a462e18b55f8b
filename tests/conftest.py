"""Tables that several tests use."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st

import gvc_helpers as gvc

collect_ignore = ["attack.py"]  # make attack

SHARED = Path(__file__).parents[2] / "shared"
WIOD = SHARED / "data" / "wiod2013"
LEATHER = SHARED / "reference"

needs_wiod = pytest.mark.skipif(not WIOD.is_dir(), reason="the World Input-Output Tables are not at hand")
needs_leather = pytest.mark.skipif(not LEATHER.is_dir(), reason="the worked cases are not at hand")

settings.register_profile("default", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("default")


def small_table(**changes):
    """Two countries by two sectors, in balance; any argument of IOTable can be replaced."""
    arguments = {
        "Z": np.array([[10.0, 4, 3, 1], [5, 20, 2, 6], [2, 3, 15, 4], [1, 5, 6, 25]]),
        "Y": np.array([[30.0, 8], [40, 12], [5, 45], [9, 60]]),
        "countries": ["AAA", "BBB"],
        "sectors": ["Farms", "Works"],
        "year": 2015,
        "unit": "million USD",
        "source": "invented",
    }
    return gvc.IOTable(**(arguments | changes))


@st.composite
def tables(draw):
    """Random tables in balance: some sectors without output, some negative inventories."""
    g, n = draw(st.integers(2, 4)), draw(st.integers(1, 4))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = g * n
    A = generator.random((size, size)) * generator.integers(0, 2, (size, size))
    A *= generator.uniform(0.1, 0.8, size) / np.maximum(A.sum(axis=0), 1e-9)
    Y = generator.gamma(0.5, 50.0, (size, g))
    output = np.linalg.solve(np.eye(size) - A, Y.sum(axis=1))
    Z = A * output
    idle = generator.random(size) < draw(st.sampled_from([0.0, 0.2]))
    idle[0] = idle[-1] = False
    Z[idle], Z[:, idle], Y[idle] = 0.0, 0.0, 0.0
    if draw(st.booleans()):
        Y[0, 0] -= 0.3 * Y[0, 1:].sum()  # inventories run down at home
        Y[0, 0] = max(Y[0, 0], -0.9 * Z[0].sum())
    # What left Z through idle sectors is value added or final demand now; inputs may exceed output.
    Y[:, 0] += np.maximum(Z.sum(axis=0) * 1.05 - Z.sum(axis=1) - Y.sum(axis=1), 0.0)
    return gvc.IOTable(
        Z, Y, [f"C{i}" for i in range(g)], [f"S{i}" for i in range(n)], unit="units", source="random"
    )


@st.composite
def ragged(draw):
    """Random tables in balance whose sectors differ by country, in number and in name."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = sum(sizes)
    A = generator.random((size, size))
    A *= generator.uniform(0.1, 0.8, size) / A.sum(axis=0)
    Y = generator.gamma(0.5, 50.0, (size, len(sizes)))
    Z = A * np.linalg.solve(np.eye(size) - A, Y.sum(axis=1))
    index = [(f"C{c}", f"S{c}.{i}") for c, n in enumerate(sizes) for i in range(n)]
    return gvc.IOTable(Z, Y, index=pd.MultiIndex.from_tuples(index), unit="units", source="random")


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_session(tmp_path_factory):
    """Keep tables in a folder of the tests; kernels and commands that tests start inherit it."""
    before = os.environ.get("GVC_CACHE")
    os.environ["GVC_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    os.environ.pop("GVC_CACHE") if before is None else os.environ.update(GVC_CACHE=before)


@pytest.fixture(scope="session")
def leather():
    """Three countries by three sectors, from the worked cases."""
    Z, Y = (pd.read_csv(LEATHER / f"leather_{name}.csv", index_col=0) for name in "ZY")
    index = pd.MultiIndex.from_tuples([tuple(label.split(".")) for label in Z.index])
    return gvc.IOTable(Z, Y, index=index, unit="units", source="leather")


@pytest.fixture(scope="session", params=[1995, 2000, 2005, 2008, 2011])
def wiod(request):
    return gvc.read_table("pymrio", WIOD, request.param)


@pytest.fixture(scope="session")
def wiod_2011():
    return gvc.read_table("pymrio", WIOD, 2011)
