"""Looks at a decisions workbook as a second program, then fills it in as an
officer does: sorts the rows, decides some, adds one, renames the sheet."""
import sys

import openpyxl

source, target = sys.argv[1:]
book = openpyxl.load_workbook(source)
sheet = book.worksheets[0]


def same(what, got, want):
    if got != want:
        sys.exit("%s: %r, want %r" % (what, got, want))


head = next(r for r in range(1, 10) if sheet.cell(r, 2).value == "编号")
titles = {c.value: c.column for c in sheet[head] if c.value}
first, last = head + 1, sheet.max_row
letter = openpyxl.utils.get_column_letter

same("protected", (sheet.protection.sheet, sheet.protection.password), (True, None))
same("may format columns", sheet.protection.formatColumns, False)  # False: not forbidden
same("may filter", sheet.protection.autoFilter, False)
same("may insert rows", sheet.protection.insertRows, True)
same("key hidden", sheet.column_dimensions[letter(titles["行标识"])].hidden, True)
same("formulas", [c.coordinate for r in sheet.iter_rows() for c in r if c.data_type == "f"], [])
same("table", [t.ref for t in sheet.tables.values()], ["A%d:%s%d" % (head, letter(len(titles)), last)])
same("print titles", sheet.print_title_rows, "$1:$%d" % head)
for r in range(first, last + 1):
    for title, column in titles.items():
        open_ = not sheet.cell(r, column).protection.locked
        if title in ("编号", "情况", "涉及金额", "行标识") and open_ or title in ("决定", "理由") and not open_:
            sys.exit("row %d, %s: open %r" % (r, title, open_))
    same("account open in %d" % r, not sheet.cell(r, titles["账号"]).protection.locked, sheet.cell(r, 1).value == "办件")

lists = {}
for v in sheet.data_validations.dataValidation:
    if v.type == "list" and v.sqref.ranges and list(v.sqref.ranges)[0].min_col == titles["决定"]:
        lists[v.formula1.strip('"')] = sum(r.size["rows"] for r in v.sqref.ranges)
        same("stops", (v.errorStyle or "stop", v.showErrorMessage, v.showInputMessage), ("stop", True, True))
        same("prompt", bool(v.prompt), True)
same("lists", lists, {"确认账户": 3, "退款,认领到账,拆分认领": 2, "核销差异": 1})

rows = [[c.value for c in sheet[r]] for r in range(first, last + 1)]
rows.sort(key=lambda row: row[titles["编号"] - 1], reverse=True)
for i, row in enumerate(rows):
    for j, value in enumerate(row):
        sheet.cell(first + i, j + 1).value = value


def decide(no, **cells):
    for r in range(first, last + 1):
        if sheet.cell(r, titles["编号"]).value == no:
            for title, value in cells.items():
                sheet.cell(r, titles[title]).value = value
            return
    sys.exit("no row " + no)


decide("T32050020260202000001", 决定="确认账户", 理由="电话核实\n王科长", 账号="６２１７31010020000018", 行号="102100099996")
decide("E2", 决定="认领到账", 理由="核对", **{"办件": "T32050020260202000009", "第几笔": 2})
decide("7", 理由="再查")
decide("T32050020260202000002", 决定="确认账户", 理由="已核", 涉及金额=5)
sheet.cell(last + 1, titles["决定"]).value = "退款"
sheet.cell(last + 1, titles["编号"]).value = "E9"
sheet.title = "李娜的决定"
sheet.column_dimensions["D"].width = 60
sheet.auto_filter.ref = None
sheet.row_dimensions[first].hidden = True
book.save(target)
