"""Made-up exports in the shapes of survey tools, with what an independent count of them gives."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field

SCALES = [
    ["never", "sometimes", "often", "always"],
    ["Poor", "Fair", "Good", "Very good"],
    ["Strongly disagree", "Disagree", "Neutral", "Agree"],
    ["nikad", "ponekad", "često", "uvijek"],
    ["trifft gar nicht zu", "trifft eher zu", "trifft zu"],
    ["jamais", "parfois", "toujours"],
]
ANSWERS = ["Bus", "Tram", "Night train", "Bike", "On foot, with a dog", "Émile's taxi", "Ferry (east)", "Car"]
CODES = ["a1", "b2", "c3", "d4", "e5"]
ODD = [
    'say "no"',
    "semi;colon",
    "new\nline",
    "tab\tin it",
    "line sep",
    "comma, comma",
    "zero\u200bwidth",
    "ünïcode",
    "=1+1",
]


@dataclass
class Question:
    """One question of an export: its columns, and what each answer counts."""

    header: list
    cells: list
    counts: Counter = field(default_factory=Counter)
    total: float | None = None
    secret: bool = False
    kind: str = ""
    stem: str = ""
    items: list = field(default_factory=list)


def scale(rng, size, name):
    points = rng.choice(SCALES)
    cells = [[rng.choice([*points, points[1], ""])] for _ in range(size)]
    return Question([name], cells, Counter(row[0] for row in cells if row[0]), kind="scale")


def categories(rng, size, name):
    labels = rng.sample(["North", "South", "East", "West", "Mitte", "Žepče"], rng.randint(2, 4))
    cells = [[rng.choice(labels)] for _ in range(size)]
    return Question([name], cells, Counter(row[0] for row in cells), kind="categories")


def number(rng, size, name):
    values = [rng.choice([None, rng.randint(11, 99), rng.randint(100, 400)]) for _ in range(size)]
    cells = [["" if value is None else str(value)] for value in values]
    return Question([name], cells, total=float(sum(value or 0 for value in values)), kind="number")


def bands(rng, size, name):
    labels = ["under 18", "18-29", "30-44", "45-59", "60+"]
    cells = [[rng.choice(labels)] for _ in range(size)]
    return Question([name], cells, Counter(row[0] for row in cells), kind="bands")


def secrets(rng, size, name):
    cells = [[rng.choice(["", f"{rng.choice(ODD)} qz{rng.randint(10**6, 10**7)}"])] for _ in range(size)]
    return Question([name], cells, secret=True, kind="text")


def boxes(rng, size, name):
    style = rng.choice(["own", "01", "y", "yes", "checked"])
    patterns = ["{} [{}]", "{}/{}", "{} (choice={})", "{}___{}", "{} - {}", "{}: {}", "{} >> {}"]
    pattern = rng.choice(patterns)
    words = CODES if "___" in pattern else ANSWERS
    items = rng.sample(words, rng.randint(2, 4))
    marks = {"01": ("1", "0"), "y": ("Y", ""), "yes": ("Yes", "No"), "checked": ("Checked", "Unchecked")}
    cells, counts = [], Counter()
    for _ in range(size):
        chosen = [item for item in items if rng.random() < 0.5]
        counts.update(chosen)
        yes, no = marks.get(style, ("", ""))
        cells.append([(item if style == "own" else yes) if item in chosen else no for item in items])
    header = [pattern.format(name.replace("/", " "), item) for item in items]
    return Question(header, cells, counts, kind="boxes", stem=name, items=items)


def several(rng, size, name):
    separator = rng.choice([";", ", ", "\n", "|", " / ", " + "])
    words = [word for word in ANSWERS if separator.strip() not in word or not separator.strip()]
    items = rng.sample(words, rng.randint(3, 4))
    cells, counts = [], Counter()
    for _ in range(size):
        chosen = [item for item in items if rng.random() < 0.5]
        counts.update(chosen)
        rng.shuffle(chosen)
        cells.append([separator.join(chosen)])
    return Question([name], cells, counts, kind="several")


def mentions(rng, size, name):
    items = rng.sample(ANSWERS, 4)
    cells, counts = [], Counter()
    for _ in range(size):
        chosen = rng.sample(items, rng.randint(0, 3))
        counts.update(chosen)
        cells.append([*chosen, "", "", ""][:3])
    return Question([f"{name} {number}" for number in (1, 2, 3)], cells, counts, kind="mentions")


def decimals(rng, size, name):
    """Give numbers with decimals, among them texts that stand for one."""
    values = [rng.choice([None, rng.randint(0, 400) / 8]) for _ in range(size)]
    cells = [["" if value is None else repr(value)] for value in values]
    odd = rng.randrange(size)
    if rng.random() < 0.5:
        cells[odd], values[odd] = ["100+"], 0
    return Question([name], cells, total=float(sum(value or 0 for value in values)), kind="number")


def units(rng, size, name):
    values = [rng.choice([None, *[rng.randint(0, 100)] * 9]) for _ in range(size)]
    cells = [["" if value is None else f"{value} %"] for value in values]
    return Question([name], cells, total=float(sum(value or 0 for value in values)), kind="number")


def codes(rng, size, name):
    low = rng.randint(0, 1)
    cells = [[rng.choice([*map(str, range(low, low + 5)), "", "Don't know"])] for _ in range(size)]
    given = Counter(row[0] for row in cells if row[0] and row[0] != "Don't know")
    return Question([name], cells, given, kind="codes")


def yes_no(rng, size, name):
    pair = rng.choice([("yes", "no"), ("da", "ne"), ("Sí", "No"), ("Ja", "Nein")])
    cells = [[rng.choice(pair)] for _ in range(size)]
    return Question([name], cells, Counter(row[0] for row in cells), kind="yes_no")


def coded_words(rng, size, name):
    words = ["1 - never", "2 - sometimes", "3 - often"]
    cells = [[rng.choice(words)] for _ in range(size)]
    return Question([name], cells, Counter(row[0][4:] for row in cells), kind="coded_words")


MAKERS = [
    decimals,
    units,
    codes,
    yes_no,
    coded_words,
    scale,
    categories,
    number,
    bands,
    secrets,
    boxes,
    several,
    mentions,
]

TOOLS = [
    ("Timestamp", lambda row: f"3/{row % 28 + 1}/2024 9:00:12"),
    ("id", str),
    ("Respondent ID", lambda row: str(11890 + row)),
    ("IP Address", lambda row: f"192.0.2.{row % 250}"),
    ("Collector ID", lambda _: "4401"),
    ("submitdate", lambda row: f"2024-03-{row % 28 + 1:02d} 10:00:00"),
    ("lastpage", lambda _: "3"),
    ("_uuid", lambda row: f"u-{row}"),
    ("_submission_time", lambda row: f"2024-03-{row % 28 + 1:02d}T10:06:00"),
    ("Email Address", lambda row: f"r{row}@example.org"),
]


def made_export(rng):
    """Give an export's rows and its questions."""
    size = rng.randint(12, 40)
    questions = [
        rng.choice(MAKERS)(rng, size, f"Q{number} {rng.choice(['use?', 'rate: it', 'what', 'šta'])}")
        for number in range(rng.randint(1, 6))
    ]
    tool = rng.sample(TOOLS, rng.randint(0, 4))
    header = [name for name, _ in tool] + [name for question in questions for name in question.header]
    rows = [
        [make(row) for _, make in tool] + [cell for question in questions for cell in question.cells[row]]
        for row in range(size)
    ]
    if rng.random() < 0.2:  # a second header row, as some tools write it
        above = [name for name, _ in tool]
        below = [""] * len(tool)
        for question in questions:
            items = question.items or [str(number) for number in range(1, len(question.header) + 1)]
            above += [question.stem or question.header[0], *[""] * (len(items) - 1)]
            below += items if len(items) > 1 else ["Response"]
            question.header = [f"{above[-len(items)]} | {item}" for item in below[-len(items) :]]
        return [above, below, *rows], questions
    return [header, *rows], questions


