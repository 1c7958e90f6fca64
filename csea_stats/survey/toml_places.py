"""Where each key of a TOML text stands, and its comments."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator

Keys = tuple[str | int, ...]
"""Keys and positions that lead to a value: ("question", 3, "cells", 0, "percent"), counted from 0."""

_STRING = re.compile(
    r"""
    \"{3} (?:\\.|[^\\])*? \"{3,5}  # basic, over several lines
    | '{3} .*? '{3,5}              # literal, over several lines
    | " (?:\\.|[^"\\\n])* "        # basic
    | ' [^'\n]* '                  # literal
    """,
    re.DOTALL | re.VERBOSE,
)

_COMMENT = re.compile(rf"\#[^\n]*|{_STRING.pattern}", re.DOTALL | re.VERBOSE)

_KEY = re.compile(r'[ \t]*([A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')[ \t]*(\.?)')

_SPACE = re.compile(r"(?:\s+|#[^\n]*)+")

_SCALAR = re.compile(r"[^,\]}#\n]+")

_REST = re.compile(r"[^\n]*")


def key_lines(text: str) -> dict[Keys, int]:
    r"""Tell the line of every key and every list entry.

    Parameters
    ----------
    text : str
        A text that the TOML reader has accepted.

    Returns
    -------
    dict
        From path to line, counted from 1.

    Examples
    --------
    >>> key_lines('a = 1\n[[b]]\nc = [\n  { d = "x" },\n]\n')[("b", 0, "c", 0, "d")]
    4
    """
    return _Scanner(text).run()


def comments_of(text: str) -> list[tuple[Keys, str]]:
    r"""Return the comments of a TOML text, each with the key it stands behind, else with the next one, () at the end.

    Examples
    --------
    >>> comments_of('# a\nb = "#" # c\n# d')
    [(('b',), 'a'), (('b',), 'c'), ((), 'd')]
    """
    last = {line: path for path, line in sorted(key_lines(text).items(), key=lambda pair: (pair[1], len(pair[0])))}
    lines = list(last.items())
    found: list[tuple[Keys, str]] = []
    for match in _COMMENT.finditer(text):
        if match[0][0] != "#":  # a text
            continue
        line = text.count("\n", 0, match.start()) + 1
        place = bisect_right(lines, line, key=lambda pair: pair[0])
        behind = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        owners = [*lines[place - bool(behind) :], (0, ())]
        found.append((owners[0][1], match[0][1:].removeprefix(" ").rstrip()))
    return found


def tokens_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield every text and every comment of a TOML text as it is written, with its line."""
    line, at = 1, 0
    for match in _COMMENT.finditer(text):
        line, at = line + text.count("\n", at, match.start()), match.start()
        yield line, match[0]


def line_of(lines: dict[Keys, int], path: Keys) -> int:
    """Give the line of a path, or of the nearest thing around it that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


class _Scanner:
    """One pass over the text with its position, and where in the document it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Keys, int] = {}
        self.entries: dict[Keys, int] = {}  # how many [[...]] each list of tables has so far
        self.breaks = [match.start() for match in re.finditer("\n", text)]

    def run(self) -> dict[Keys, int]:
        prefix: Keys = ()
        while self.skip_space():
            if self.text[self.at] == "[":
                prefix = self.header()
            else:
                self.pair(prefix)
            self.move(_REST)
        return self.lines

    def mark(self, path: Keys) -> None:
        self.lines.setdefault(path, bisect_right(self.breaks, self.at - 1) + 1)

    def move(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match is not None

    def skip_space(self) -> bool:
        self.move(_SPACE)
        return self.at < len(self.text)

    def parts(self) -> tuple[str, ...]:
        """Read a key, dotted or not."""
        found = []
        while match := _KEY.match(self.text, self.at):
            self.at = match.end()
            word = match[1]
            if word[0] == '"':
                try:
                    word = json.loads(word)
                except ValueError:  # an escape that only TOML has
                    word = word[1:-1]
            found.append(word.strip("'") if word[:1] == "'" else word)
            if not match[2]:
                break
        return tuple(found)

    def header(self) -> Keys:
        """Read [a.b] or [[a.b]]."""
        double = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if double else 1
        words = self.parts()
        end, self.at = self.at, start
        path: Keys = ()
        for number, word in enumerate(words):
            path = (*path, word)
            if double and number == len(words) - 1:
                self.entries[path] = self.entries.get(path, 0) + 1
            self.mark(path)
            if path in self.entries:
                path = (*path, self.entries[path] - 1)
        self.mark(path)
        self.at = end
        return path

    def pair(self, prefix: Keys) -> None:
        """Read key = value, the value with all that is in it, without recursion."""
        start = self.at
        path = self.named(prefix)
        if self.at == start:
            self.at += 1  # not a key: the TOML reader would have refused it, so never get stuck
            return
        open_: list[tuple[Keys, int]] = []  # path of the open list or table; position in a list, -1 for a table
        self.value(path, open_)
        while open_ and self.skip_space():
            here, position = open_[-1]
            sign = self.text[self.at]
            if sign in "]}":
                self.at += 1
                open_.pop()
            elif sign == ",":
                self.at += 1
            elif position < 0:
                before = self.at
                inner = self.named(here)
                if self.at == before:
                    self.at += 1
                else:
                    self.value(inner, open_)
            else:
                open_[-1] = (here, position + 1)
                self.mark((*here, position))
                self.value((*here, position), open_)

    def named(self, prefix: Keys) -> Keys:
        """Read a key and its equals sign; mark every part of it."""
        start = self.at
        words = self.parts()
        end, self.at = self.at, start
        path = prefix
        for word in words:
            path = (*path, word)
            self.mark(path)
        self.at = end
        if self.text.startswith("=", self.at):
            self.at += 1
        return path

    def value(self, path: Keys, open_: list[tuple[Keys, int]]) -> None:
        """Step over a value, or into it."""
        self.skip_space()
        sign = self.text[self.at : self.at + 1]
        if sign == "[":
            open_.append((path, 0))
            self.at += 1
        elif sign == "{":
            open_.append((path, -1))
            self.at += 1
        elif not self.move(_STRING) and not self.move(_SCALAR):
            self.at += 1
