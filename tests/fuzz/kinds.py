"""Random and hostile inputs, kind by kind: a number gives the same input again, and what is asked of it.

Each kind takes a random generator, a folder and `ask`, which calls and returns what is answered, or None where the
answer is a documented error. Whatever else a call ends in goes on up.
"""

import io
import json
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

import csea_stats as cs
from csea_stats.claims.claim_files import load_claims
from csea_stats.encoding.drafts import draft
from csea_stats.encoding.grids import read_grids
from csea_stats.regression.archive import packed, read_archive
from csea_stats.respondents.codebook_files import load_codebook
from csea_stats.survey.named_files import shipped_folder
from tests.auditing.true_surveys import KINDS as TRUE_SURVEYS
from tests.encoding.conftest import HEAD
from tests.fuzz.calls import KINDS as CALLS
from tests.fuzz.hostile_texts import some_text, with_other_bytes, with_other_lines
from tests.fuzz.labels import KINDS as LABELS
from tests.fuzz.models import KINDS as MODELS


@cache
def shipped(*parts):
    return tuple(p.read_text(encoding="utf-8") for p in shipped_folder(*parts).iterdir() if p.name.endswith(".toml"))


BOOK = cs.Codebook(
    {
        "q": cs.Categories("a", "b"),
        "t": cs.Ordered("low", "middle", "high"),
        "m": cs.Multiple(items=("x", "y"), separator=";"),
        "n": cs.Number(unit="years", minimum=0, maximum=99),
    }
)


FOLDERS = {"survey": ("survey", "data"), "claims": ("claims", "data"), "model": ("models",)}
FOLDERS["codebook"] = ("respondents", "codebooks")


def toml_files(rng, folder, ask):
    """Files of surveys, claims, codebooks and models, changed."""
    what = rng.choice(list(FOLDERS))
    texts = [BOOK.to_toml(), *shipped(*FOLDERS[what])] if what == "codebook" else shipped(*FOLDERS[what])
    text = rng.choice(texts)
    path = folder / "a.toml"
    if rng.random() < 0.3:
        path.write_bytes(with_other_bytes(rng, text.encode()))
    else:
        path.write_bytes(with_other_lines(rng, text).encode("utf-8", "surrogatepass"))
    if what == "claims":
        survey = cs.load_survey(rng.choice(cs.survey_names()))
        ask("claims", lambda: load_claims(survey, path))
    else:
        load = {"survey": cs.load_survey, "codebook": load_codebook, "model": cs.load_model}[what]
        ask(what, lambda: load(path))


def checked_estimates(found):
    """Whatever is told of a survey is a number within its bounds, and can be written and read again."""
    for one in found:
        assert one.value is None or not np.isnan(one.value), one  # a tipping point may be unlimited
        low, high = one.bounds or (one.value, one.value)
        assert low is None or low <= high, one
        if one.interval is not None and "share" in one.estimand:
            assert 0 <= one.interval.lower <= one.interval.upper <= 1, one
    assert list(cs.Estimates.from_json(found.to_json())) == list(found)


def surveys(rng, folder, ask):
    """Surveys whose print is true, with other numbers and labels: from a file to the audit and to estimates."""
    text = TRUE_SURVEYS[rng.choice(list(TRUE_SURVEYS))](rng).survey().to_toml()
    path = folder / "a.toml"
    path.write_bytes((with_other_lines(rng, text) if rng.random() < 0.9 else text).encode("utf-8", "surrogatepass"))
    survey = ask("survey", lambda: cs.load_survey(path))
    if survey is None:
        return
    path.write_text(survey.to_toml(), encoding="utf-8")
    assert cs.load_survey(path) == survey
    found = ask("audit", lambda: cs.audit(survey))
    ask("findings", lambda: (found.rows(), found.table()))
    if rng.random() < 0.2 and (told := ask("estimates", lambda: cs.estimate(survey))) is not None:
        checked_estimates(told)
        if rng.random() < 0.2:
            ask("report", lambda: cs.write_report(survey, folder / "report"))


ENCODINGS = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1", "cp1250", "cp1251", "cp1256"),
    *("mac_roman", "shift_jis", "gb18030", "euc_kr", "big5", "iso2022_jp", "koi8_r", "cp437", "utf-7"),
)
CELLS = ("a", "b", "", " ", "low", "x;y", "x", "7", "150", "q", ",", ";", "\t", '"', "\n", "\r\n", "\r", "\v", "\f")


