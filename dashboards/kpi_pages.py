"""Pages of docs/kpis/: one a KPI with its formula, measures and worked example, and an index by family."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from dashboards.worked import CASE, DEFAULTS, Expected, Worked, example_files, kpi_of, read_example
from scoring.atoms import ATOMS
from scoring.definitions import KPIS, Definitions
from scoring.kpi import Kpi, measures_read
from scoring.measures import Measure
from streams.folder import catalogue_texts

BETTER = {"up": "higher 越高越好", "down": "lower 越低越好", "band": "near the target 越接近目标越好"}
HEAD = ("event_id", "event_type", "occurred_at", "source", "shop_id")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the pages are written from: definitions, the family of each KPI, and its examples."""

    definitions: Definitions
    families: dict[str, list[str]]
    examples: dict[str, list[Worked]]


def catalogue_of(definitions: Definitions, folder: Path) -> Catalogue:
    """The catalogue with the examples of a folder; without the folder pages have no examples."""
    examples: dict[str, list[Worked]] = {}
    for path in example_files(folder):
        examples.setdefault(kpi_of(path), []).append(read_example(path))
    return Catalogue(definitions, _families(), examples)


@lru_cache(maxsize=1)
def _families() -> dict[str, list[str]]:
    """KPI ids by the file of the catalogue that they stand in."""
    texts = {name: text for name, text in catalogue_texts().items() if name.startswith(KPIS)}
    return {Path(name).stem: list(tomllib.loads(text).get("kpi", {})) for name, text in texts.items()}


def page_name(kpi: str) -> str:
    """The file of a KPI's page; a platform's variant has one of its own."""
    return f"{kpi}.md"


