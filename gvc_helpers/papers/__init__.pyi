from . import eaeu, eaeu_compared, grodnoinvest_compared, self_check

__all__ = [
    "eaeu",
    "eaeu_compared",
    "grodnoinvest_compared",
    "self_check",
]
