"""Types that many modules share."""

from __future__ import annotations

import numpy as np
import pandas as pd

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Spread = tuple[pd.DataFrame, pd.DataFrame]
"""Smallest and largest values of the cells of a frame, over several tables."""
