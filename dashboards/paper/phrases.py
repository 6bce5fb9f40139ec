"""The sentences that scoring writes into a statement, in Chinese: one table of patterns, tried in order."""

from __future__ import annotations

import re

from dashboards.paper.words import Words

_N = r"(-?\d+(?: \d{3})*(?:\.\d+)?)"
_P = r"(-?\d+(?:\.\d+)?%)"
_ID = r"([a-z][a-z0-9_]*)"

# Longer sentences first, since each pattern replaces what it finds and the later ones see the rest.
PHRASES: tuple[tuple[str, str], ...] = (
    # pay functions and terms (scoring/plans, scoring/component, scoring/settlement)
    (rf"{_N} for (\d+) of (\d+) days", r"\1 × \2/\3 天"),
    (rf"{_N} for {_P} of the period", r"\1 × 本期占比 \2"),
    (rf"^{_ID} {_P} is below the gate {_P}", r"\1 为 \2，低于门槛 \3"),
    (rf"^the gate {_ID} has no value: nothing is due", r"门槛 \1 无数值，不计发"),
    (rf"^{_ID} has no value: nothing is due", r"\1 无数值，不计发"),
    (rf"sales reach {_P} of the target, below the gate {_P}", r"销售达成 \1，低于门槛 \2"),
    (rf"^attainment {_P} is below the threshold {_P}", r"达成 \1，低于起点 \2"),
    (rf"^attainment {_P} pays {_P} of {_N}", r"达成 \1，兑现 \3 的 \2"),
    (rf"^already earned on {_N} before: {_N}", r"此前 \1 已计 \2"),
    (rf"^earned {_N}, not below the guarantee {_N}", r"已得 \1，不低于保底 \2"),
    (rf"^less earned {_N}", r"减已得 \1"),
    (rf"^guarantee {_N}", r"保底 \1"),
    (rf"^allowed the budget {_N}", r"允许费用为预算 \1"),
    (rf"^allowed {_P} of {_N}", r"允许费用 \2 的 \1"),
    (rf"; spent {_N}: nothing saved", r"；实际 \1，没有节省"),
    (rf", spent {_N}, saved {_N}", r"；实际 \1，节省 \2"),
    (rf"^above {_N}: {_N}", r"超过 \1 的部分 \2"),
    (rf"^{_N}-{_N}: {_N}", r"\1–\2 的部分 \3"),
    (rf"^above {_N}", r"超过 \1"),
    (rf" ?\(tier from {_N}\)", r"（\1 起档）"),
    (rf" ?\(reaches {_N}\)", r"（达到 \1）"),
    (rf"{_N} does not exceed {_N}", r"\1 未超过 \2"),
    (rf"{_N} does not reach {_N}", r"\1 未达到 \2"),
    (rf"^{_N} is not above 0", r"\1 不大于 0"),
    (rf"^coefficient {_N}: {_N}", r"乘系数 \1 得 \2"),
    (rf"^capped at {_N}, forgone {_N}", r"封顶 \1，不计 \2"),
    (rf"^raised to the floor {_N}", r"补足到下限 \1"),
    (rf"^rounded half-up to {_N}", r"四舍五入为 \1"),
    (rf" at {_P} = ", r" × \1 = "),
    # scales (scoring/scales)
    (r"^reviewed score$", "评审得分"),
    (rf"^A < threshold {_P}", r"达成低于起点 \1"),
    (rf"^{_P} <= A, A capped at {_P}", r"达成封顶 \2"),
    (rf"^A > {_P}, A capped at {_P}", r"达成封顶 \2"),
    (r"^A < 0, A raised to 0", "达成为负，按 0 计"),
    (rf"^actual <= 0, A set to the cap {_P}", r"实际不大于 0，达成取上限 \1"),
    (rf"^{_P} <= A <= {_P}, score 100 x A", r"\1 ≤ 达成 ≤ \2，得分 = 100 × 达成"),
    (rf"^A < first knot {_P}, its score", r"达成低于首个节点 \1，取其得分"),
    (rf"^A ([>=]) last knot {_P}, its score", r"达成 \1 末个节点 \2，取其得分"),
    (rf"^value < first knot {_N}, its score", r"数值低于首个节点 \1，取其得分"),
    (rf"^value ([>=]) last knot {_N}, its score", r"数值 \1 末个节点 \2，取其得分"),
    (rf"^{_P} <= A <= {_P}, score between {_N} and {_N}", r"\1 ≤ 达成 ≤ \2，得分在 \3 与 \4 之间"),
    (rf"^{_N} <= value <= {_N}, score between {_N} and {_N}", r"\1 ≤ 数值 ≤ \2，得分在 \3 与 \4 之间"),
    (rf"^{_N} steps of {_N} beyond x {_N} points on base {_N}", r"超出 \1 档（每档 \2）× \3 分，基础 \4 分"),
    (rf"^{_N} steps of {_N} short x {_N} points off 100", r"差 \1 档（每档 \2）× \3 分，从 100 分扣"),
    (rf", capped at {_N}$", r"，封顶 \1"),
    (r", raised to 0$", "，按 0 计"),
    (rf"^within {_P} of the target", r"与目标相差不超过 \1"),
    (rf"^{_P} or more off the target", r"偏离目标 \1 及以上"),
    (rf"^{_P} < distance < {_P}, score falls from 100 to 0", r"\1 < 偏离 < \2，得分由 100 降到 0"),
    (rf"^actual (>=|<=|==|!=|>|<) {_N} holds", r"实际 \1 \2 成立"),
    (rf"^actual (>=|<=|==|!=|>|<) {_N} fails", r"实际 \1 \2 不成立"),
    (rf"^A (>=|<) {_P}", r"达成 \1 \2"),
    (rf"^value (>=|<) {_N}", r"数值 \1 \2"),
    (rf", score {_N}$", r"，得 \1 分"),
    # bands and red lines (scoring/bands, scoring/redlines)
    (rf"^{_N} and up$", r"\1 分及以上"),
    (rf"^below {_N}$", r"\1 分以下"),
    (r"^linear$", "线性"),
    (rf"^cap_total\({_N}\)$", r"总分不超过 \1"),
    (rf"^coefficient\({_N}\)$", r"系数不超过 \1"),
    (rf"^zero_kpi\({_ID}\)$", r"指标 \1 记零分"),
    (r"^zero_total$", "总分记零"),
    (r"^no_bonus$", "不发奖金"),
    (r"^raised$", "已提出"),
    (r"^heard$", "已听取申辩"),
    (r"^upheld$", "成立"),
    (r"^dismissed$", "不成立"),
)
_COMPILED = tuple((re.compile(pattern, re.ASCII), chinese) for pattern, chinese in PHRASES)


def said(text: str) -> Words:
    """A sentence of scoring in both languages; one that no pattern knows stays as it is in both."""
    chinese = text
    for pattern, replacement in _COMPILED:
        chinese = pattern.sub(replacement, chinese)
    return Words(chinese, text)
