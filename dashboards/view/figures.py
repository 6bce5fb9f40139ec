"""How numbers look: grouped, with unit and sign, in the reader's language; and their exact text for machines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from dashboards.texts import Voice
from scoring.money import decimal_text, exponent_of, plain_text, round_half_up

SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$", "KRW": "₩"}
LARGE = {
    "zh": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, "B"), (10**6, "M"), (10**3, "K")),
}
"""Steps of short numbers by language, largest first."""

WHOLE_FROM = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Style:
    """How to write: language, currency of money, time zone of instants, and whether to shorten large numbers."""

    voice: Voice
    currency: str
    zone: str
    compact: bool = False

    def figure(self, value: Fraction, unit: str) -> str:
        """A value in its natural unit, for people: "¥12,345", "87.5%", "1 m 20 s", "3.25×"."""
        sign, size = ("−" if value < 0 else ""), abs(value)
        if unit == "money":
            symbol = SYMBOLS.get(self.currency, f"{self.currency} ")
            return f"{sign}{symbol}{self._amount(size)}"
        if unit == "ratio":
            return f"{sign}{grouped(size * 100, 1)}%"
        if unit == "multiple":
            return f"{sign}{grouped(size, 2)}×"
        if unit == "seconds":
            return sign + self._duration(size)
        if unit == "hours":
            return self.voice.say("unit.hours", n=sign + grouped(size, 1))
        if unit == "points":
            return self.voice.say("unit.points", n=sign + _trimmed(size, 2))
        return sign + self._count(size)

    def change(self, now: Fraction, before: Fraction, unit: str) -> str:
        """A signed change: percentage points between ratios, else relative to `before`, which is above 0."""
        size = grouped(abs(now - before) * 100 / (1 if unit == "ratio" else before), 1)
        sign = "±" if size == "0.0" else "+" if now > before else "−"
        return f"{sign}{size} pp" if unit == "ratio" else f"{sign}{size}%"

    def percent(self, value: Fraction) -> str:
        """A whole percentage of a target, cut off: 99.9 % of it is "99%", for it is not reached."""
        return ("−" if value < 0 else "") + f"{int(abs(value) * 100):,}%"

    def age(self, age_us: int) -> str:
        """An age in its coarsest fitting unit: "12 s", "3 min", "2 h"."""
        seconds = max(age_us, 0) // 1_000_000
        if seconds < 5:
            return self.voice.say("age.now")
        for size, key in ((86_400, "age.days"), (3600, "age.hours"), (60, "age.minutes")):
            if seconds >= size:
                return self.voice.say(key, n=seconds // size)
        return self.voice.say("age.seconds", n=seconds)

    def moment(self, us: int) -> str:
        """An instant in the company's zone: "10-14 20:31"."""
        return self._local(us).strftime("%m-%d %H:%M")

    def clock(self, us: int) -> str:
        """The time of day of an instant in the company's zone: "20:31"."""
        return self._local(us).strftime("%H:%M")

    def span(self, seconds: int) -> str:
        """A stretch of time: "3 h 12 m"."""
        return self._duration(Fraction(seconds))

    def _local(self, us: int) -> datetime:
        return (_EPOCH + timedelta(microseconds=us)).astimezone(ZoneInfo(self.zone))

    def _amount(self, size: Fraction) -> str:
        short = self._short(size)
        if short:
            return short
        return grouped(size, 0 if size >= WHOLE_FROM else exponent_of(self.currency))

    def _count(self, size: Fraction) -> str:
        return self._short(size) or grouped(size, 0 if size.denominator == 1 else 1)

    def _short(self, size: Fraction) -> str:
        if not self.compact:
            return ""
        for step, name in LARGE[self.voice.lang]:
            if size >= max(step, WHOLE_FROM):
                return grouped(size / step, 1 if size >= 100 * step else 2) + name
        return ""

    def _duration(self, seconds: Fraction) -> str:
        if seconds < 60 and seconds.denominator != 1 and round_half_up(seconds * 10) < 600:
            return self.voice.say("unit.seconds", s=_trimmed(seconds, 1))
        whole = round_half_up(seconds)
        if whole < 60:
            return self.voice.say("unit.seconds", s=whole)
        if whole < 3600:
            return self.voice.say("unit.minutes", m=whole // 60, s=f"{whole % 60:02d}")
        return self.voice.say("unit.long", h=whole // 3600, m=f"{whole % 3600 // 60:02d}")


def grouped(value: Fraction, places: int) -> str:
    """A value of 0 or more, half-up to `places` decimals, with commas between thousands: "1,234.50"."""
    whole, _, decimals = decimal_text(value, places).partition(".")
    return f"{int(whole):,}" + (f".{decimals}" if decimals else "")


def exact_text(value: Fraction) -> str:
    """A value without any rounding: a decimal when it is finite, else "n/d"; read back by `Fraction(text)`."""
    rest, places = value.denominator, 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    twos = fives = 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return plain_text(value, places + max(twos, fives))


def _trimmed(value: Fraction, places: int) -> str:
    text = grouped(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text
