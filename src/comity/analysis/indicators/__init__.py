"""Indicators: every selector the records hold, once, with where it was seen; and the ones that connect different sources.

Public: `sightings`, `places`, `network_places`, `document_places`, `table`, `shared`, `VERSION`.
"""

from comity.analysis.indicators.connection import METHOD, VERSION, shared
from comity.analysis.indicators.other_places import document_places, network_places
from comity.analysis.indicators.sightings import Place, Source, places, sightings
from comity.analysis.indicators.summary import table

__all__ = ["METHOD", "VERSION", "Place", "Source", "document_places", "network_places", "places", "shared", "sightings", "table"]
