#!/usr/bin/env python3
"""Fills our templates as an office would, with openpyxl, and looks at what they promise.

    python3 fill_templates.py FOLDER

FOLDER holds NAME.csv, a batch, and NAME.xlsx, the empty template of its kind; NAME.xlsx is filled from the batch: lists by the
words of their drop-downs, amounts and whole numbers as numbers. rules.xlsx gets a row per rule of the templates and value typed:
value, what the rule says of it (a formula, for a spreadsheet to work out), what it should say.
"""
import csv
import glob
import os
import re
import sys

import openpyxl

WRONG = {"letter_date": ["2026-02-30", "2026/3/2"], "enrolled_from": ["2026-13", "202602"], "from_agency": ["3205", "32O500"],
         "cnaps": ["10210009999"], "id_no": ["110105194912310021"], "amount": [1.234, -1, "12,5"], "employer_code": ["91320500"]}


def name_of(title):
    return re.search(r"[a-z0-9_]+$", title or "").group()


def look(book, sheet):
    """What every sheet to type into must have. Returns the columns by name and their validations by column letter."""
    rules = {}
    for v in sheet.data_validations.dataValidation:
        (at,) = v.sqref.ranges
        rules[openpyxl.utils.get_column_letter(at.min_col)] = v
        assert v.showInputMessage and v.showErrorMessage, (sheet.title, v.sqref)
        assert len(v.prompt) <= 255 and len(v.promptTitle) <= 32 and len(v.error) <= 255 and len(v.formula1 or "") <= 255, v.prompt
        assert re.search("[\u4e00-\u9fff]", v.prompt) and re.search("[a-z]{4}", v.prompt), v.prompt
    columns = {name_of(c.value): c for c in sheet[1] if c.value}
    for name, head in columns.items():
        assert head.column_letter in rules, (sheet.title, name, "has no rule")
        assert head.protection.locked and not sheet.column_dimensions[head.column_letter].protection.locked, (sheet.title, name)
        must = "required" in rules[head.column_letter].prompt and "required when" not in rules[head.column_letter].prompt
        assert must == ("* " in head.value and "(*)" not in head.value), (sheet.title, head.value)
    p = sheet.protection
    assert p.sheet and not (p.insertRows or p.sort or p.autoFilter) and p.deleteColumns and p.insertColumns, sheet.title
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref.startswith("$A$1:") and sheet.print_title_rows == "$1:$1", sheet.title
    assert sheet.page_setup.orientation == "landscape" and sheet.conditional_formatting, sheet.title
    return columns, rules


def chosen(book, rule, text):
    """A value as the drop-down offers it."""
    codes, first, last = re.fullmatch(r"codes!\$B\$(\d+):\$B\$(\d+)", rule.formula1).group(0), *map(int, re.findall(r"\d+", rule.formula1))
    for n in range(first, last + 1):
        if book["codes"].cell(n, 3).value == text:
            return book["codes"].cell(n, 2).value
    return text


def fill(path, rules_seen):
    book = openpyxl.load_workbook(path[:-4] + ".xlsx")
    assert book.sheetnames[0] == "填表说明" and book.security.lockStructure, path
    with open(path, newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f))
    envelope = {name_of(r[0].value): r[1] for r in book["envelope"] if r[0].value}
    assert envelope["kind"].protection.locked and envelope["rows"].protection.locked and not envelope["sender"].protection.locked
    for name, text in zip(("sender", "receiver", "created", "profile", "extent"), rows[0][3:5] + rows[0][6:]):
        envelope[name].value = text[:16].replace("T", " ") if name == "created" else text
    seen = {t: look(book, book[t]) for t in book.sheetnames if t not in ("填表说明", "envelope", "codes")}
    at = dict.fromkeys(seen, 1)
    for r in rows[1:-1]:
        at[r[0]] += 1
        columns, rules = seen[r[0]]
        for (name, head), text in zip(columns.items(), r[1:]):
            rule = rules[head.column_letter]
            value = text
            if rule.type == "list":
                value = chosen(book, rule, text)
            elif re.fullmatch(r"0|[1-9]\d{0,8}", text) and rule.type == "whole" or re.fullmatch(r"\d+\.\d\d", text) and "ROUND" in (rule.formula1 or ""):
                value = float(text) if "." in text else int(text)
            if value != "":
                book[r[0]].cell(at[r[0]], head.column).value = value
            if rule.type == "custom" and value != "" and "good" in path:
                cell = head.column_letter + "2"
                for v, ok in [(value, True)] + [(w, False) for w in WRONG.get(name, [])]:
                    rules_seen[(rule.formula1.replace(cell, "{}"), v)] = ok
    book.save(path[:-4] + ".xlsx")


def main(folder):
    rules = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.csv"))):
        fill(path, rules)
    book = openpyxl.Workbook()
    sheet = book.active
    for n, ((formula, value), ok) in enumerate(rules.items(), 1):
        sheet.cell(n, 1).value = value
        sheet.cell(n, 1).number_format = "@" if isinstance(value, str) else "0.00"
        sheet.cell(n, 2).value = "=IF(ISERROR(%s),FALSE,%s)" % ((formula.replace("{}", "A%d" % n),) * 2)
        sheet.cell(n, 3).value = ok
    book.save(os.path.join(folder, "rules.xlsx"))


main(sys.argv[1])
