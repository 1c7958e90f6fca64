"""The house rules that a reader relies on: data flow one way, modules stay small, imports stay cheap."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import csea_stats

PACKAGE = Path(csea_stats.__file__).parent

STAGES = (
    *("survey", "respondents", "auditing", "estimators", "regression", "synthesis"),
    *("claims", "report", "workflow", "cli"),
)
ALLOWED = {
    "errors": set(),
    "base": {"errors"},
    "targets": {"errors", "base"},
    "results": {"errors", "targets"},
    **{stage: {"errors", "base", "targets", "results", *STAGES[:place]} for place, stage in enumerate(STAGES)},
}


def modules():
    return sorted(PACKAGE.rglob("*.py"))


@cache
def text_of(path):
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path):
    return ast.parse(text_of(path))


def room(path):
    """Return the stage a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(tree):
    """Yield every name of this package that a module imports, wherever in it, type-only imports included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "csea_stats")
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "csea_stats":
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def test_data_flow_one_way():
    wrong = []
    for path in modules():
        here = room(path)
        if here == "__init__":
            continue
        for name in imported(tree_of(path)):
            there = name.split(".")[1]
            if there in ALLOWED and there != here and there not in ALLOWED[here]:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    # A survey hands out its own table and a target its own arithmetic; neither leaves its room.
    assert not wrong, wrong


def test_every_room_is_known():
    rooms = {room(path) for path in modules()} - {"__init__"}
    assert rooms == set(ALLOWED)


def test_no_relative_imports_and_no_cycles():
    graph = {}
    names = {".".join(("csea_stats", *path.relative_to(PACKAGE).with_suffix("").parts)): path for path in modules()}
    names = {name.removesuffix(".__init__"): path for name, path in names.items()}
    for name, path in names.items():
        tree = tree_of(path)
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level], path
        graph[name] = set()
        for node in tree.body:  # those that run at import time
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("csea_stats"):
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    graph[name].add(whole if whole in names else node.module)
    state = {}

    def visit(name, trail):
        assert state.get(name) != "open", " -> ".join([*trail, name])
        if name not in state:
            state[name] = "open"
            for other in graph.get(name, ()):
                visit(other, [*trail, name])
            state[name] = "done"

    for name in graph:
        visit(name, [])


def test_modules_and_functions_stay_small():
    too_long = []
    for path in modules():
        lines = text_of(path).splitlines()
        if len(lines) > 600:
            too_long.append(f"{path.name}: {len(lines)} lines")
        for node in ast.walk(tree_of(path)):
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
