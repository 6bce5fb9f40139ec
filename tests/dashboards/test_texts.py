"""Both languages say everything."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from dashboards.texts import HTML_LANGS, TEXTS, Voice, negotiate
from scoring.reference import Label

SAID = re.compile(r"""say\(\s*"([a-z_]+\.[A-Za-z_.]+)"(?! ~)""")
CHOSEN = re.compile(r'"([a-z]+\.[A-Za-z_.]+)"')


def placeholders(text: str) -> set[str]:
    """The names of a message's placeholders."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_no_message_is_missing() -> None:
    """Every language has exactly the messages of the first, none of them blank."""
    first = TEXTS["zh"]
    for lang, messages in TEXTS.items():
        assert set(messages) == set(first), f"{lang}: {set(messages) ^ set(first)}"
        assert all(text.strip() for text in messages.values())
    assert set(HTML_LANGS) == set(TEXTS)


def test_placeholders_agree() -> None:
    """A message has the same placeholders in every language."""
    for key, text in TEXTS["zh"].items():
        assert {lang: placeholders(messages[key]) for lang, messages in TEXTS.items()} == dict.fromkeys(
            TEXTS, placeholders(text)
        ), key


def test_every_message_that_is_asked_for_exists(repository: Path) -> None:
    """Every key written in a template or module of the boards is in the table."""
    folder = repository / "dashboards"
    asked = {
        key
        for path in (
            *folder.glob("web/**/*.html"),
            *folder.glob("boards/*.py"),
            *folder.glob("view/*.py"),
            *folder.glob("web/*.py"),
        )
        for key in SAID.findall(path.read_text("utf-8"))
    }
    assert len(asked) > 60
    assert asked <= set(TEXTS["zh"]), asked - set(TEXTS["zh"])


def test_every_message_is_used(repository: Path) -> None:
    """No message is left over: each key, or the stem that it is chosen by, is written somewhere."""
    folder = repository / "dashboards"
    paths = (
        *folder.glob("web/**/*.html"),
        *folder.glob("boards/*.py"),
        *folder.glob("view/*.py"),
        *folder.glob("alerts/*.py"),
        *folder.glob("web/*.py"),
    )
    source = "".join(path.read_text("utf-8") for path in paths)
    unused = [
        key
        for key in TEXTS["zh"]
        if f'"{key}"' not in source and f"'{key}'" not in source and f'"{key.rpartition(".")[0]}.' not in source
    ]
    assert not unused


def test_chinese_is_chinese_and_english_is_english() -> None:
    """No Chinese sentence stands in the English table, except the name of the other language."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert [key for key, text in TEXTS["en"].items() if chinese.search(text)] == ["nav.lang"]


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "zh"),
        ("en-US,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr-FR,en;q=0.5,zh;q=0.7", "zh"),
        ("de, fr", "zh"),
        ("en;q=bad, zh;q=0.1", "zh"),
        (";;;,=,", "zh"),
    ],
)
def test_the_browser_chooses_the_language(header: str, lang: str) -> None:
    """The best-weighted language that we speak wins; Chinese when there is none, whatever the header holds."""
    assert negotiate(header) == lang


def test_a_name_is_never_blank() -> None:
    """A label that lacks one language is shown in the other."""
    assert Voice("en").pick(Label("张伟", "")) == "张伟"
