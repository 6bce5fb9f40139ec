"""A small company for the tests of boards: five teams, eight people, three plans, two alert rules."""

from __future__ import annotations

from scoring.definitions import Definitions, read_definitions
from streams.folder import catalogue_texts

ZONE = "Asia/Shanghai"

COMPANY = """
[company]
id = "hanfeng"
name = { zh = "汉风服饰", en = "Hanfeng Apparel" }
zone = "Asia/Shanghai"
currency = "CNY"
[[shop]]
id = "hf"
name = { zh = "汉风抖音店", en = "Hanfeng Douyin" }
"""

TEAMS = [
    ("ops", "运营部", "Operations", "", "e01"),
    ("sales", "店铺运营组", "Shop operations", "ops", "e02"),
    ("ads", "推广组", "Promotion", "ops", ""),
    ("live", "直播组", "Livestream", "", "e05"),
    ("cs", "客服组", "Customer service", "", "e07"),
]
PEOPLE = [
    ("e01", "陈静", "Chen Jing", "ops", "seller"),
    ("e02", "张伟", "Zhang Wei", "sales", "seller"),
    ("e03", "李娜", "Li Na", "sales", "seller"),
    ("e04", "王芳", "Wang Fang", "ads", "promoter"),
    ("e05", "刘洋", "Liu Yang", "live", "host"),
    ("e06", "赵敏", "Zhao Min", "live", "host"),
    ("e07", "孙丽", "Sun Li", "cs", "agent"),
    ("e08", "周杰", "Zhou Jie", "cs", "agent"),
]
PLANS: dict[str, tuple[str, str, list[tuple[str, str, str, str]]]] = {
    "seller": (
        "店铺运营",
        "Shop operator",
        [("net_sales", "40", "shop", ""), ("gross_margin_rate", "20", "shop", '"0.45"'),
         ("aov_order", "20", "shop", ""),
         ("refund_rate_cohort", "20", "shop", '"0.12"')],
    ),
    "promoter": (
        "推广专员",
        "Promotion specialist",
        [("roas", "50", "campaign", '"2.5"'), ("ad_spend", "25", "campaign", ""), ("ctr", "25", "campaign", '"0.03"')],
    ),
    "host": (
        "主播",
        "Host",
        [("live_gmv", "50", "host", ""), ("live_gmv_per_hour", "20", "host", '"9000"'),
         ("live_hours", "15", "host", ""),
         ("live_conversion_rate", "15", "host", '"0.05"')],
    ),
    "agent": (
        "客服专员",
        "Customer-service agent",
        [("first_response_time_avg", "30", "agent", '"30"'), ("reply_rate_3min", "20", "agent", '"0.95"'),
         ("csat", "20", "agent", '"0.92"'), ("cs_sales", "20", "agent", ""), ("review_teamwork", "10", "self", '"90"')],
    ),
}  # fmt: skip
CURVES = {"up": 'kind = "PROP", cap = "1.2", threshold = "0.6"', "down": 'kind = "LI", cap = "1.2"'}
DOWN = {"refund_rate_cohort", "first_response_time_avg"}

TARGETS = [
    ("c:", "net_sales", "1600000"),
    ("c:", "live_gmv", "700000"),
    ("c:", "roas", "2.5"),
    ("t:ops", "net_sales", "1600000"),
    ("t:sales", "net_sales", "1100000"),
    ("t:live", "live_gmv", "700000"),
    ("t:cs", "first_response_time_avg", "30"),
    ("t:cs", "csat", "0.92"),
    ("t:ads", "roas", "2.5"),
    ("e:e02", "net_sales", "600000"),
    ("e:e03", "net_sales", "500000"),
    ("e:e05", "live_gmv", "380000"),
    ("e:e06", "live_gmv", "320000"),
    ("e:e07", "cs_sales", "90000"),
]

ALERTS = """
[[rule]]
id = "cs_frt_high"
kpi = "first_response_time_avg"
window_minutes = 5
scope = "team"
owners = ["t:cs"]
fire = ">60"
for_seconds = 300
clear = "<45"
keep_seconds = 300
min_sample = 5
severity = "high"
notify = ["cs_supervisor"]
[[rule]]
id = "ad_roas_low"
kpi = "roas"
window_minutes = 60
scope = "team"
owners = ["t:ads"]
fire = "<1.5"
for_seconds = 1800
clear = ">1.7"
keep_seconds = 600
min_sample = 200
severity = "high"
notify = ["promotion_specialist"]
"""


def definitions_texts() -> dict[str, str]:
    """The company's files by name, catalogue included."""
    texts = catalogue_texts() | {
        "company.toml": COMPANY,
        "people.toml": "".join(map(_team, TEAMS)) + "".join(map(_person, PEOPLE)),
        "targets.toml": "".join(map(_target, TARGETS)),
        "alerts.toml": ALERTS,
    }
    return texts | {f"plans/{plan}.toml": _plan(plan) for plan in PLANS}


def company() -> Definitions:
    """The company, compiled."""
    return read_definitions(definitions_texts())


def _team(row: tuple[str, str, str, str, str]) -> str:
    name, zh, en, parent, lead = row
    text = f'[[team]]\nid = "{name}"\nname = {{ zh = "{zh}", en = "{en}" }}\n'
    return text + (f'parent = "{parent}"\n' if parent else "") + (f'lead = "{lead}"\n' if lead else "")


def _person(row: tuple[str, str, str, str, str]) -> str:
    name, zh, en, team, plan = row
    return (
        f'[[person]]\nid = "{name}"\nname = {{ zh = "{zh}", en = "{en}" }}\n'
        f'[[person.position]]\nteam = "{team}"\nrole = "{plan}"\nplan = "{plan}"\nfrom = "2026-01-01"\n'
    )


def _target(row: tuple[str, str, str]) -> str:
    owner, kpi, value = row
    return (
        f'[[target]]\nowner = "{owner}"\nkpi = "{kpi}"\nperiod = "2026-10"\nvalue = "{value}"\nsource = "own_history"\n'
    )


def _plan(plan: str) -> str:
    zh, en, items = PLANS[plan]
    text = (
        f'[plan]\nid = "{plan}"\nversion = 1\nrole = "{plan}"\nname = {{ zh = "{zh}", en = "{en}" }}\n'
        'period = "month"\npurpose = { zh = "测试", en = "Test" }\n'
        '[[duty]]\nid = "work"\ntext = { zh = "工作", en = "Work" }\n'
    )
    for kpi, weight, dimension, target in items:
        kind = "V" if kpi.startswith("review") else "R"
        scale = 'kind = "REV"' if kind == "V" else CURVES["down" if kpi in DOWN else "up"]
        text += (
            f'[[item]]\nkpi = "{kpi}"\nkind = "{kind}"\nweight = "{weight}"\nscale = {{ {scale} }}\n'
            f'target = {target or chr(34) + "own" + chr(34)}\ndimension = "{dimension}"\nduties = ["work"]\n'
        )
    return text
