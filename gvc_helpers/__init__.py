"""Helpers of the notebooks on value chains and regional clusters.

Import it as ``gvc``. The rooms, from what holds data to what runs a study, are described in
CONTRIBUTING.md.
"""

from gvc_helpers import audit, consistency, figures, published, zone_audit, zone_figures
from gvc_helpers.absorption import (
    origin_of_final_demand,
    revealed_comparative_advantage,
    value_added_by_final_demand,
    value_added_trade,
)
from gvc_helpers.borin_mancini import borin_mancini, miroudot_ye
from gvc_helpers.chains import average_chain, final_product_chains
from gvc_helpers.clusters import RISKS, core_residents, firmness, risks, stars, synthesis
from gvc_helpers.concordances import ConcordanceError, country_set, sector_groups
from gvc_helpers.cooperation import core, network, network_measures, resident_sales_share
from gvc_helpers.corrections import CorrectionError, correct, read_corrections
from gvc_helpers.decomposition import aggregates, hummels, kww, wwz
from gvc_helpers.extraction import hypothetical_extraction
from gvc_helpers.findings import Findings
from gvc_helpers.folder_reader import write_folder
from gvc_helpers.inequality import (
    bootstrap_interval,
    equivalent_number,
    feasible_gini,
    gini,
    gini_intervals,
    grouped_gini,
    herfindahl,
    inequality,
    lorenz,
    top_share,
)
from gvc_helpers.involvement import (
    ExportProfile,
    SizeCorrection,
    columns_of,
    export_profile,
    ranking,
    size_correction,
    spread,
    vs_changes,
    vs_difference,
    vs_differences,
)
from gvc_helpers.io_table import IOTable, TableError
from gvc_helpers.language import Language
from gvc_helpers.leadership import (
    INDICATORS,
    VOLUMES,
    Indicator,
    by_sector,
    kendall_w,
    leadership,
    leave_one_out,
    mean_positions,
    positions,
    random_weights,
    top_by_indicator,
    volumes_against_ratios,
)
from gvc_helpers.localization import (
    bootstrap_quotients,
    ceiling,
    dynamic_location_quotient,
    location_quotient,
    overall_share,
    quotient_change,
    shift_share,
    specialization,
    yearly_growth,
)
from gvc_helpers.parameter_file import ParameterError
from gvc_helpers.parameters import EaeuVerticalSpecialization, GrodnoinvestClusterTransformation
from gvc_helpers.participation import participation, production_participation, trade_participation
from gvc_helpers.position import downstreamness, production_length, upstreamness
from gvc_helpers.preparation import Prepared, prepare
from gvc_helpers.profile import KINDS, PARTS, PLACE, SIDES, determinacy, profile
from gvc_helpers.raw_files import SourceError
from gvc_helpers.regime import additional_income, implied_rate
from gvc_helpers.register import RegisterError, Zone, read_zone
from gvc_helpers.report import Report
from gvc_helpers.soundness import Finding
from gvc_helpers.sources import read_ensemble, read_table
from gvc_helpers.structural import structural_decomposition
from gvc_helpers.vertical_specialization import (
    VerticalSpecialization,
    bloc_share_of_exports,
    bloc_share_of_imported_inputs,
    bloc_shares,
    bloc_total,
    value_added_exports,
    vertical_specialization,
    with_totals,
)
from gvc_helpers.zone_findings import ZoneFindings

__all__ = [
    "INDICATORS",
    "KINDS",
    "PARTS",
    "PLACE",
    "RISKS",
    "SIDES",
    "VOLUMES",
    "ConcordanceError",
    "CorrectionError",
    "EaeuVerticalSpecialization",
    "ExportProfile",
    "Finding",
    "Findings",
    "GrodnoinvestClusterTransformation",
    "IOTable",
    "Indicator",
    "Language",
    "ParameterError",
    "Prepared",
    "RegisterError",
    "Report",
    "SizeCorrection",
    "SourceError",
    "TableError",
    "VerticalSpecialization",
    "Zone",
    "ZoneFindings",
    "additional_income",
    "aggregates",
    "audit",
    "average_chain",
    "bloc_share_of_exports",
    "bloc_share_of_imported_inputs",
    "bloc_shares",
    "bloc_total",
    "bootstrap_interval",
    "bootstrap_quotients",
    "borin_mancini",
    "by_sector",
    "ceiling",
    "columns_of",
    "consistency",
    "core",
    "core_residents",
    "correct",
    "country_set",
    "determinacy",
    "downstreamness",
    "dynamic_location_quotient",
    "equivalent_number",
    "export_profile",
    "feasible_gini",
    "figures",
    "final_product_chains",
    "firmness",
    "gini",
    "gini_intervals",
    "grouped_gini",
    "herfindahl",
    "hummels",
    "hypothetical_extraction",
    "implied_rate",
    "inequality",
    "kendall_w",
    "kww",
    "leadership",
    "leave_one_out",
    "location_quotient",
    "lorenz",
    "mean_positions",
    "miroudot_ye",
    "network",
    "network_measures",
    "origin_of_final_demand",
    "overall_share",
    "participation",
    "positions",
    "prepare",
    "production_length",
    "production_participation",
    "profile",
    "published",
    "quotient_change",
    "random_weights",
    "ranking",
    "read_corrections",
    "read_ensemble",
    "read_table",
    "read_zone",
    "resident_sales_share",
    "revealed_comparative_advantage",
    "risks",
    "sector_groups",
    "shift_share",
    "size_correction",
    "specialization",
    "spread",
    "stars",
    "structural_decomposition",
    "synthesis",
    "top_by_indicator",
    "top_share",
    "trade_participation",
    "upstreamness",
    "value_added_by_final_demand",
    "value_added_exports",
    "value_added_trade",
    "vertical_specialization",
    "volumes_against_ratios",
    "vs_changes",
    "vs_difference",
    "vs_differences",
    "with_totals",
    "write_folder",
    "wwz",
    "yearly_growth",
    "zone_audit",
    "zone_figures",
]
