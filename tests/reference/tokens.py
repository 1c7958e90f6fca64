"""Find every number token in the text of the report behind the survey of 2021.

``tokens.csv`` beside this file lists them: the token, the section or figure it stands in, its line and column (both
from 1), and either ``holds``, the printed number of the encoded survey that it is (a name as in
`csea_stats.survey.survey.Row`), or ``reason``, why it is none (a closed list, `REASONS`). The text itself is not
kept; it is known by the SHA-256 of its bytes. Which number a token is, is judgement, made once by reading; where the
tokens stand is derived here::

    python tests/reference/tokens.py REPORT.txt     # prints tokens.csv anew, keeping the judgements

What counts as a token:

- a run of digits, with ``%`` where it follows ("94%"); ranges are two tokens ("29-31%" is "29" and "31%");
- raised digits ("⁴");
- words for numbers from none to ninety-nine, with "percent" where it follows, also over the end of a line; half,
  third, quarter; first, second (so that nothing of the kind is passed over).

Vague words of quantity (most, majority) are no tokens. Extraction glued two texts of Figures 2 and 3 together:
"n = 246-10 years" is n = 24 and the group of 6-10 years, "n = 366-10 years" is n = 36 and the same group.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from pathlib import Path
from typing import NamedTuple

SHA256 = "c024b11a4f72471f5d88ca11d44fe3b8098c0e12c542481d934f48999337960f"

CSV = Path(__file__).with_suffix(".csv")

REASONS = (
    "about an organisation",
    "address",
    "bound of an answer",
    "case vignette",
    "definition of a term",
    "footnote mark",
    "list number",
    "manner of speech",
    "name of an answer",
    "name of a thing",
    "number of a figure",
    "page number",
    "place in a reference",
    "single voice quoted",
    "year in a reference",
)

UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
PARTS = {"half": "1/2", "third": "1/3", "thirds": "1/3", "quarter": "1/4", "quarters": "1/4"}

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

_WORDS = (
    rf"(?:(?:two|three)\s+(?:thirds|quarters)|(?:{'|'.join(TENS)})(?:-\s*(?:{'|'.join(UNITS)}))?"
    rf"|{'|'.join([*UNITS, *TEENS, 'none', *PARTS, 'first', 'second'])})\b(?:\s+percent\b)?"
)
TOKEN = re.compile(
    rf"(?P<address>https?://\S+)|(?P<glued>n = (?P<base>24|36)(?P<group>6-10))|(?P<digits>\d+%?)|(?P<raised>[⁰¹²³⁴-⁹]+)"
    rf"|(?P<words>\b{_WORDS})",
    re.IGNORECASE,
)

SECTIONS = (
    (1, "Partners"),
    (40, "Definitions"),
    (96, "Background"),
    (115, "The project"),
    (132, "Footnote 4"),
    (135, "Rationale"),
    (151, "Sample"),
    (183, "Footnotes 5 and 6"),
    (189, "Addresses"),
    (195, "Page head"),
    (198, "The survey"),
    (235, "Challenges and limitations"),
    (246, "Figure 1"),
    (254, "Gender"),
    (274, "Figure 1"),
    (286, "Gender"),
    (315, "Age"),
    (330, "Footnotes 7 and 8"),
    (336, "Figure 2"),
    (342, "Age"),
    (345, "Addresses"),
    (346, "Figure 3"),
    (352, "Age"),
    (360, "Offenders"),
    (371, "Figure 4"),
    (396, "Page head"),
    (399, "Offenders"),
    (408, "Challenges and influencing factors"),
    (418, "Figure 5"),
    (456, "Challenges and influencing factors"),
    (461, "Figure 6"),
    (560, "Awareness"),
    (595, "Barriers to disclosure"),
    (601, "Figure 7"),
    (606, "Figure 8"),
    (688, "Barriers to disclosure"),
    (705, "Quality and availability of support services"),
    (724, "Figure 9"),
    (763, "Quality and availability of support services"),
    (777, "Figure 10"),
    (778, "Figure 12"),
    (784, "Quality and availability of support services"),
    (802, "Figure 11"),
    (809, "Footnote 9"),
    (813, "Figure 12"),
    (822, "Addresses"),
    (826, "Figure 13"),
    (841, "Types of support services"),
    (856, "Figures 14 and 15"),
    (858, "Types of support services"),
    (872, "Figure 16"),
    (873, "Scenarios"),
    (888, "Footnote 10"),
    (893, "Scenarios"),
    (905, "Scenario of the student"),
    (916, "Scenario of the student, figure"),
    (921, "Scenario of the uncle"),
    (932, "Scenario of the uncle, figure"),
    (937, "Recommendations"),
)
"""The line from which each section or figure stands; a page's figure may come before its text."""


class Token(NamedTuple):
    """A number token and its place."""

    token: str
    section: str
    line: int
    column: int


def find(text: str) -> list[Token]:
    """Find every token of the text."""
    return [Token(token, section_of(line), line, column) for token, line, column in _found(text)]


def section_of(line: int) -> str:
    """Name the section or figure that a line stands in."""
    return [name for start, name in SECTIONS if start <= line][-1]


def _found(text: str) -> list[tuple[str, int, int]]:
    found = []
    for match in TOKEN.finditer(text):
        spans = [match.span()]
        if match["address"]:
            spans = [inner.span() for inner in re.compile(r"\d+").finditer(text, *match.span())]
        elif match["glued"]:
            start, end = match.span("group")
            spans = [match.span("base"), (start, start + 1), (end - 2, end)]
        for start, end in spans:
            token = re.sub(r"-\s+", "-", " ".join(text[start:end].split()))
            found.append((token, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)))
    return found


def value(token: str) -> str:
    """Give a token's number as text: "Fifty-five percent" is "55", "half" is "1/2", "⁴" is "4"."""
    word = token.lower().removesuffix("%").removesuffix(" percent")
    numbers = dict(zip([*UNITS, *TEENS], range(1, 20), strict=True)) | {"none": 0, "first": 1, "second": 2}
    many, _, part = word.rpartition(" ")
    if part in PARTS:
        return PARTS[part].replace("1/", f"{numbers[many]}/") if many else PARTS[part]
    if word in numbers:
        return str(numbers[word])
    tens, _, unit = word.partition("-")
    if tens in TENS:
        return str(20 + 10 * TENS.index(tens) + (numbers[unit] if unit else 0))
    return str(int(word.translate(RAISED)))


def read() -> list[dict[str, str]]:
    """Read tokens.csv."""
    with CSV.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(path: str) -> None:
    """Print tokens.csv anew."""
    content = Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        sys.exit("this is another text than the one that was read")
    known = {(row["line"], row["column"]): row for row in read()} if CSV.exists() else {}
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["token", "section", "line", "column", "holds", "reason"])
    for token in find(content.decode("utf-8")):
        row = known.get((str(token.line), str(token.column)), {})
        writer.writerow([*token, row.get("holds", ""), row.get("reason", "")])


if __name__ == "__main__":
    main(sys.argv[1])
