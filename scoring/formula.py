"""The small typed formula language of definitions: numbers, names, + - * /, comparisons and functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.money import round_half_up

Number = Fraction | None
"""A value; None is "not known" and makes whatever is computed from it not known, never 0."""

Names = Callable[[str], Number]
Compiled = Callable[[Names], Number]

LONGEST = 500
DEEPEST = 30
MOST_PLACES = 12
FUNCTIONS = {"min": (1, 9), "max": (1, 9), "clamp": (3, 3), "round": (2, 2), "if": (3, 3), "known": (2, 2)}
_TOKEN = re.compile(
    r"\s*(?:(\d+(?:\.\d+)?)|([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?(?:@[a-z0-9]+)?)|(<=|>=|==|!=|[-+*/(),<>]))", re.ASCII
)
_BINDS = {"<": 1, "<=": 1, ">": 1, ">=": 1, "==": 1, "!=": 1, "+": 2, "-": 2, "*": 3, "/": 3}


class FormulaError(ValueError):
    """A formula that can not be read; the message shows where."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled formula: its text, the names that it uses, and the function that computes it."""

    text: str
    names: tuple[str, ...]
    compute: Compiled

    def __call__(self, names: Names) -> Number:
        return self.compute(names)


def parse_formula(text: str) -> Formula:
    """Compile a formula once into plain functions; FormulaError says what is wrong and where."""
    if len(text) > LONGEST:
        raise FormulaError(f"the formula has {len(text)} characters; at most {LONGEST} are allowed, split it up")
    parser = _Parser(text, _tokens(text))
    compiled = parser.expression(0, 0)
    if parser.at < len(parser.tokens):
        raise parser.error(f"did not expect {parser.tokens[parser.at][0]!r}")
    return Formula(text, tuple(sorted(parser.names)), compiled)


def _tokens(text: str) -> list[tuple[str, int]]:
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormulaError(f"can not read {text[at:].strip()[:12]!r} at character {at + 1} of {text!r}")
        tokens.append((match.group(match.lastindex or 0), match.start(match.lastindex or 0)))
        at = match.end()
    return tokens


class _Parser:
    """A precedence-climbing parser that emits closures."""

    def __init__(self, text: str, tokens: list[tuple[str, int]]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.names: set[str] = set()

    def error(self, message: str) -> FormulaError:
        place = self.tokens[self.at][1] + 1 if self.at < len(self.tokens) else len(self.text) + 1
        return FormulaError(f"{message} at character {place} of {self.text!r}")

    def take(self, expected: str | None = None) -> str:
        if self.at >= len(self.tokens):
            raise self.error(f"expected {expected or 'a value'}")
        token = self.tokens[self.at][0]
        if expected is not None and token != expected:
            raise self.error(f"expected {expected!r}, found {token!r}")
        self.at += 1
        return token

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def expression(self, binding: int, depth: int) -> Compiled:
        if depth > DEEPEST:
            raise self.error(f"nested deeper than {DEEPEST}")
        left = self.value(depth)
        while self.peek() in _BINDS and _BINDS[self.peek()] > binding:
            sign = self.take()
            left = _binary(sign, left, self.expression(_BINDS[sign], depth + 1))
        return left

    def value(self, depth: int) -> Compiled:
        token = self.take()
        if token == "-":
            inner = self.expression(3, depth + 1)
            return _binary("-", _constant(Fraction(0)), inner)
        if token == "(":
            inner = self.expression(0, depth + 1)
            self.take(")")
            return inner
        if token[0].isdigit():
            return _constant(Fraction(token))
        if token in FUNCTIONS and self.peek() == "(":
            return self.call(token, depth)
        if not token[0].isalpha():
            self.at -= 1
            raise self.error(f"did not expect {token!r}")
        self.names.add(token)
        return lambda names: names(token)

    def call(self, name: str, depth: int) -> Compiled:
        self.take("(")
        arguments = [self.expression(0, depth + 1)]
        while self.peek() == ",":
            self.take()
            arguments.append(self.expression(0, depth + 1))
        self.take(")")
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise self.error(f"{name}() takes {least} to {most} values, not {len(arguments)}, just before")
        return _called(name, arguments)


def _constant(value: Fraction) -> Compiled:
    return lambda names: value


def _divided(left: Fraction, right: Fraction) -> Number:
    return left / right if right else None


_OPERATIONS: Mapping[str, Callable[[Fraction, Fraction], Number]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divided,
    "<": lambda left, right: Fraction(left < right),
    "<=": lambda left, right: Fraction(left <= right),
    ">": lambda left, right: Fraction(left > right),
    ">=": lambda left, right: Fraction(left >= right),
    "==": lambda left, right: Fraction(left == right),
    "!=": lambda left, right: Fraction(left != right),
}


def _binary(sign: str, left: Compiled, right: Compiled) -> Compiled:
    operation = _OPERATIONS[sign]

    def compute(names: Names) -> Number:
        one, other = left(names), right(names)
        return None if one is None or other is None else operation(one, other)

    return compute


def _called(name: str, arguments: list[Compiled]) -> Compiled:
    if name == "if":
        return _choice(*arguments)
    if name == "known":
        return _fallback(*arguments)

    def compute(names: Names) -> Number:
        values = [argument(names) for argument in arguments]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        if name == "clamp":
            return min(max(known[0], known[1]), known[2])
        if name == "round":
            return _rounded(known[0], known[1])
        return min(known) if name == "min" else max(known)

    return compute


def _rounded(value: Fraction, places: Fraction) -> Number:
    if places.denominator != 1 or abs(places) > MOST_PLACES:
        return None
    scale = Fraction(10) ** int(places)
    return round_half_up(value * scale) / scale


def _fallback(value: Compiled, instead: Compiled) -> Compiled:
    def compute(names: Names) -> Number:
        found = value(names)
        return instead(names) if found is None else found

    return compute


def _choice(condition: Compiled, then: Compiled, otherwise: Compiled) -> Compiled:
    def compute(names: Names) -> Number:
        holds = condition(names)
        if holds is None:
            return None
        return then(names) if holds else otherwise(names)

    return compute
