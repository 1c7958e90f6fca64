"""What a certificate was made with: the version, and a hash of the code that makes its numbers."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from importlib import resources


def package_version() -> str:
    """Return the version of this package."""
    from csea_stats.results.values import versions

    return dict(versions())["csea-stats"]


@cache
def code_fingerprint(code: tuple[str, ...]) -> str:
    """Return a hash of the files that make the limits, comments and docstrings left out."""
    folder = resources.files("csea_stats")
    found = hashlib.sha256()
    for name in code:
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
                first = body[0].value
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    del body[0]
        found.update(ast.dump(tree).encode())
    return found.hexdigest()[:12]
