"""Labels of statements in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("zh", "en", "both")


@dataclass(frozen=True, slots=True)
class Words:
    """One label in both languages; `ending` follows either, and follows both once."""

    zh: str
    en: str
    ending: str = ""

    def pick(self, language: str) -> str:
        """The label in "zh", "en", or "both" side by side; ValueError for another language."""
        if language not in LANGUAGES:
            raise ValueError(f"unknown language {language!r}: use one of {', '.join(LANGUAGES)}")
        if language == "both":
            return (self.zh if self.zh == self.en else f"{self.zh} {self.en}") + self.ending
        return (self.zh if language == "zh" else self.en) + self.ending


def named(label: Mapping[str, Any]) -> Words:
    """A {zh, en} label of a statement."""
    return Words(str(label["zh"]), str(label["en"]))


TITLE = Words("薪酬结算单", "Pay statement")
TOTAL = Words("应发合计", "Total earned")
EARNED = Words("本期所得", "What you earned")
WHY = Words("计算明细", "How each amount came about")
CORRECTIONS = Words("前期更正", "Corrections of earlier periods")
SCORE = Words("绩效评分", "Score card")
RESULT = Words("从评分到系数", "From scores to the coefficient")
FOOT = Words("凭证", "Proof")
DRAFT = Words("草稿", "Draft")
SIGNATURE = Words("签字", "Signature")
DATE = Words("日期", "Date")
APPEAL = Words(
    "如对任何一行有异议，请在公布后 5 个工作日内向主管或人事提出，并写明该行和事件编号；由原评审人以外的人裁定。",
    "If you disagree with any line, tell your lead or HR within 5 working days, naming the line and the event id; "
    "somebody other than the first reviewer decides.",
)
HEAD: dict[str, Words] = {
    "person": Words("员工", "Person"),
    "role": Words("岗位", "Role"),
    "team": Words("团队", "Team"),
    "plan": Words("方案", "Plan"),
    "purpose": Words("方案目的", "Purpose of the plan"),
    "period": Words("结算期", "Period"),
    "run": Words("批次", "Run"),
    "status": Words("状态", "Status"),
}
COLUMNS: dict[str, Words] = {
    "item": Words("项目", "Item"),
    "step": Words("步骤", "Step"),
    "how": Words("说明", "How"),
    "base": Words("基数", "Base"),
    "rate": Words("比率", "Rate"),
    "amount": Words("金额", "Amount"),
    "facts": Words("事件数", "Facts"),
    "kpi": Words("指标", "KPI"),
    "actual": Words("实际", "Actual"),
    "target": Words("目标", "Target"),
    "attainment": Words("达成", "Attainment"),
    "scale": Words("曲线", "Curve"),
    "score": Words("得分", "Score"),
    "weight": Words("权重", "Weight"),
    "points": Words("加权分", "Points"),
    "remark": Words("备注", "Remark"),
    "origin": Words("原结算期", "Origin"),
    "before": Words("原金额", "Before"),
    "after": Words("重算后", "After"),
    "already": Words("已更正", "Corrected before"),
    "event": Words("事件", "Event"),
    "at": Words("发生时间", "Occurred at"),
    "value": Words("值", "Value"),
}
STEPS: dict[str, Words] = {
    "adjusted": Words("更正合计", "Corrections"),
    "before": Words("本年已计", "Counted before"),
    "bracket": Words("档位", "Bracket"),
    "cap": Words("封顶", "Cap"),
    "coefficient": Words("系数", "Coefficient"),
    "earned": Words("已得", "Earned"),
    "excess": Words("超额", "Excess"),
    "first_yuan": Words("首元起算", "From the first yuan"),
    "fixed": Words("固定", "Fixed"),
    "flat": Words("比例", "Flat rate"),
    "floor": Words("保底", "Floor"),
    "gate": Words("门槛", "Gate"),
    "guarantee": Words("保底", "Guarantee"),
    "nothing": Words("未计", "Nothing due"),
    "payout": Words("兑现比例", "Payout"),
    "present": Words("在岗", "Present"),
    "rate": Words("比率", "Rate"),
    "rounding": Words("四舍五入", "Rounding"),
    "saved": Words("节省", "Saved"),
    "whole": Words("全额", "Whole amount"),
}
STATUS: dict[str, Words] = {
    "ok": Words("", ""),
    "empty": Words("本期无数据，权重分摊", "no value, weight shared out"),
    "insufficient": Words("样本不足，权重分摊", "too little sample, weight shared out"),
    "missing_target": Words("未设目标", "no target"),
    "draft": Words("草稿", "draft"),
    "sealed": Words("已封存", "sealed"),
    "scored": Words("已评分", "scored"),
    "needs_manual": Words("需人工裁定", "a person must decide"),
    "short_stay": Words("在岗时间过短，不评分", "too few days to be scored"),
}
TREATMENT: dict[str, Words] = {
    "neutral": Words("无值，按中性分计", "no value, the neutral score counts"),
    "carried": Words("无值，沿用上期得分", "no value, the last score counts"),
    "zeroed": Words("因本人原因缺值，计零分", "missing by one's own doing, counts as 0"),
}
"""What was done where a KPI has no value of its own; other treatments need no word."""
KINDS: dict[str, Words] = {
    "R": Words("结果指标小计", "Result KPIs"),
    "P": Words("过程指标小计", "Process KPIs"),
    "V": Words("评议指标小计", "Reviews"),
}
CHAIN: dict[str, Words] = {
    "weighted": Words("加权总分", "Weighted total"),
    "blend": Words("个人与团队合成", "Own and team"),
    "points_net": Words("加减分", "Bonus and penalty points"),
    "red_line": Words("红线", "Red line"),
    "total": Words("总分", "Total"),
    "band": Words("区间", "Band"),
    "coefficient": Words("绩效系数", "Coefficient"),
    "manual": Words("人工系数", "Set by hand"),
}
PROOF: dict[str, Words] = {
    "lines": Words("控制合计", "Control total"),
    "digest": Words("结算摘要", "Digest of the settlement"),
    "definitions": Words("规则版本", "Definitions"),
    "cells": Words("数据摘要", "Digest of the data"),
    "explain": Words("查看事件", "List the events"),
}
MOVED: dict[str, Words] = {
    "base": Words("基数", "Base"),
    "coefficient": Words("系数", "Coefficient"),
    "total": Words("总分", "Total"),
}
LATE = Words("晚到事件", "Late event")
EVENTS: dict[str, Words] = {
    "ad.report": Words("推广报表", "ad report"),
    "chat.assigned": Words("会话分配", "chat assigned"),
    "chat.closed": Words("会话关闭", "chat closed"),
    "chat.message": Words("会话消息", "chat message"),
    "chat.opened": Words("会话开始", "chat opened"),
    "chat.rated": Words("会话评价", "chat rated"),
    "chat.transferred": Words("会话转接", "chat transferred"),
    "cogs.adjusted": Words("成本调整", "cost adjusted"),
    "event.retracted": Words("事件撤回", "event retracted"),
    "live.audience": Words("直播在线人数", "live audience"),
    "live.counters": Words("直播累计数", "live counters"),
    "live.ended": Words("直播结束", "live ended"),
    "live.host_off": Words("主播下播", "host off air"),
    "live.host_on": Words("主播上播", "host on air"),
    "live.started": Words("直播开始", "live started"),
    "order.cancelled": Words("订单取消", "order cancelled"),
    "order.completed": Words("订单完成", "order completed"),
    "order.delivered": Words("订单签收", "order delivered"),
    "order.paid": Words("订单付款", "order paid"),
    "order.placed": Words("下单", "order placed"),
    "order.shipped": Words("订单发货", "order shipped"),
    "refund.completed": Words("退款完成", "refund completed"),
    "refund.rejected": Words("退款拒绝", "refund rejected"),
    "refund.requested": Words("申请退款", "refund requested"),
    "review.submitted": Words("评分提交", "review submitted"),
}


def step_words(kind: str) -> Words:
    """The lead-in of a detail; an unknown kind is its own word."""
    return STEPS.get(kind, Words(kind, kind))
