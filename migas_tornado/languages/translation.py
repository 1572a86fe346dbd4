"""Texts in another language, found by their English form.

A catalogue's keys may have `{places}`: such a key stands for every text of its form, and what
stands at the places is put into the translation.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from migas_tornado.languages import (
    french,
    french_statistics,
    french_words,
    spanish,
    spanish_statistics,
    spanish_words,
)

_WORDS = {"es": spanish_words, "fr": french_words}
_STATISTICS = {"es": spanish_statistics, "fr": french_statistics}
_CATALOGUES = {
    language: messages
    | _STATISTICS[language].TITLES
    | _STATISTICS[language].PARTS
    | _WORDS[language].LABELS
    | _WORDS[language].LINKS
    for language, messages in (("es", spanish.MESSAGES), ("fr", french.MESSAGES))
}
_NAMES = {
    language: {"entity": words.ENTITIES, "list": words.LINKS, "relation": words.LINKS}
    for language, words in _WORDS.items()
}
"""Place in a text -> what may stand there and is translated too."""
_PLACE = re.compile(r"\{(\w+)\}")
LONGEST_TEXT = 1000
"""Longer texts are nobody's message, and not looked up."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A key with places."""

    pattern: re.Pattern[str]
    translation: str


def translate(text: str, language: str) -> str:
    """Return a text in a language; in English where there is no translation."""
    catalogue = _CATALOGUES.get(language)
    if catalogue is None or len(text) > LONGEST_TEXT:
        return text
    if text in catalogue:
        return catalogue[text]
    for form in _forms(language):
        if found := form.pattern.fullmatch(text):
            return _filled(form.translation, found.groupdict(), _NAMES[language])
    return text


def translate_all(value: Any, language: str) -> Any:
    """Return a JSON value with each text in it translated; the keys of objects stay."""
    if isinstance(value, str):
        return translate(value, language)
    if isinstance(value, dict):
        return {key: translate_all(item, language) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [translate_all(item, language) for item in value]
    return value


@cache
def _forms(language: str) -> tuple[_Form, ...]:
    """Return the keys with places, those with the most text of their own first."""
    keys = [key for key in _CATALOGUES[language] if _PLACE.search(key)]
    keys.sort(key=lambda key: len(_PLACE.sub("", key)), reverse=True)
    return tuple(_Form(_pattern(key), _CATALOGUES[language][key]) for key in keys)


def _pattern(key: str) -> re.Pattern[str]:
    parts = _PLACE.split(key)
    texts = (re.escape(part) for part in parts[::2])
    places = (f"(?P<{name}>.*)" for name in parts[1::2])
    return re.compile(
        "".join(text + place for text, place in zip(texts, [*places, ""], strict=True))
    )


def _filled(translation: str, found: dict[str, str], names: dict[str, dict[str, str]]) -> str:
    """Put what was found at the places."""

    def value(place: re.Match[str]) -> str:
        text = found[place[1]]
        return names.get(place[1], {}).get(text, text)

    return _PLACE.sub(value, translation)
