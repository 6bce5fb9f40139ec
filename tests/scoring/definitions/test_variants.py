"""Names of KPIs on platforms, and variants that count as one platform does."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.definitions import DefinitionError, Definitions, read_definitions
from streams.folder import catalogue_texts

COMPANY = '[company]\nid = "any"\nname = { zh = "任一", en = "any" }\n'
OWN = "catalogue/kpis/own.toml"
VARIANT = """
[kpi."gmv@jd_net"]
of = "gmv"
platform = "jd"
mode = "net"
limit = "1/3"
name = { zh = "京东", en = "JD" }
about = { zh = "京东口径", en = "As JD counts" }
unit = "money"
direction = "up"
numerator = "gmv - refund_amount"
dimensions = ["shop"]
aliases = { jd = "成交", taobao = "支付" }
"""


def read(own: str) -> Definitions:
    """The catalogue with one file more."""
    return read_definitions({**catalogue_texts(), "company.toml": COMPANY, OWN: own})


def test_a_variant_is_a_kpi_of_its_own() -> None:
    """It has a formula of its own and says of what and whose it is; names and limit are kept."""
    kpi = read(VARIANT).kpis["gmv@jd_net"]
    assert (kpi.of, kpi.platform, kpi.mode, kpi.limit) == ("gmv", "jd", "net", Fraction(1, 3))
    assert kpi.numerator.text == "gmv - refund_amount"
    assert dict(kpi.aliases) == {"jd": "成交", "taobao": "支付"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('of = "gmv"', 'of = "gvm"', "did you mean 'gmv'?"),
        ('of = "gmv"\n', "", "stand together"),
        ('platform = "jd"', 'platform = "jdd"', "known: taobao"),
        ('platform = "jd"', 'platform = "douyin"', 'makes the id "gmv@douyin"'),
        ("gmv@jd_net", "net_gmv", 'makes the id "gmv@jd"'),
        ('jd = "成交"', 'jingdong = "成交"', "is no platform"),
        ('limit = "1/3"', "limit = 0.5", "exact number"),
    ],
)
def test_what_is_refused(old: str, new: str, said: str) -> None:
    """One wrong thing in a variant is one message."""
    assert old in VARIANT
    with pytest.raises(DefinitionError) as caught:
        read(VARIANT.replace(old, new, 1))
    assert said in str(caught.value)


def test_the_shipped_variants() -> None:
    """Every variant's KPI is in the catalogue, keeps unit and direction, and says what differs."""
    kpis = read("").kpis
    variants = [kpi for kpi in kpis.values() if kpi.of]
    assert {kpi.platform for kpi in variants} == {"douyin", "kuaishou", "jd", "amazon", "tiktok", "alibaba"}
    for kpi in variants:
        base = kpis[kpi.of]
        assert not base.of, kpi.id
        assert kpi.unit == base.unit and kpi.direction == base.direction, kpi.id
        assert kpi.about != base.about, kpi.id


def test_both_readings_of_a_rule_that_sources_disagree_on() -> None:
    """Douyin's three minutes by turn and by customer are two KPIs that plans can tell apart."""
    kpis = read("").kpis
    modes = {kpi.mode for kpi in kpis.values() if (kpi.of, kpi.platform) == ("reply_rate_3min", "douyin")}
    assert modes == {"turn", "customer_day"}