def as_csv(rng, rows):
    """Give the bytes of a CSV, some of them with blank rows, titles or a row that is too short, and their encoding."""
    rows = list(rows)
    damage = rng.random()
    if damage < 0.1:
        rows.insert(len(rows) // 2, [""] * len(rows[0]))
    elif damage < 0.15 and len(rows[0]) > 2:
        rows = [["A survey, spring", *[""] * (len(rows[0]) - 1)], *rows]
    elif damage < 0.2 and len(rows[0]) > 1:
        rows[-1] = rows[-1][:-1]
    written = io.StringIO()
    quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    csv.writer(
        written, delimiter=rng.choice(",;\t"), quoting=quoting, lineterminator=rng.choice(["\n", "\r\n"])
    ).writerows(rows)
    text = written.getvalue()
    for encoding in rng.sample(["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1250"], 5):
        try:
            return text.encode(encoding), encoding
        except UnicodeEncodeError:
            continue
    raise AssertionError


BITS = [
    *(
        "",
        "",
        "NA",
        "N/A",
        "-",
        ".",
        "0",
        "1",
        "2",
        "-99",
        "1,5",
        "1.5",
        "1e400",
        "1.250",
        "10+",
        "under 5",
        "5-6",
        "none",
        "999",
        "99",
        "9",
        "45 %",
        "$1,200",
        "12 km",
        "1.0",
        "2.0",
        "\u2713",
        "#NULL!",
        "a / b",
        "b",
    ),
    *(
        "yes",
        "no",
        "Yes",
        "x",
        "Y",
        "Other",
        "a b",
        "a, b",
        "a;b;",
        "a|b",
        "Bus",
        "bus",
        "Don\u2019t know",
        "2024-03-05",
    ),
    *("3/4/2024 9:00", "a@b.org", "+387 61 123 456", "43.85 18.41", "1 - never", "(2) no", "5 = agree", "nan", "inf"),
    *(
        'say "no"',
        "new\nline",
        "\u200b",
        "\ufeff",
        "\u2028",
        "never",
        "always",
        "A1",
        "\u0645\u0631\u062d\u0628\u0627",
        "#",
        "=",
        "[a]",
        "__",
    ),
]

HEADS = [
    *(
        "id",
        "ID",
        "Q1",
        "Q1_1",
        "Q1_2",
        "Q1_TEXT",
        "a[1]",
        "a[2]",
        "a[other]",
        "b | x",
        "b | y",
        "c/d",
        "c/e",
        "c",
        "",
        "",
        "x",
        "d - x",
        "d - y",
        "e: f",
        "e: g",
        "h (i)",
        "h (j)",
        "k[1]. l [m]",
        "k[2]. l [n]",
    ),
    *(
        "s___1",
        "s____99",
        "Timestamp",
        "Status",
        "Finished",
        "submitdate",
        "Email",
        "name",
        "n 1",
        "n 2",
        "n 3",
        "Bus",
        "-",
        "é ü",
    ),
    *(
        "column 3",
        "x [1]",
        "consent",
        "latitude",
        "longitude",
        "_",
        "1",
        "variable",
        "\u200b",
        "a.b",
        "a-b",
        'q"q',
        "t\\t",
        "\n",
    ),
]


def made_grid(rng):
    """Give rows of odd cells, whose columns have few different ones."""
    width, size = rng.randint(1, 9), rng.randint(0, 14)
    pools = [rng.sample(BITS, rng.randint(1, 5)) for _ in range(width)]
    rows = [[rng.choice(HEADS) for _ in range(width)]]
    rows += [[rng.choice(pool) for pool in pools] for _ in range(size)]
    return rows
