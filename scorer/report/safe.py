"""
Text of models, programs and data, made safe for a page: it is hostile until it has been through here.

What is not plainly visible (escape sequences, directional overrides, zero-width characters) is shown as an escape, one
look at which tells a reader that it is there. JSON that stands in a page can end no element and begin none.
"""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup

# `<` could end the element, `&` is read differently in XHTML; the others break scripts, encoders or the reader's eye.
_UNSAFE_IN_SCRIPT = re.compile(
    "[<>&\u2028\u2029\ud800-\udfff\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def visible(text: object) -> object:
    """Text for a template with every character that is not plainly visible as an escape; anything else as it is."""
    if not isinstance(text, str) or isinstance(text, Markup) or text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def script_json(value: Any) -> str:
    """
    JSON for a `<script type="application/json">`: it decodes to the same value, whatever the value holds.

    Half surrogate pairs and invisible characters are escaped as well, so the page is well-formed UTF-8, and whoever
    reads its source sees what is there.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE_IN_SCRIPT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "backslashreplace").decode("ascii")
