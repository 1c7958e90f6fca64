"""The house rules that a reader relies on: data flow one way, modules stay small, imports stay cheap."""

import ast
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import csea_stats

PACKAGE = Path(csea_stats.__file__).parent

PAGE = Path(__file__).parents[1] / "docs" / "architecture.md"


def block(heading):
    """Return the first block of a section of the page on architecture."""
    return PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("```text\n")[1].split("```")[0]


FLOORS = [line.split(", ") for line in block("Floors").splitlines()]
ORDER = {
    folder: files.split(", ")
    for folder, _, files in (line.partition(": ") for line in block("Order").replace("\n   ", "").splitlines())
}


STATEMENTS = ast.stmt | ast.excepthandler | ast.match_case


@cache
def text_of(path):
    return path.read_text(encoding="utf-8")


@cache
def nodes_of(path):
    """Return the statements that name something: imports, functions, classes."""
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    left, found = [ast.parse(text_of(path))], []
    while left:  # no expression holds one of them: statements, and what they stand in, are enough
        inner = [one for one in ast.iter_child_nodes(left.pop()) if isinstance(one, STATEMENTS)]
        left += inner
        found += [one for one in inner if isinstance(one, kinds)]
    return found


NAMES = {
    ".".join(("csea_stats", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


@cache
def imported(path):
    """Return every module of this package that a file imports, wherever in it, type-only imports included."""
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name.split(".")[0] == "csea_stats")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "csea_stats":
            assert node.level == 0, path
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in NAMES else node.module)
    return frozenset(found)


def test_the_page_knows_every_room_and_every_file():
    rooms = {name.split(".")[1] for name in NAMES if name != "csea_stats"}
    assert {room for floor in FLOORS for room in floor} == rooms
    found = {}
    for name, path in NAMES.items():
        if path.name != "__init__.py" and path.parent != PACKAGE:
            folder, _, file = name.removeprefix("csea_stats.").rpartition(".")
            found.setdefault(folder, set()).add(file)
    assert {folder: set(files) for folder, files in ORDER.items()} == found


def test_data_flow_one_way():
    """Between floors, and in the order of the page within a folder: so there is no circle either."""
    floor = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
    wrong = []
    for name, path in NAMES.items():
        if name == "csea_stats":
            continue
        here = name.split(".")
        for other in imported(path) - {name, "csea_stats"}:
            there = other.split(".")
            below = floor[there[1]] < floor[here[1]]
            if here[1] == there[1]:
                order = ORDER.get(".".join(here[1:-1]), []) if here[:-1] == there[:-1] else []
                # An inner folder and the files around it are held apart by the test of circles.
                below = not {here[-1], there[-1]} <= set(order) or order.index(there[-1]) < order.index(here[-1])
            if not below:
                wrong.append(f"{name} imports {other}")
    assert not wrong, wrong


def test_no_circle_of_imports():
    """Also between a folder and a folder inside it, which the order of the page leaves open."""
    graph = {name: imported(path) - {"csea_stats"} for name, path in NAMES.items() if name != "csea_stats"}
    list(TopologicalSorter(graph).static_order())  # raises CycleError


def test_no_two_files_and_no_two_classes_share_a_name():
    files = Counter(path.stem for path in NAMES.values() if path.name != "__init__.py")
    classes = Counter(node.name for path in NAMES.values() for node in nodes_of(path) if isinstance(node, ast.ClassDef))
    assert not [name for name, number in [*files.items(), *classes.items()] if number > 1]


def test_a_small_file_has_more_than_one_user():
    users = {}
    for name, path in NAMES.items():
        for other in imported(path) - {name}:
            users.setdefault(other, set()).add(name)
    public = {f"csea_stats.{home}" for home in csea_stats._HOME.values()}
    lonely = [
        name
        for name, path in NAMES.items()
        if path.name != "__init__.py" and len(text_of(path).splitlines()) < 100
        if len(users.get(name, ())) == 1 and name not in public
    ]
    assert not lonely, lonely


def test_the_questions_of_the_page_name_files():
    answered = PAGE.read_text(encoding="utf-8").split("## Where is it answered?")[1].split("## ")[0]
    files = re.findall(r"`([a-z_/]+\.py)`", answered)
    assert len(files) == 11
    assert all((PACKAGE / file).is_file() for file in files)


def test_modules_and_functions_stay_small():
    too_long = []
    for path in NAMES.values():
        lines = text_of(path).splitlines()
        if len(lines) > 600:
            too_long.append(f"{path.name}: {len(lines)} lines")
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef):
                doc = set()
                if ast.get_docstring(node) is not None:
                    doc = set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
                code = [
                    n
                    for n in range(node.lineno, node.end_lineno + 1)
                    if n not in doc and lines[n - 1].strip() and not lines[n - 1].lstrip().startswith("#")
                ]
                if len(code) > 60:
                    too_long.append(f"{path.name}:{node.name}: {len(code)} lines of code")
    assert not too_long, too_long


def loaded_after(code):
    out = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(' '.join(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(out.stdout.split())


def test_importing_the_package_imports_nothing_heavy():
    found = loaded_after("import csea_stats")
    heavy = {"numpy", "scipy", "pandas", "pymc", "arviz", "matplotlib", "statsmodels", "pingouin", "pydantic", "jinja2"}
    assert not heavy & found
