#!/usr/bin/env python3
"""Writes Sources/PostgreSQL/SASLprepTables.swift from Python's own Unicode and stringprep data.

    python3 Scripts/saslprep-tables.py > Sources/PostgreSQL/SASLprepTables.swift
"""

import stringprep
import textwrap
import unicodedata

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
HANGUL = range(0xAC00, 0xAC00 + 11172)
SURROGATES = range(0xD800, 0xE000)


def base36(number):
    text = ""
    while True:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
        if number == 0:
            return text


def decomposition(code):
    """The mark (see the Swift comment) and the code points of one step; None for what stays as it is."""
    text = unicodedata.decomposition(chr(code))
    if not text or code in HANGUL:
        return None
    words = text.split()
    if words[0].startswith("<"):
        return "~", [int(word, 16) for word in words[1:]]
    composes = len(words) == 2 and unicodedata.normalize("NFC", chr(code)) == chr(code)
    return "=" if composes else "!", [int(word, 16) for word in words]


def decompositions():
    """Records `gap*count MARK code,code`: `gap` from the last code point, `count` of a run whose mapping runs too."""
    records, last, code = [], 0, 0
    while code < 0x110000:
        found = None if code in SURROGATES else decomposition(code)
        if found is None:
            code += 1
            continue
        mark, mapping = found
        count = 1
        while len(mapping) == 1 and decomposition(code + count) == (mark, [mapping[0] + count]):
            count += 1
        run = "*" + base36(count) if count > 1 else ""
        records.append(base36(code - last) + run + mark + ",".join(map(base36, mapping)))
        last = code + count - 1
        code += count
    return records


def ranges(test):
    """Records `gap` or `gap-length` of the ranges of code points that pass."""
    records, last, code = [], 0, 0
    while code < 0x110000:
        if code in SURROGATES or not test(chr(code)):
            code += 1
            continue
        end = code
        while end + 1 < 0x110000 and end + 1 not in SURROGATES and test(chr(end + 1)):
            end += 1
        records.append(base36(code - last) + ("-" + base36(end - code) if end > code else ""))
        last, code = end, end + 1
    return records


def constant(comment, name, records):
    lines = textwrap.wrap(" ".join(records), 112, break_on_hyphens=False)
    body = "\n".join("        " + line for line in lines)
    return f'{comment}\n    static let {name} = """\n{body}\n        """'


print(f"""\
// Made by Scripts/saslprep-tables.py from the Unicode Character Database {unicodedata.unidata_version} and RFC 3454: edit that instead.

/// Data for ``SASLprep`` that Swift's standard library does not offer; numbers are in base 36.
enum SASLprepTables {{
{constant('''    /// One step of each decomposition, `gap*count` before a mark: `=` canonical and composed again, `!` canonical
    /// only, `~` compatibility.''', 'decompositions', decompositions())}

{constant("    /// RFC 3454, table D.1: characters written from right to left.", 'rightToLeft', ranges(stringprep.in_table_d1))}

{constant("    /// RFC 3454, table D.2: characters written from left to right.", 'leftToRight', ranges(stringprep.in_table_d2))}
}}""")