def answers(rng, folder, ask):
    """Files of answers: odd line ends, quotes, blanks, signs and encodings."""
    text = "".join(rng.choice(CELLS) if rng.random() < 0.8 else some_text(rng) for _ in range(rng.randint(0, 60)))
    head = rng.choice(["q\n", "q,t\n", "q,t,m,n\n", "q;t;m;n\r\n", "q\tt\tm\tn\n", "", "q,q\n"])
    if rng.random() < 0.4:
        rows = (",".join(rng.choice(CELLS[:9]).replace(",", "") for _ in range(4)) for _ in range(rng.randint(0, 20)))
        head, text = "q,t,m,n\n", "\n".join(rows)
    path = folder / rng.choice(["a.csv", "a.tsv", "a.txt"])
    try:
        content = (head + text).encode(rng.choice(ENCODINGS), rng.choice(["surrogatepass", "replace"]))
    except UnicodeError:
        content = (head + text).encode("utf-8", "surrogatepass")
    path.write_bytes(with_other_bytes(rng, content) if rng.random() < 0.2 else content)
    read_and_counted(rng, path, ask)


def read_and_counted(rng, path, ask):
    data = ask("answers", lambda: cs.read_respondents(path, rng.choice([BOOK, cs.Codebook({"q": BOOK["q"]})])))
    if data is not None:
        column = data.column("q")
        assert sum(column.counts) + sum(column.why.values()) == len(data)
    drafted = ask("codebook", lambda: cs.draft_codebook(path))
    if drafted is not None:
        again = path.with_name("book.toml")
        again.write_text(drafted.to_toml(), encoding="utf-8")
        assert load_codebook(again) == drafted


@cache
def files_of_answers():
    """A workbook, an SPSS and a Stata file of the same answers, as bytes."""
    folder = Path(tempfile.mkdtemp())
    rows = {"q": ["a", "b", "a", ""] * 5, "t": ["low", "high", "", "middle"] * 5, "n": [1.0, 20.0, None, 33.0] * 5}
    frame = pd.DataFrame(rows)
    frame.to_excel(folder / "a.xlsx", index=False)
    codes = frame.assign(q=[1.0, 2.0, 1.0, None] * 5)
    labels = {"q": {1.0: "a", 2.0: "b"}}
    pyreadstat.write_sav(codes, folder / "a.sav", variable_value_labels=labels, column_labels=["One", "Two", "Three"])
    pyreadstat.write_dta(codes, folder / "a.dta", variable_value_labels={"q": {1: "a", 2: "b"}})
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


def workbooks(rng, folder, ask):
    """Workbooks with other bytes, outside or inside of their archive."""
    content = files_of_answers()[".xlsx"]
    if rng.random() < 0.8:
        inner = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(inner, "w") as new:
            changed = rng.choice(old.namelist())
            for name in old.namelist():
                body = old.read(name)
                if name == changed:
                    swaps = [(b'r="A1"', b'r="XFD1048576"'), (b"<v>", b"<v>1e999"), (b't="', b't="x'), (b"<row", b"<r")]
                    old_text, new_text = rng.choice(swaps)
                    body = body.replace(old_text, new_text, 1) if rng.random() < 0.4 else with_other_bytes(rng, body)
                if name != changed or rng.random() < 0.9:
                    new.writestr(name, body)
        content = inner.getvalue()
    else:
        content = with_other_bytes(rng, content)
    path = folder / "a.xlsx"
    path.write_bytes(content)
    read_and_counted(rng, path, ask)


def statistics_files(rng, folder, ask):
    """SPSS and Stata files with other bytes."""
    ending = rng.choice([".sav", ".dta"])
    path = folder / f"a{ending}"
    path.write_bytes(with_other_bytes(rng, files_of_answers()[ending], 6))
    data = ask("answers", lambda: cs.read_respondents(path, cs.Codebook({"q": BOOK["q"]})))
    assert data is None or sum(data.column("q").counts) + sum(data.column("q").why.values()) == len(data)


@cache
def saved_fit(formula, method):
    """A small saved fit: its texts, its arrays, and its bytes."""
    frame = pd.DataFrame({"t": ["low", "middle", "high", "low"] * 6, "q": ["a", "b", "b"] * 8})
    data = cs.read_respondents(frame, cs.Codebook({"q": BOOK["q"], "t": BOOK["t"]}))
    fit = cs.fit(formula, data, method=method)
    folder = fit.save(Path(tempfile.mkdtemp()) / "fit")
    return *read_archive(folder / "fit.zip"), (folder / "fit.zip").read_bytes()


def told_of(fit):
    return [(one.item, one.value, one.interval) for one in (*fit.effects(), *fit.coefficients(), *fit.thresholds())]