def index_page(catalogue: Catalogue, notice: str) -> str:
    """docs/kpis/README.md: every KPI, family by family."""
    kpis = catalogue.definitions.kpis
    lines = [
        f"# KPIs\n\n{notice}\n",
        f"The {len(kpis)} KPIs of `scoring/catalogue/kpis/`, variants of platforms among them. Each has a page with",
        "its formula, what its measures count, and a worked example that the tests run. A ratio is null when its",
        "denominator is zero or negative; a KPI below its minimum sample is `insufficient` and is not scored. Money is",
        "in the company's currency. [../measures.md](../measures.md) lists all measures.",
    ]
    for family, ids in catalogue.families.items():
        lines += [
            f"\n## {family}\n",
            "| id | 中文 | English | unit | better | live |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        lines += [_row(kpis[name]) for name in ids]
    return "\n".join([*lines, ""])


def _row(kpi: Kpi) -> str:
    better = BETTER[kpi.direction].split(" ")[0] if kpi.direction != "band" else "near the target"
    names = f"[`{kpi.id}`]({page_name(kpi.id)}) | {kpi.name.zh} | {kpi.name.en}"
    return f"| {names} | {kpi.unit} | {better} | {kpi.live} |"


def kpi_page(catalogue: Catalogue, kpi_id: str, notice: str) -> str:
    """The page of one KPI."""
    kpi = catalogue.definitions.kpis[kpi_id]
    lines = [
        f"# `{kpi.id}` · {kpi.name.zh} · {kpi.name.en}\n\n{notice}\n",
        f"{kpi.about.zh.rstrip('。')}。\n",
        f"{kpi.about.en.rstrip('.')}.\n",
        *_facts(kpi, catalogue),
        "",
        "## Measures 度量\n",
        *_measures(kpi, catalogue.definitions),
        "",
    ]
    for example in catalogue.examples.get(kpi_id, ()):
        lines += _example(example, kpi)
    return "\n".join(lines).rstrip("\n") + "\n"


def _facts(kpi: Kpi, catalogue: Catalogue) -> Iterator[str]:
    yield "| | |"
    yield "| --- | --- |"
    yield f"| formula 公式 | {formula_of(kpi)} |"
    yield f"| unit 单位 | {kpi.unit} |"
    yield f"| better 方向 | {BETTER[kpi.direction]} |"
    yield f"| dated 时间归属 | {kpi.time or 'as its parts 同各部分'} |"
    yield f"| credit 归属维度 | {', '.join(kpi.dimensions) or 'nobody 不归个人'} |"
    yield f"| live class 时效 | {kpi.live} |"
    yield f"| version 版本 | {kpi.version} |"
    if kpi.min_sample:
        yield f"| minimum sample 最小样本 | {kpi.min_sample} |"
    if kpi.of_target:
        yield f"| target 目标 | holds the target of `{kpi.of_target}` inside |"
    if kpi.additive_target:
        yield "| target 目标 | prorated by days 按天折算 |"
    if kpi.empty_scores_zero:
        yield "| nothing to divide by 分母为零 | scores 0 when there is a numerator 有分子时得 0 分 |"
    if kpi.of:
        mode = f", mode {kpi.mode}" if kpi.mode else ""
        yield f"| variant of 变体 | [`{kpi.of}`]({page_name(kpi.of)}) on {kpi.platform}{mode} |"
    if kpi.limit is not None:
        yield f"| limit of the platform 平台红线 | {_number(kpi.limit)} |"
    for platform, name in kpi.aliases:
        yield f"| on {platform} 平台名称 | {name} |"
    for variant in catalogue.definitions.kpis.values():
        if variant.of == kpi.id:
            link = f"[`{variant.id}`]({page_name(variant.id)})"
            yield f"| as {variant.platform} counts it 平台口径 | {link}: {variant.about.en} |"


def formula_of(kpi: Kpi) -> str:
    """The formula in code type."""
    formula = f"`{kpi.numerator.text}`"
    return formula if kpi.denominator is None else f"`{kpi.numerator.text}` / `{kpi.denominator.text}`"


def _measures(kpi: Kpi, definitions: Definitions) -> Iterator[str]:
    windows: dict[str, set[str]] = {}
    for name, window in measures_read(kpi, definitions.kpis):
        windows.setdefault(name, set()).add(window)
    if not windows:
        yield "None: it reads targets only."
        return
    yield "| measure | takes | dated at | kind | window |"
    yield "| --- | --- | --- | --- | --- |"
    for name in sorted(windows):
        measure = definitions.measures[name]
        spans = ", ".join(window or "the period" for window in sorted(windows[name]))
        yield f"| `{name}` | {takes(measure)} | `{measure.at}` | {measure.kind}, {measure.unit} | {spans} |"
    yield ""
    for atom in sorted({atom for name in windows for atom in definitions.measures[name].atoms}):
        yield f"- `{atom}`: {docstring(atom)}"


def takes(measure: Measure) -> str:
    """What a measure takes from its atoms, in code words."""
    what = "1" if measure.value == "1" else f"`{measure.value}`"
    return f"{what} of {' and '.join(f'`{atom}`' for atom in measure.atoms)}{conditions(measure)}"


def conditions(measure: Measure) -> str:
    """Which atoms a measure counts, when not all."""
    return f" where {' and '.join(f'`{flag}`' for flag in measure.where)}" if measure.where else ""


def docstring(atom: str) -> str:
    """The first paragraph of what an atom says about itself."""
    return " ".join((ATOMS[atom].__doc__ or "").strip().split("\n\n")[0].split())


def _example(example: Worked, kpi: Kpi) -> Iterator[str]:
    case = example.file.partition(CASE)[2].removesuffix(".toml")
    yield f"## Worked example 算例{f': {case}' if case else ''}\n"
    yield f"{example.why.zh}\n"
    yield f"{example.why.en}\n"
    yield from _events(example)
    where = f", dimension {example.dimension}" if example.dimension else ""
    yield f"Asked 提问: `{example.owner}`, {example.period}{where}.\n"
    yield "| | value | numerator | denominator | status |"
    yield "| --- | --- | --- | --- | --- |"
    yield _answer("all events 全部事件", example.expected)
    if example.retraction is not None:
        yield _answer(f"`{example.retraction.event}` taken back 撤回", example.retraction.expected)
    if example.emptied is not None:
        left = ", ".join(f"`{name}`" for name in example.emptied.events)
        yield _answer(f"only {left} 仅此" if left else "no events 无事件", example.emptied.expected)
    yield ""
    for name, text in example.files.items():
        yield f"With this `{name}` in place of the base company's 替换为:\n\n```toml\n{text.strip()}\n```\n"
    yield f"From `examples/kpis/{example.file}`; unit {kpi.unit}.\n"


def _answer(what: str, expected: Expected) -> str:
    parts = dict(expected.parts)
    cells = [_number(parts[name]) if name in parts else "" for name in ("numerator", "denominator")]
    return f"| {what} | **{_number(expected.value)}** | {cells[0]} | {cells[1]} | {expected.status} |"


def _number(value: Fraction | None) -> str:
    if value is None:
        return "null"
    places = next((places for places in range(7) if value * 10**places % 1 == 0), None)
    if not places:
        return str(value)
    sign, digits = "-" * (value < 0), str(abs(int(value * 10**places))).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _events(example: Worked) -> Iterator[str]:
    if not example.events:
        return
    yield "| event | type | occurred at | fields |"
    yield "| --- | --- | --- | --- |"
    for event in example.events:
        fields = {name: value for name, value in event.items() if name not in HEAD}
        unusual = {name: event[name] for name, value in DEFAULTS.items() if event[name] != value}
        fields = {**unusual, **fields}
        told = "; ".join(f"{name} {_plain(value)}" for name, value in fields.items()).replace("|", "\\|")
        moment = str(event["occurred_at"]).replace("T", " ").removesuffix("+08:00")
        yield f"| `{event['event_id']}` | {event['event_type']} | {moment} | {told} |"
    yield ""


def _plain(value: object) -> str:
    """A field of an event for people: parts of a list one after the other, true and false as on the wire."""
    if isinstance(value, list):
        return " + ".join(_plain(part) for part in value)
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name} {_plain(part)}" for name, part in value.items()) + ")"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


__all__ = [
    "Catalogue",
    "catalogue_of",
    "conditions",
    "docstring",
    "formula_of",
    "index_page",
    "kpi_page",
    "page_name",
    "takes",
]
