"""The README's Python shows its true output, and what it points to exists."""

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_five_lines_print_what_is_shown():
    (block,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    test = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
    assert len(test.examples) == 5
    assert all(example.want for example in test.examples if not example.source.startswith(("import", "share =")))
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(test) == doctest.TestResults(0, 5)


def test_links_lead_somewhere():
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(targets) >= 5
    assert not [target for target in targets if not target.startswith("http") and not (ROOT / target).exists()]


def test_it_names_the_two_commands():
    assert "pip install uv && uv run csea-stats report" in README
    assert "pip install uv && uv run pytest" in README
