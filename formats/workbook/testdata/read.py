"""Reads the sample book with openpyxl and checks what a person would see."""
import datetime
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])


def same(what, got, want):
    if got != want:
        sys.exit("%s: %r, want %r" % (what, got, want))


same("sheets", book.sheetnames, ["汇总", "时限", "联系函"])
same("title", book.properties.title, "医保关系转移接续日报 2026-02-13")
same("creator", book.properties.creator, "苏州市医疗保险基金管理中心")
same("language", book.properties.language, "zh-CN")
same("created", book.properties.created.replace(tzinfo=None), datetime.datetime(2026, 2, 13, 4, 30))

s = book["时限"]
same("link text", s["A5"].value, "T32050020260202000000")
same("link", s["A5"].hyperlink.location, "'汇总'!A1")
same("id", (s["D5"].value, s["D5"].data_type, s["D5"].number_format), ("11010519491231002X", "s", "@"))
same("date", (s["F5"].value, s["F5"].number_format), (datetime.datetime(2026, 2, 13), "yyyy-mm-dd"))
same("count", (s["G5"].value, s["G5"].number_format), (-3, "#,##0"))
same("money", (s["H5"].value, s["H5"].number_format), (1000.5, "#,##0.00"))
same("time", (s["J5"].value.replace(microsecond=0), s["J5"].number_format), (datetime.datetime(2026, 2, 13, 12, 30), "yyyy-mm-dd hh:mm"))
same("percent", (s["K5"].value, s["K5"].number_format), (0.5, "0.0%"))
same("text", (s["L5"].value[:10], s["L5"].data_type), ("=HYPERLINK", "s"))
same("wrapped", s["L5"].alignment.wrap_text, True)
same("subtotal", s["H3"].value, "=SUBTOTAL(109,H5:H44)")
same("cached", openpyxl.load_workbook(sys.argv[1], data_only=True)["时限"]["H3"].value, 40027.8)
same("formulas", [c.coordinate for r in s.iter_rows() for c in r if c.data_type == "f"], ["H3", "I3"])
same("table", [t.ref for t in s.tables.values()], ["A4:L44"])
same("filter", [t.autoFilter.ref for t in s.tables.values()], ["A4:L44"])
same("table columns", [c.name for c in list(s.tables.values())[0].tableColumns], [c.value for c in s[4]])
same("frozen", s.freeze_panes, "B5")
same("titles", s.print_title_rows, "$1:$4")
same("paper", (s.page_setup.paperSize, s.page_setup.orientation), (9, "landscape"))
same("fit", (s.sheet_properties.pageSetUpPr.fitToPage, s.page_setup.fitToWidth, s.page_setup.fitToHeight), (True, 1, 0))
same("footer", s.oddFooter.right.text, "第 &P 页，共 &N 页")
same("rules", sorted(str(r.sqref) for r in s.conditional_formatting), ["A5:L44", "B5:B44", "G5:G44"])
same("dimension", s.dimensions, "A1:L44")
for column, least in {"A": 21, "C": 20, "D": 18, "E": 26, "L": 42}.items():
    if s.column_dimensions[column].width < least:
        sys.exit("column %s is too narrow" % column)

page = book["汇总"]
same("charts", len(page._charts), 2)
same("one page", page.page_setup.fitToHeight, 1)
same("warning", page["B6"].fill.start_color.rgb, "FFF8D7DA")
empty = book["联系函"]
same("empty", (empty["A3"].value, len(empty.tables)), ("（无记录）", 0))
