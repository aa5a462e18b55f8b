"""Helpers of the notebooks on value chains and regional clusters.

Import it as ``gvc``. The rooms, from what holds data to what runs a study, are described in
CONTRIBUTING.md.
"""

from gvc_helpers.cooperation.activity import (
    concentration,
    distance_to_goals,
    foreign_activity,
    imported_inputs,
    imports_of,
    supplier_dependence,
    trade_by_sector,
)
from gvc_helpers.cooperation.core_periphery import (
    industrialisation,
    manufacturing_share,
    relation,
    slope_difference,
)
from gvc_helpers.cooperation.forms import (
    FORMS,
    PROFILES,
    contenders,
    criteria,
    first_places,
    levels,
    overlap,
    register_criteria,
    suitability,
)
from gvc_helpers.cooperation.networks import backbone, centrality
from gvc_helpers.cooperation.opportunity import (
    Option,
    alternatives,
    best_way,
    break_evens,
    break_evens_by_slack,
    net_gains,
    opportunity_cost,
    trade_off,
)
from gvc_helpers.cooperation.shocks import (
    critical_suppliers,
    incidence,
    percent_of_value_added,
    sanctions,
    supplier_shock,
)
from gvc_helpers.databases.files import SourceError
from gvc_helpers.databases.folder import write_folder
from gvc_helpers.databases.read import read_ensemble, read_table
from gvc_helpers.measures.absorption import (
    origin_of_final_demand,
    revealed_comparative_advantage,
    value_added_by_final_demand,
    value_added_trade,
)
from gvc_helpers.measures.blocs import bloc_matrix, bloc_trade
from gvc_helpers.measures.borin_mancini import borin_mancini, miroudot_ye
from gvc_helpers.measures.chains import (
    average_chain,
    average_chains,
    chains_of,
    final_product_chains,
    fragmentation,
)
from gvc_helpers.measures.decomposition import aggregates, hummels, kww, wwz
from gvc_helpers.measures.differences import (
    ExportProfile,
    SizeCorrection,
    export_profile,
    ranking,
    size_correction,
    vs_changes,
    vs_difference,
    vs_differences,
)
from gvc_helpers.measures.extraction import hypothetical_extraction
from gvc_helpers.measures.participation import participation, production_participation, trade_participation
from gvc_helpers.measures.position import downstreamness, production_length, upstreamness
from gvc_helpers.measures.profile import KINDS, PARTS, PLACE, SIDES, determinacy, profile
from gvc_helpers.measures.structural import structural_decomposition
from gvc_helpers.measures.vertical_specialization import (
    VerticalSpecialization,
    bloc_share_of_exports,
    bloc_share_of_imported_inputs,
    bloc_shares,
    bloc_total,
    value_added_exports,
    vertical_specialization,
    with_totals,
)
from gvc_helpers.papers import eaeu as published
from gvc_helpers.papers import eaeu_compared as audit
from gvc_helpers.papers import grodnoinvest_compared as zone_audit
from gvc_helpers.papers import self_check as consistency
from gvc_helpers.report import cooperation_plots as mechanism_figures
from gvc_helpers.report import plots as figures
from gvc_helpers.report import zone_plots as zone_figures
from gvc_helpers.report.report import Report
from gvc_helpers.report.words import Language
from gvc_helpers.sentences.cooperation import MechanismFindings
from gvc_helpers.sentences.eaeu import Findings
from gvc_helpers.sentences.zone import ZoneFindings
from gvc_helpers.studies.cooperation import ProductionCooperation
from gvc_helpers.studies.eaeu import EaeuVerticalSpecialization
from gvc_helpers.studies.file import ParameterError
from gvc_helpers.studies.zone import GrodnoinvestClusterTransformation
from gvc_helpers.tables.checks import Finding
from gvc_helpers.tables.corrections import CorrectionError, correct, read_corrections
from gvc_helpers.tables.ensemble import Ensemble
from gvc_helpers.tables.io_table import REST_OF_WORLD, IOTable, TableError
from gvc_helpers.tables.labels import ConcordanceError, country_set, sector_groups
from gvc_helpers.tables.prepare import Prepared, prepare
from gvc_helpers.zones.clusters import RISKS, core_residents, firmness, risks, stars, synthesis
from gvc_helpers.zones.inequality import (
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
from gvc_helpers.zones.leadership import (
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
from gvc_helpers.zones.localization import (
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
from gvc_helpers.zones.regime import additional_income, implied_rate
from gvc_helpers.zones.register import RegisterError, Zone, read_zone
from gvc_helpers.zones.trade import core, network, network_measures, resident_sales_share

__all__ = [
    "FORMS",
    "INDICATORS",
    "KINDS",
    "PARTS",
    "PLACE",
    "PROFILES",
    "REST_OF_WORLD",
    "RISKS",
    "SIDES",
    "VOLUMES",
    "ConcordanceError",
    "CorrectionError",
    "EaeuVerticalSpecialization",
    "Ensemble",
    "ExportProfile",
    "Finding",
    "Findings",
    "GrodnoinvestClusterTransformation",
    "IOTable",
    "Indicator",
    "Language",
    "MechanismFindings",
    "Option",
    "ParameterError",
    "Prepared",
    "ProductionCooperation",
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
    "alternatives",
    "audit",
    "average_chain",
    "average_chains",
    "backbone",
    "best_way",
    "bloc_matrix",
    "bloc_share_of_exports",
    "bloc_share_of_imported_inputs",
    "bloc_shares",
    "bloc_total",
    "bloc_trade",
    "bootstrap_interval",
    "bootstrap_quotients",
    "borin_mancini",
    "break_evens",
    "break_evens_by_slack",
    "by_sector",
    "ceiling",
    "centrality",
    "chains_of",
    "concentration",
    "consistency",
    "contenders",
    "core",
    "core_residents",
    "correct",
    "country_set",
    "criteria",
    "critical_suppliers",
    "determinacy",
    "distance_to_goals",
    "downstreamness",
    "dynamic_location_quotient",
    "equivalent_number",
    "export_profile",
    "feasible_gini",
    "figures",
    "final_product_chains",
    "firmness",
    "first_places",
    "foreign_activity",
    "fragmentation",
    "gini",
    "gini_intervals",
    "grouped_gini",
    "herfindahl",
    "hummels",
    "hypothetical_extraction",
    "implied_rate",
    "imported_inputs",
    "imports_of",
    "incidence",
    "industrialisation",
    "inequality",
    "kendall_w",
    "kww",
    "leadership",
    "leave_one_out",
    "levels",
    "location_quotient",
    "lorenz",
    "manufacturing_share",
    "mean_positions",
    "mechanism_figures",
    "miroudot_ye",
    "net_gains",
    "network",
    "network_measures",
    "opportunity_cost",
    "origin_of_final_demand",
    "overall_share",
    "overlap",
    "participation",
    "percent_of_value_added",
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
    "register_criteria",
    "relation",
    "resident_sales_share",
    "revealed_comparative_advantage",
    "risks",
    "sanctions",
    "sector_groups",
    "shift_share",
    "size_correction",
    "slope_difference",
    "specialization",
    "stars",
    "structural_decomposition",
    "suitability",
    "supplier_dependence",
    "supplier_shock",
    "synthesis",
    "top_by_indicator",
    "top_share",
    "trade_by_sector",
    "trade_off",
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
