"""What a request costs: price versions, finding one, rating, and bounds before a request is sent.

Integers only; units and rounding are in storage/pricing/units.py. Nothing here knows a wire format or a provider.
"""

from storage.pricing.book import FREE, PriceBook
from storage.pricing.bounds import NO_BOUND, affordable_output, worst_case
from storage.pricing.counts import Counted, CountedExtra, Counts, ExtraCounts
from storage.pricing.entry import ANY_MODEL, PriceEntry, Terms, Tier, Window
from storage.pricing.rate import Charge, rate
from storage.pricing.ratios import Ratios
from storage.pricing.tariff import Tariff
from storage.pricing.units import NANO, ONE

__all__ = [
    "ANY_MODEL",
    "FREE",
    "NANO",
    "NO_BOUND",
    "ONE",
    "Charge",
    "Counted",
    "CountedExtra",
    "Counts",
    "ExtraCounts",
    "PriceBook",
    "PriceEntry",
    "Ratios",
    "Tariff",
    "Terms",
    "Tier",
    "Window",
    "affordable_output",
    "rate",
    "worst_case",
]
