"""Texts that have given way somewhere, and ways to change the bytes and the lines of a file."""

import json

HOSTILE = (
    *("", " ", "\u202egnp.exe\u202c", "\u2066a", "$\\frac$", "$0 to $500", "<script>alert(1)</script>", "=1+1", "@a"),
    *("a\u2028b", "\ufeff", "a" * 3_000, "%s", "{0}", "{{ a }}", "../../etc/passwd", "nan", "inf", "1e999", "-0"),
    *("\u0663", "\u00bd", "100.0000000000000000001", "é", "e\u0301", "\U0001f9d1", "yes", "no", "null", "0x1f", "1_0"),
)
"""Texts that have given way somewhere: markup, formulas, paths, directions, numbers that are none."""

VALUES = (
    *('""', '"a"', "0", "-1", "1", "100", "1000000000000000", "99999999999999999999", "1e308", "1e-308", "nan", "-inf"),
    *("true", "[]", "{}", "[[]]", '["a", "a"]', "[1, 2]", "{ a = 1 }", "1979-05-27", "07:32:00", "0.5", '"12,5"'),
    *('"<1"', '"29-31"', '"101"', '"-3"', '"more than half"', '"a third"', '"all seven"', '"not printed"', '"some"'),
)
"""Values of a TOML file, right somewhere and wrong elsewhere."""


def some_text(rng):
    made = "".join(rng.choice("ab 1.,;%\"'\\\n\t\r|é\u202e\0\x1b") for _ in range(rng.randint(0, 6)))
    return rng.choice([*HOSTILE, made])


def with_other_bytes(rng, content, most=4):
    """Change, drop, double or put in some bytes."""
    content = bytearray(content)
    for _ in range(rng.randint(1, most)):
        place, length = rng.randrange(len(content) + 1), rng.choice([0, 1, 1, 2, 40])
        more = rng.choice([b"", rng.randbytes(length), bytes(content[place : place + length]) * 2, b"\xff" * length])
        content[place : place + length] = more
    return bytes(content)


def with_other_lines(rng, text):
    """Change a file line by line: values, keys, order, what is there twice or not at all."""
    lines = text.splitlines()
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(lines))
        key, sign, value = lines[place].partition(" = ")
        way = rng.choice(["value", "value", "value", "text", "key", "drop", "double", "swap", "digit"])
        if way == "value" and sign:
            lines[place] = key + sign + rng.choice(VALUES)
        elif way == "text" and sign:
            lines[place] = key + sign + json.dumps(some_text(rng), ensure_ascii=rng.random() < 0.5)
        elif way == "key":
            lines[place] = rng.choice(["count", "base", "item", "among", "x", '"a b"', "[[question]]"]) + sign + value
        elif way == "drop":
            lines[place] = ""
        elif way == "double":
            lines.insert(place, lines[rng.randrange(len(lines))])
        elif way == "swap":
            other = rng.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        else:
            digits = [i for i, sign in enumerate(lines[place]) if sign.isdigit()]
            for i in digits[:1]:
                lines[place] = lines[place][:i] + rng.choice("0123456789") + lines[place][i + 1 :]
    return "\n".join(lines)
