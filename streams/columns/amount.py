"""An amount of money: a cell, or a product of cells, exact; rounded only where the map declares it.

Worked example (Northwind): product = ["unit_price", "quantity"], one_minus = ["discount"], places = 2 and the cells
9.65, 3, 0.15 give 9.65 x 3 x (1 - 0.15) = 24.6075; with rounding = "half_up" the field is "24.61" and the reported
difference grows by 0.0025.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from scoring.money import round_half_up
from streams.columns.base import CellFault, Reader, Rounding, SettingFault, checked, empty_cell, texts

_DECIMAL = re.compile(r"-?\d{1,15}(?:\.\d{1,20})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class AmountColumn:
    """`column` or `product` (columns that are multiplied), `one_minus` (discount columns, each a factor 1 - x),
    `places` (decimal places of the result), `rounding` ("half_up" or left out: more places are rejected), `absolute`,
    `optional` (an empty cell leaves the field out).
    """

    product: tuple[str, ...]
    one_minus: tuple[str, ...]
    places: int
    rounded: bool
    absolute: bool
    optional: bool

    @property
    def columns(self) -> tuple[str, ...]:
        return self.product + self.one_minus

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> AmountColumn:
        checked(
            settings, column=str, product=list, one_minus=list, places=int, rounding=str, absolute=bool, optional=bool
        )
        if ("column" in settings) == ("product" in settings):
            raise SettingFault("column", "give either `column` or `product`, a list of columns that are multiplied")
        if settings.get("rounding", "half_up") != "half_up":
            raise SettingFault("rounding", 'must be "half_up", or left out to reject amounts with more places')
        places = settings.get("places", 2)
        if not 0 <= places <= 4:
            raise SettingFault("places", f"must be the currency's decimal places, 0 to 4, not {places}")
        product = texts(settings, "product") or (settings.get("column", ""),)
        return cls(
            product, texts(settings, "one_minus"), places, "rounding" in settings,
            settings.get("absolute", False), settings.get("optional", False),
        )  # fmt: skip

    def reader(self, places: Mapping[str, int], rounding: Rounding) -> Reader:
        factors = tuple((places[column], False, column) for column in self.product)
        factors += tuple((places[column], True, column) for column in self.one_minus)
        wanted, absolute, optional = self.places, self.absolute, self.optional

        def read(cells: Sequence[str], _identity: str) -> Any:
            value, scale = 1, 0
            for place, is_discount, column in factors:
                try:
                    digits, decimals = _scaled(cells[place])
                except ValueError as error:
                    if not cells[place].strip():
                        return empty_cell(column, optional)
                    raise CellFault("BAD_AMOUNT", column, str(error)) from error
                value *= 10**decimals - digits if is_discount else digits
                scale += decimals
            if scale > wanted:
                value = self._shortened(value, scale, rounding)
            elif scale < wanted:
                value *= 10 ** (wanted - scale)
            return _text(abs(value) if absolute else value, wanted)

        return read

    def _shortened(self, value: int, scale: int, rounding: Rounding) -> int:
        unit: int = 10 ** (scale - self.places)
        whole, rest = divmod(value, unit)
        if not rest:
            return whole
        if not self.rounded:
            raise CellFault(
                "BAD_AMOUNT",
                " x ".join(self.columns),
                f"{_text(value, scale)} has more than {self.places} places; "
                'declare rounding = "half_up" in the column map if it may be rounded at import',
            )
        rounded = round_half_up(Fraction(value, unit))
        rounding.amounts += 1
        rounding.difference += Fraction(rounded * unit - value, 10**scale)
        return rounded


@lru_cache(maxsize=65_536)
def _scaled(text: str) -> tuple[int, int]:
    """ "2.55" -> (255, 2)."""
    text = text.strip()
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError(
            f"{text[:60]!r} is not a plain decimal: write ASCII digits with a '.' before the decimals, "
            "without separators or currency signs"
        )
    whole, _, decimals = text.partition(".")
    return int(whole + decimals), len(decimals)


def _text(value: int, places: int) -> str:
    digits = str(abs(value)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
