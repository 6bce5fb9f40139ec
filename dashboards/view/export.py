"""A KPI value as a plain dict: the one form in which `/api/kpi` and `scoreline kpi --json` give it."""

from __future__ import annotations

from fractions import Fraction

from dashboards.texts import TEXTS, Voice
from dashboards.view.figures import exact_text
from dashboards.view.owners import owner_name
from dashboards.view.reading import Freshness, Reader
from scoring.definitions import Definitions
from scoring.kpi import KpiValue
from scoring.period import instant_text

KPI_FORMAT = "scoreline.kpi.v1"


def kpi_json(
    value: KpiValue, definitions: Definitions, target: Fraction | None, freshness: Freshness
) -> dict[str, object]:
    """Every number as exact text, None where it is not known; ratios with both parts; Missing for an unknown owner."""
    kpi = definitions.kpis[value.kpi]
    at = freshness.watermark_us
    return {
        "format": KPI_FORMAT,
        "kpi": value.kpi,
        "version": kpi.version,
        "name": {"zh": kpi.name.zh, "en": kpi.name.en},
        "owner": value.owner,
        "owner_name": {lang: owner_name(definitions, value.owner, Voice(lang)) for lang in TEXTS},
        "dimension": value.dimension,
        "period": value.period,
        "unit": kpi.unit,
        "currency": definitions.reference.company.currency if kpi.unit == "money" else None,
        "direction": kpi.direction,
        "status": value.status,
        "value": _text(value.value),
        "numerator": _text(value.numerator),
        "denominator": _text(value.denominator),
        "sample": value.sample,
        "target": _text(target),
        "as_of": {"batch": freshness.batch, "watermark": None if at is None else instant_text(at)},
    }


def read_kpi_json(reader: Reader, kpi_id: str, owner: str, period: str, dimension: str | None) -> dict[str, object]:
    """Read a KPI and its target and give them as `kpi_json` does."""
    value = reader.kpi(kpi_id, owner, period, dimension)
    return kpi_json(value, reader.definitions, reader.target(kpi_id, owner, period), reader.freshness())


def _text(number: Fraction | None) -> str | None:
    return None if number is None else exact_text(number)
