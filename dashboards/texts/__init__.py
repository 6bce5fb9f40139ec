"""The family of languages: every sentence the boards say, in each language, from one table."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.texts import en, zh
from scoring.reference import Label

TEXTS: dict[str, dict[str, str]] = {"zh": zh.TEXTS, "en": en.TEXTS}
"""Messages by language and key; a test fails when a key or a placeholder is missing in one of them."""

HTML_LANGS: dict[str, str] = {"zh": "zh-Hans", "en": "en"}
DEFAULT_LANG = "zh"


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language; `lang` is a key of TEXTS."""

    lang: str

    def say(self, key: str, **values: object) -> str:
        """The message of a key with its placeholders filled; KeyError when the key is unknown."""
        return TEXTS[self.lang][key].format(**values)

    def pick(self, label: Label) -> str:
        """A label in this language, else in the other one, so that a name is never blank."""
        return (label.zh or label.en) if self.lang == "zh" else (label.en or label.zh)


def negotiate(accepted: str) -> str:
    """The language of an Accept-Language header: the best-weighted one we speak, else Chinese."""
    ranked: list[tuple[int, int, str]] = []
    for place, part in enumerate(accepted.split(",")):
        tag, _, parameters = part.strip().partition(";")
        lang = tag.strip().lower().partition("-")[0]
        if lang in TEXTS:
            ranked.append((-_permille(parameters), place, lang))
    return min(ranked)[2] if ranked else DEFAULT_LANG


def _permille(parameters: str) -> int:
    name, _, text = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1000
    whole, _, decimals = text.strip().partition(".")
    digits = (decimals + "000")[:3]
    return int(whole) * 1000 + int(digits) if whole.isdigit() and digits.isdigit() else 0
