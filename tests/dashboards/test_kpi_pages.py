"""The pages of docs/kpis/: what a reader sees of a KPI and of its worked example."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.dictionary import first_release
from dashboards.kpi_pages import catalogue_of, index_page, kpi_page
from dashboards.reference_pages import shipped

EXAMPLE = """
kpi = "refund_rate_amount"
owner = "t:ops"
dimension = "shop"
period = "2026-10"
why = { zh = "退了八分之一", en = "An eighth went back" }
value = "{value}"
numerator = "12.5"
denominator = "100"
status = "ok"
[retract]
event = "e1"
value = "null"
[[event]]
event_id = "e1"
event_type = "order.paid"
occurred_at = "2026-10-03T10:00:00+08:00"
shop_id = "s2"
order_id = "o1"
is_test = false
lines = [{ line_id = "1", sku = "A|B", qty = 2, paid_amt = "100" }]
"""


def page(folder: Path, value: str = "0.125", case: str = "") -> str:
    """The page of a KPI whose only example is the one above."""
    (folder / "sales").mkdir(exist_ok=True)
    file = folder / "sales" / f"refund_rate_amount{case}.toml"
    file.write_text(EXAMPLE.replace("{value}", value), encoding="utf-8")
    return kpi_page(catalogue_of(shipped(), folder), "refund_rate_amount", "<!-- notice -->")


def test_a_page_says_what_the_kpi_is(tmp_path: Path) -> None:
    """Both names, formula, direction, credit, the measures with their atoms, and the name on no platform."""
    text = page(tmp_path)
    assert text.startswith(
        "# `refund_rate_amount` · 退款率（发生口径） · Refund rate (as it happens)\n\n<!-- notice -->\n"
    )
    assert "| formula 公式 | `refund_amount` / `gmv` |" in text
    assert "| better 方向 | lower 越低越好 |" in text
    assert "| `gmv` | `rev` of `paid_line` |" in text
    assert "- `paid_line`: One line of a paid order" in text
    assert "平台名称" not in text


def test_a_page_shows_the_worked_example(tmp_path: Path) -> None:
    """Events as a table in which a bar does not end the cell, the question, and the answers with what is taken back."""
    text = page(tmp_path)
    event = "shop_id `s2`; order_id `o1`; is_test `false`; lines (line_id `1`, sku `A\\|B`, qty `2`, paid_amt `100`)"
    assert f"| `e1` | order.paid | 2026-10-03 10:00:00 | {event} |" in text
    assert "Asked 提问: `t:ops`, 2026-10, dimension shop." in text
    assert "| all events 全部事件 | **0.125** | 12.5 | 100 | ok |" in text
    assert "| `e1` taken back 撤回 | **null** |  |  |  |" in text
    assert "## Worked example 算例: small\n" in page(tmp_path, case="--small")


@pytest.mark.parametrize(
    ("written", "shown"),
    [("1/8", "0.125"), ("1/3", "1/3"), ("-1/2", "-0.5"), ("-0.05", "-0.05"), ("3", "3"), ("0", "0"), ("null", "null")],
)
def test_numbers_are_exact(written: str, shown: str, tmp_path: Path) -> None:
    """At most six decimals, else the fraction; nothing is rounded."""
    assert f"| **{shown}** |" in page(tmp_path, written)


def test_the_index_has_every_kpi(tmp_path: Path) -> None:
    """Each KPI of the catalogue, variants too, stands once in the index, under its family, with a link."""
    definitions = shipped()
    text = index_page(catalogue_of(definitions, tmp_path), "")
    assert [kpi for kpi in definitions.kpis if text.count(f"[`{kpi}`]({kpi}.md)") != 1] == []
    assert text.index("## sales") < text.index("[`gmv`]") < text.index("## service")


def test_the_narrow_set_of_the_benchmark_is_there() -> None:
    """The 48 measures of the first release, with which the whole dictionary is compared, are still measures."""
    names = first_release()
    assert len(names) == len(set(names)) == 48
    assert set(names) <= set(shipped().measures)