def saved_fits(rng, folder, ask):
    """Saved fits with other bytes, which are refused; with other content and its checksum, which may be fits."""
    texts, arrays, content = saved_fit(
        *rng.choice([("t ~ q", "frequentist"), ("q ~ mo(t)", "bayes"), ("t ~ q", "bayes")])
    )
    path = folder / "fit.zip"
    if rng.random() < 0.4:
        path.write_bytes(with_other_bytes(rng, content))
        same = path.read_bytes() == content
        fit = ask("damaged", lambda: cs.load_fit(folder))
        assert fit is None or same
        return
    texts, arrays = dict(texts), {name: array.copy() for name, array in arrays.items()}
    if rng.random() < 0.5:
        body = json.loads(texts["fit.json"])
        change_somewhere(rng, body)
        texts["fit.json"] = json.dumps(body)
    else:
        name = rng.choice(list(arrays))
        array = arrays[name]
        ways = [np.zeros(0), array[:0], array[:-1], np.concatenate([array, array]), array.astype(float) * np.nan]
        ways += [array.astype(float) + 1e300, -array.astype(float), array.astype(np.int64) + 2**40, array[..., None]]
        arrays[name] = rng.choice(ways) if array.ndim else array
    path.write_bytes(packed(texts, arrays))
    fit = ask("made up", lambda: cs.load_fit(folder))
    if fit is not None:
        made = ask("made up, told", lambda: told_of(fit))
        for _, value, interval in made or ():
            assert np.isfinite(value), value
            assert interval is None or interval.lower <= interval.upper, interval


def change_somewhere(rng, body):
    """Change one value within a JSON document."""
    while True:
        keys = list(body) if isinstance(body, dict) else range(len(body))
        key = rng.choice(keys)
        if isinstance(body[key], dict | list) and body[key] and rng.random() < 0.8:
            body = body[key]
            continue
        numbers = [0, 1, -1, 2**70, 1e308, float("nan"), float("inf"), 0.5]
        body[key] = rng.choice([*numbers, None, [], {}, True, some_text(rng), [1.0, 0.0]])
        return


@cache
def some_estimates():
    several = [cs.proportion(35, 49, threshold=0.5), cs.difference((10, 20), (5, 20), target=cs.Superpopulation())]
    return cs.Estimates([*several, *cs.multinomial({"a": 3, "b": 4, "c": 2})]).to_json()


def estimates(rng, folder, ask):
    """Written estimates with another value somewhere: refused, or told again as they are written."""
    del folder
    body = json.loads(some_estimates())
    for _ in range(rng.randint(1, 2)):
        change_somewhere(rng, body)
    found = ask("estimates", lambda: cs.Estimates.from_json(json.dumps(body)))
    if found is not None:
        checked_estimates(found)
        ask("sentences", lambda: (found.sentences(), found.to_frame()))


@cache
def some_results():
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    tests = cs.association(data, "awareness", "organisation")
    return (cs.Claims, checked_claims().to_json()), (cs.Associations, tests.to_json())


@cache
def checked_claims():
    found = cs.check_claims(cs.load_survey("dask-users-2019"))
    return type(found)(list(found)[:6])


def results(rng, folder, ask):
    """Written claims and associations with another value somewhere: refused, or told again as they are written."""
    del folder
    kind, text = rng.choice(some_results())
    body = json.loads(text)
    for _ in range(rng.randint(1, 2)):
        change_somewhere(rng, body)
    found = ask(kind.__name__, lambda: kind.from_json(json.dumps(body)))
    if found is not None:
        assert list(kind.from_json(found.to_json())) == list(found)
        ask("told", lambda: (str(found), found.to_frame()))


def pasted_tables(rng, folder, ask):
    """Pasted tables: a draft that is a survey file, whatever they hold."""
    cells = [*("Yes", "No", "41,7%", "58.3 %", "n = 12", "Total", "12", "", "Men", "Women", "-", "*", "<1", "5 (10%)")]
    rows = [
        [rng.choice(cells) if rng.random() < 0.9 else some_text(rng) for _ in range(rng.randint(1, 5))]
        for _ in range(rng.randint(0, 8))
    ]
    way = rng.choice(["csv", "md", "html", "tsv"])
    if way == "html":
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        text = f"<table>{body}</table>"[: rng.choice([None, rng.randint(0, 200)])]
    else:
        sign = {"csv": ",", "md": " | ", "tsv": "\t"}[way]
        text = "\n".join(sign.join(row) for row in rows)
    path = folder / f"a.{way}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    grids = ask("table", lambda: read_grids(str(path)))
    drafted = ask("draft", lambda: draft(grids)) if grids else None
    if drafted is not None:
        path.with_name("a.toml").write_text(f"{HEAD}\n{drafted}", encoding="utf-8")
        ask("drafted survey", lambda: cs.load_survey(path.with_name("a.toml")))


KINDS = {
    "toml": toml_files,
    "surveys": surveys,
    "answers": answers,
    "workbooks": workbooks,
    "statistics": statistics_files,
    "fits": saved_fits,
    "estimates": estimates,
    "results": results,
    "tables": pasted_tables,
    **CALLS,
    **LABELS,
    **MODELS,
}
