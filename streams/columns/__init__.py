"""Kinds of column: how the cells of a table row become a field of an event. One kind a file, one table."""

from __future__ import annotations

from streams.columns.amount import AmountColumn
from streams.columns.base import OMITTED, CellFault, Column, Reader, Rounding, SettingFault
from streams.columns.flag import FlagColumn
from streams.columns.identity import IdentityColumn
from streams.columns.instant import InstantColumn
from streams.columns.text import TextColumn
from streams.columns.whole import WholeColumn

COLUMNS: dict[str, type[Column]] = {
    "text": TextColumn,
    "whole": WholeColumn,
    "flag": FlagColumn,
    "amount": AmountColumn,
    "instant": InstantColumn,
    "identity": IdentityColumn,
}

__all__ = ["COLUMNS", "OMITTED", "CellFault", "Column", "Reader", "Rounding", "SettingFault"]
