"""The good batches as workbooks, as make_good.py writes them: a zip of plain
XML, no library. Cells hold texts; the titles are the columns' names."""

import io
import zipfile
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."

ENVELOPE = ("文件种类 kind", "版本 version", "发方 sender", "收方 receiver", "序号 sequence", "生成时间 created",
            "时限规则 profile", "提取范围 extent")


def letters(column):
    """A, B … Z, AA …: the name of a column, from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def sheet(rows):
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{letters(i)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
            for i, value in enumerate(row) if value)
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>' + "\n".join(lines) + "</sheetData></worksheet>\n"


def parts(sheets):
    """Name and text of every part of a workbook with these named sheets."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPES}worksheet+xml"/>'
                        for n in numbers)
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, (name, _) in zip(numbers, sheets))
    related = "".join(f'<Relationship Id="rId{n}" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                      for n in numbers)
    all_parts = [
        ("[Content_Types].xml", f'{HEAD}<Types xmlns="{PACKAGE}content-types">'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}sheet.main+xml"/>{overrides}</Types>\n'),
        ("_rels/.rels", f'{HEAD}<Relationships xmlns="{PACKAGE}relationships">'
         f'<Relationship Id="rId1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>\n'),
        ("xl/workbook.xml", f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{listed}</sheets></workbook>\n'),
        ("xl/_rels/workbook.xml.rels",
         f'{HEAD}<Relationships xmlns="{PACKAGE}relationships">{related}</Relationships>\n'),
    ]
    for n, (_, rows) in zip(numbers, sheets):
        all_parts.append((f"xl/worksheets/sheet{n}.xml", sheet(rows)))
    return all_parts


def workbook(sheets):
    """The bytes of a workbook; stored and without a date, so that they are the same everywhere."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts(sheets):
            info = zipfile.ZipInfo(name, date_time=(1980, 0, 0, 0, 0, 0))
            info.create_system = 3
            archive.writestr(info, text.encode("utf-8"))
    return out.getvalue()


def batch(header, rows, columns, trailer):
    """A batch as a workbook: the envelope, then a sheet per row type.

    header is the H row, rows the rows with their types, columns the names of
    the columns by row type, trailer count, total and digest.
    """
    values = header[1:] + [""] * (len(ENVELOPE) + 1 - len(header))
    envelope = [list(pair) for pair in zip(ENVELOPE, values)]
    envelope += [["行数 rows", trailer[0]], ["金额合计 total", trailer[1]], ["摘要 digest", trailer[2]]]
    sheets = [("envelope", envelope)]
    for typ, names in columns.items():
        sheets.append((typ, [names] + [fields[1:] for fields in rows if fields[0] == typ]))
    return workbook(sheets)


def keyed(name, head, titles, rows):
    """A sheet that people key: facts at the top, a line left free, then a table."""
    top = [list(pair) for pair in head]
    return workbook([(name, top + ([[]] if top else []) + [titles] + rows)])
