"""Decides: money, periods, events, measures, KPIs, scores, pay and statements as pure functions."""
