"""Reads a nightly workbook as a second program does: what staff see of each
sheet, what is printed of it, and what its formulas came to."""
import datetime
import re
import sys

import openpyxl

path, agency, date = sys.argv[1:]
book = openpyxl.load_workbook(path)
values = openpyxl.load_workbook(path, data_only=True)
wrong = []


def same(what, got, want):
    if got != want:
        wrong.append("%s: %r, want %r" % (what, got, want))


def formulas(sheet):
    return [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]


same("sheets", book.sheetnames, "汇总 待办 时限 申请受理 参保凭证 联系函 信息表 资金划转 对账 文件 运行记录".split())
same("title", book.properties.title, "医保关系转移接续日报 " + date)
same("author", book.properties.creator, agency)
same("subject names the agency", agency in (book.properties.subject or ""), True)
same("created", isinstance(book.properties.created, datetime.datetime), True)

for sheet in book:
    page = sheet.page_setup
    same(sheet.title + ": A4", str(page.paperSize), sheet.PAPERSIZE_A4)
    same(sheet.title + ": orientation", page.orientation, "landscape")
    same(sheet.title + ": fit to page", sheet.sheet_properties.pageSetUpPr.fitToPage, True)
    for cell in formulas(sheet):
        value = values[sheet.title][cell.coordinate].value
        if value is None or str(value).startswith("#"):
            wrong.append("%s!%s: %s has the value %r" % (sheet.title, cell.coordinate, cell.value, value))

# Columns by what their titles promise.
kinds = [
    (re.compile("（元）$"), "#,##0.00", (int, float)),
    (re.compile("(?<!剩余)(日期|到期日|期限)$"), "yyyy-mm-dd", datetime.datetime),
    (re.compile("(号码|账号|行号|编号|函号|凭证号|信息表号)$"), "@", str),
]
serial = {("文件", "文件编号"), ("运行记录", "编号")}  # numbers that the program counts
seen = dict.fromkeys([form for _, form, _ in kinds], 0)
for sheet in book:
    if sheet.title in ("汇总", "对账"):
        continue
    tables = list(sheet.tables.values())
    same(sheet.title + ": tables", len(tables), 1)
    table = tables[0]
    left, top, right, bottom = openpyxl.utils.range_boundaries(table.ref)
    same(sheet.title + ": table ends with the rows", (left, right, bottom), (1, sheet.max_column, sheet.max_row))
    same(sheet.title + ": auto filter", table.autoFilter and table.autoFilter.ref, table.ref)
    same(sheet.title + ": frozen under the titles", openpyxl.utils.cell.coordinate_from_string(sheet.freeze_panes or "A1")[1], top + 1)
    same(sheet.title + ": titles again on each page", sheet.print_title_rows, "$1:$%d" % top)
    for column in range(left, right + 1):
        title = sheet.cell(top, column).value
        for pattern, form, kind in kinds:
            if not pattern.search(title) or (sheet.title, title) in serial:
                continue
            for row in range(top + 1, bottom + 1):
                cell = sheet.cell(row, column)
                same("%s!%s (%s): format" % (sheet.title, cell.coordinate, title), cell.number_format, form)
                if cell.value is not None:
                    seen[form] += 1
                    same("%s!%s (%s): %r is its kind" % (sheet.title, cell.coordinate, title, cell.value), isinstance(cell.value, kind), True)
for form, count in seen.items():
    same("cells of " + form, count > 0, True)

same("charts of 汇总", len(book["汇总"]._charts), 2)
for title, column in (("待办", "剩余工作日"), ("时限", "剩余工作日")):
    sheet = book[title]
    top = openpyxl.utils.range_boundaries(list(sheet.tables.values())[0].ref)[1]
    letter = next(c.column_letter for c in sheet[top] if c.value == column)
    want = "%s%d:%s%d" % (letter, top + 1, letter, sheet.max_row)
    same(title + ": colours of " + column, want in [str(r.sqref) for r in sheet.conditional_formatting], True)

# A case of 待办 leads to its own row of 时限.
links = 0
for row in book["待办"].iter_rows():
    for cell in row:
        if cell.hyperlink is None:
            continue
        links += 1
        name, _, place = (cell.hyperlink.location or "").replace("$", "").rpartition("!")
        same("link of %s" % cell.coordinate, name.strip("'"), "时限")
        if place:
            same("link of %s leads to" % cell.coordinate, book["时限"][place].value, cell.value)
same("links", links > 0, True)

same("formulas of 对账", len(formulas(book["对账"])) > 0, True)
if wrong:
    sys.exit("\n".join(wrong[:40]))
