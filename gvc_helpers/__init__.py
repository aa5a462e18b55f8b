"""Helpers of the notebooks on value chains and regional clusters."""

from gvc_helpers.io_table import IOTable, TableError
from gvc_helpers.vertical_specialization import (
    bloc_share_of_exports,
    bloc_share_of_imported_inputs,
    bloc_total,
    value_added_exports,
    vertical_specialization,
)
