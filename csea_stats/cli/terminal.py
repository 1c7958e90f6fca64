"""What a command writes: nothing that steers a terminal, in the encoding that the stream says."""

from __future__ import annotations

import codecs
import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass

from csea_stats.errors import CONTROLS, TURNING

_STEERING = re.compile(rf"[{CONTROLS}\r{TURNING}]")
"""Control signs but the tab and the end of a line, and those that turn the direction of writing, as they are shown."""

_LIKE = {"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2192": "->", "\u2264": "<=", "\u2265": ">=", "\u03c4": "tau"}
"""Signs that have no plain form of their own, in signs that every encoding has."""


def shown(text: str) -> str:
    """Return a text with every sign that would steer a terminal written out."""
    return _STEERING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text.replace("\r\n", "\n"))


def echo(message: object = "", *, nl: bool = True, err: bool = False) -> None:
    """Write a message with nothing in it that steers a terminal, in the encoding that the stream says."""
    stream = sys.stderr if err else sys.stdout
    stream.write(shown(str(message)) + "\n" * nl)
    stream.flush()


def _in_plain_signs(error: UnicodeError) -> tuple[str, int]:
    """Replace signs that an encoding lacks by the nearest that it has: a minus by a hyphen."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    plain = "".join(_LIKE.get(sign) or unicodedata.normalize("NFKD", sign) for sign in lacking)
    return plain.encode("ascii", "backslashreplace").decode("ascii"), error.end


def make_writable() -> None:
    """Let both streams take every text."""
    codecs.register_error("csea-plain", _in_plain_signs)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="csea-plain")


def json_text(value: object) -> str:
    """Return a value as JSON: a dataclass by its fields, infinity as the text "inf", signs as the stream has them."""
    text = json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, indent=1)
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    return text if encoding == "utf8" else json.dumps(json.loads(text), indent=1)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(member) for member in value]
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value
