"""Exact money: integer minor units, the one rounding function, and splits that always add up to the whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm

_EXPONENT_0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_EXPONENT_3 = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENT_4 = "CLF UYW"
_EXPONENT_2 = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
    "CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW ZWG"
)

#: Decimal places of each active ISO 4217 currency.
EXPONENTS: dict[str, int] = {
    code: exponent
    for exponent, codes in enumerate((_EXPONENT_0, "", _EXPONENT_2, _EXPONENT_3, _EXPONENT_4))
    for code in codes.split()
}

_AMOUNT = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,6}))?", re.ASCII)


def exponent_of(currency: str) -> int:
    """Decimal places of `currency`; ValueError when it is not an ISO 4217 code of the table."""
    exponent = EXPONENTS.get(currency)
    if exponent is None:
        raise ValueError(f"unknown currency {currency!r}: use an ISO 4217 code in capitals, such as CNY")
    return exponent


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency in integer minor units (fen, cents); arithmetic refuses mixed currencies."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is a whole number of minor units, not {self.minor!r}; use to_minor() to round")
        exponent_of(self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{decimal_text(self.as_fraction(), exponent_of(self.currency))} {self.currency}"

    def as_fraction(self) -> Fraction:
        """The amount in major units (yuan), exactly."""
        return Fraction(self.minor, 10 ** exponent_of(self.currency))

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(
                f"cannot combine {self.currency} with {other.currency}: convert one at a recorded rate first"
            )
        return other.minor


def round_half_up(x: Fraction | int) -> int:
    """The nearest integer, halves away from zero: 2.5 -> 3, -2.5 -> -3. The only rounding of the product.

    The rule is symmetric about zero so that a refund rounds like the sale that it takes back, and the two cancel.
    """
    magnitude = (2 * abs(x.numerator) + x.denominator) // (2 * x.denominator)
    return magnitude if x >= 0 else -magnitude


def to_minor(x: Fraction | int, currency: str) -> int:
    """`x` major units as minor units of `currency`, rounded half-up once (6-pay.md §6.14)."""
    return round_half_up(x * 10 ** exponent_of(currency))


def parse_minor(text: str, currency: str) -> int:
    """Minor units of a decimal text such as "-1234.50"; nothing is ever rounded.

    Grammar: ASCII `-?\\d{1,15}(\\.\\d{1,6})?`. ValueError on any other shape, and on more decimals than the
    currency has.
    """
    exponent = exponent_of(currency)
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(
            f"amount {text!r} is not a plain decimal: write up to 15 digits, an optional '-' in front, "
            "and a '.' before the decimals, without separators or currency signs"
        )
    sign, whole, decimals = match[1], match[2], match[3] or ""
    if len(decimals) > exponent:
        raise ValueError(
            f"amount {text!r} has {len(decimals)} decimals but {currency} has {exponent}: "
            "round it where it was computed, it is not rounded here"
        )
    minor = int(whole + decimals.ljust(exponent, "0"))
    return -minor if sign else minor


def largest_remainder(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """`total` split into integers in proportion to `weights`; the parts always sum to `total`.

    Ties of remainders go to the earlier position: callers order by ascending employee id (6-pay.md §6.6). A negative
    total mirrors the positive split, so that a refund takes back from each exactly what the sale gave. ValueError when
    a weight is negative or all of them are zero.
    """
    whole = Fraction(sum(weights))
    if any(weight < 0 for weight in weights):
        raise ValueError(f"a split weight is negative: {_listed(weights)}; weights are shares, 0 or more")
    if whole == 0:
        raise ValueError(
            f"nothing to split by: the weights {_listed(weights)} sum to 0; name at least one share above 0"
        )
    unit = lcm(*(Fraction(weight).denominator for weight in weights))
    return list(split_whole(total, tuple(int(weight * unit) for weight in weights), int(whole * unit)))


@lru_cache(maxsize=65_536)
def split_whole(total: int, weights: tuple[int, ...], whole: int) -> tuple[int, ...]:
    """`largest_remainder` for integer weights of 0 or more that are known to sum to `whole`, above 0."""
    shares = [divmod(abs(total) * weight, whole) for weight in weights]
    parts = [part for part, _ in shares]
    missing = abs(total) - sum(parts)
    for position in sorted(range(len(parts)), key=lambda place: (-shares[place][1], place))[:missing]:
        parts[position] += 1
    return tuple(parts if total >= 0 else (-part for part in parts))


def decimal_text(x: Fraction | int, places: int) -> str:
    """`x` as a decimal text with exactly `places` decimals, half-up: 2/3 with 2 places is "0.67". For display."""
    scaled = round_half_up(x * 10**places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def plain_text(x: Fraction | int, places: int = 6) -> str:
    """`x` as a decimal text with at most `places` decimals and no trailing zeros: 3/2 is "1.5". For display."""
    text = decimal_text(x, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent_text(x: Fraction | int, places: int = 4) -> str:
    """A ratio as a percentage: 3/5 is "60%". For display."""
    return plain_text(x * 100, places) + "%"


def grouped_text(x: Fraction | int, places: int = 2) -> str:
    """An amount with spaces between thousands, trailing zero decimals dropped: "50 000" or "1 234.5". For display."""
    whole, _, decimals = decimal_text(x, places).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    head = len(digits) % 3
    groups = ([digits[:head]] if head else []) + [digits[at : at + 3] for at in range(head, len(digits), 3)]
    decimals = decimals.rstrip("0")
    return sign + " ".join(groups) + (f".{decimals}" if decimals else "")


def _listed(weights: Sequence[Fraction | int]) -> str:
    return "[" + ", ".join(str(weight) for weight in weights) + "]"
