#!/usr/bin/env python3
"""Writes, checks and answers batches 批次文件的生成、核对与回执. Python 3.8 or newer, nothing else needed.

  carryover_batch.py check FILE...                    核对文件；回执则列出结论 is it whole and right; receipts are shown
  carryover_batch.py write KIND FROM TO SEQ ROWS.csv  由明细行生成批次 rows (row type first, UTF-8) become a batch
  carryover_batch.py reply FILE SEQ                   为收到的文件写回执 the receipt for a file that came in
Options: --dir FOLDER 写到何处 where to write; --profile 2021; --extent full|delta (registry only); --encoding gb18030;
         --created 2026-03-02T08:30:00+08:00 (default: now). Exit code 0: in order; 1: not.
Every fault is told; the receiver checks far more (IDs, codes, dates): see manual.md."""
import argparse, csv, datetime, decimal, hashlib, io, os, re, sys

# kind, senders, receivers (a agency, c core, p portal, b bank), then ROW:fields:record number:echo:amounts in the total
KINDS = {k[0]: (k[1], k[2], {r.split(":")[0]: [[int(n) for n in part.split(",") if n] for part in r.split(":")[1:]] for r in k[3:]})
         for k in map(str.split, """
application cpa a A:26:1:25:; registry c a R:21:1:20:18,19 S:8:::; certificate-request cp a G:13:1:12:;
certificate a cp C:30:1:29:20 S:8:::; contact-letter a a L:31:1:30:; information-form a a F:43:1:7:29 D:7:1:3: S:8:::;
remittance-advice a a M:10:1::7; completion a a K:10:1:9:6; cancellation pa a X:7:2,1:6:; query a a Z:13:1:12:;
posting a c E:17:1:16: B:17:1:16: N:17:1:16:12 Y:17:1:16: U:17:1:16: S:8:::; posting-result c a P:14:1:13:10;
payee cp a B:15:1,2:14:; notice a p N:14:7,8:13:; reconciliation a a Q:7:1::5; netting a a J:6:3::5;
receipt acpb acpb R:14:2:: V:9:3:8:""".split(";"))}
UNKNOWN = [[0], [], [], []]
AMOUNT, PARTY, SEQUENCE, CREATED, NAME, COUNT, DIGEST = (re.compile(r, re.A) for r in (
    r"(0|[1-9]\d{0,13})\.\d\d", r"\d{6}[cpb]?", r"[1-9]\d{0,5}", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)",
    r"[a-z-]+_\d{6}[cpb]?_\d{6}[cpb]?_\d{8}_\d{6}\.csv", r"0|[1-9]\d{0,8}", r"[0-9a-f]{64}"))


def name_of(h):
    return "%s_%s_%s_%s_%06d.csv" % (h[1], h[3], h[4], h[6][:10].replace("-", ""), int(h[5]))


def envelope(h, name):
    """What is wrong with an H row, as a code and what it is about; nothing when it is right."""
    if h[0] != "H" or len(h) not in (8, 9):
        return "wrong-envelope", "the first row should be H with 8 or 9 fields"
    if h[1] not in KINDS or h[2] != "1":
        return ("version-unknown", h[2]) if h[1] in KINDS else ("kind-unknown", h[1])
    for party, roles in zip(h[3:5], KINDS[h[1]]):
        if not PARTY.fullmatch(party) or (party[6:] or "a") not in roles:
            return "wrong-envelope", "party " + party
    extents = (["full"], ["delta"]) if h[1] == "registry" else ([],)
    if not SEQUENCE.fullmatch(h[5]) or not CREATED.fullmatch(h[6]) or len(h[7]) > 32 or h[8:] not in extents:
        return "wrong-envelope", "sequence, created, profile or extent"
    if NAME.fullmatch(name) and name != name_of(h):
        return "wrong-envelope", "the name should be " + name_of(h)


def rows_of(data):
    """The rows of a file. One whose quotes are wrong has a field that no row has."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    for line in text[:-1].split("\n") if text.endswith("\n") else text.split("\n"):
        try:
            yield next(csv.reader([line[:-1] if line.endswith("\r") else line], strict=True), [""])
        except csv.Error as e:
            yield [line.split(",")[0]] + [str(e)] * 99


def examine(path):
    """The H row, the records as [line, fields, fault], and the faults of the file as (code, text)."""
    with open(path, "rb") as f:
        data = f.read()
    if not data or b"\0" in data:
        return [""], [], [("unreadable", "empty, or no text")]
    rows, records, total, sure = list(rows_of(data)), [], decimal.Decimal(0), True
    head, last = rows[0], rows[-1]
    fault = envelope(head, os.path.basename(path))
    if fault or last[0] != "T" or len(last) != 4:
        return head, [], [fault or ("wrong-envelope", "the last row should be T with 4 fields")]
    layout = KINDS[head[1]][2]
    sums = any(r[3] for r in layout.values())
    for n, r in enumerate(rows[1:-1], 2):
        count, number, _, amounts = layout.get(r[0], UNKNOWN)
        fault = "" if len(r) == count[0] else "row %s: %s fields" % (r[0], count[0] or "no")
        values = [r[i] for i in amounts if not fault and r[i]]
        if (fault and (amounts or sums and r[0] not in layout)) or not all(map(AMOUNT.fullmatch, values)):
            sure = False  # an amount that cannot be read: its record is refused, and the total proves nothing
        total += sum(map(decimal.Decimal, values)) if sure else 0
        if number or r[0] not in layout or not records:
            records.append([n, r, fault])
        else:  # a detail row belongs to the record above
            records[-1][2] = records[-1][2] or fault
    if not COUNT.fullmatch(last[1]) or not AMOUNT.fullmatch(last[2]) or not DIGEST.fullmatch(last[3]):
        return head, records, [("wrong-envelope", "T")]
    wrong = [("count", "%d rows" % (len(rows) - 2))] if int(last[1]) != len(rows) - 2 else []
    wrong += [("total", "%.2f" % total)] if sure and decimal.Decimal(last[2]) != total else []
    return head, records, wrong + [("digest", "")] * (last[3] != hashlib.sha256(data[:data.rindex(b"\nT,") + 1]).hexdigest())


def write(a, kind, sender, receiver, seq, rows):
    created = a.created or datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).isoformat(timespec="seconds")
    head = ["H", kind, "1", sender, receiver, str(seq), created, a.profile] + ([a.extent or "full"] if kind == "registry" else [])
    out, layout = io.StringIO(), KINDS[kind][2]
    if isinstance(rows, str):
        with open(rows, newline="", encoding="utf-8-sig") as f:
            rows = [r for r in csv.reader(f, strict=True) if r]
    csv.writer(out, lineterminator="\n").writerows([head] + rows)
    amounts = [r[i] for r in rows for i in layout.get(r[0], UNKNOWN)[3] if i < len(r) and AMOUNT.fullmatch(r[i])]
    data = out.getvalue().encode(a.encoding)
    data += ("T,%d,%.2f,%s\n" % (len(rows), sum(map(decimal.Decimal, amounts)), hashlib.sha256(data).hexdigest())).encode()
    name = os.path.join(a.dir, name_of(head))
    if os.path.exists(name):
        sys.exit(name + " is there already")
    with open(name + ".part", "wb") as f:
        f.write(data)
    os.rename(name + ".part", name)
    print(name)
    return check(a, name)


def reply(a, path, seq):
    head, records, faults = examine(path)
    if len(head) < 8 or head[1] not in KINDS or head[1] == "receipt":
        sys.exit(path + ": no receipt is written for this file")
    bad = sum(1 for r in records if r[2])
    with open(path, "rb") as f:
        sha = hashlib.sha256(f.read()).hexdigest()
    day = a.created[:10] or str(datetime.date.today())
    counts = [""] * 6 if faults else [len(records), len(records) - bad, 0, bad, "", day]
    verdict = "rejected" if faults else "partly" if bad else "accepted"
    rows = [["R", os.path.basename(path), sha, head[1], head[5], verdict, *(faults or [("", "")])[0], *counts]]
    for n, r, fault in records if not faults else []:
        _, number, echo, _ = KINDS[head[1]][2].get(r[0], UNKNOWN)
        no, ref = (next((r[i] for i in places if i < len(r) and r[i]), "") for places in (number, echo))
        rows.append(["V", n, r[0][:8], no, "refused" if fault else "accepted", "malformed" if fault else "", "", fault, ref])
    return write(a, "receipt", head[4], head[3], seq, rows)


def check(a, *paths):
    good = True
    for path in paths:
        head, records, faults = examine(path)
        told = faults + [("line %d" % n, fault) for n, _, fault in records if fault]
        print("\n".join("%s: %s %s" % (path, *t) for t in told) or path + ": in order")
        for _, r, _ in records if head[1:2] == ["receipt"] and not told else []:
            print(" ".join(filter(None, [" "] + (r[1:2] + r[5:8] if r[0] == "R" else [" ", r[3]] + r[4:8]))))
        good = good and not told
    return good


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("command", choices=("check", "write", "reply"))
    p.add_argument("args", nargs="+")
    for option, default in (("--dir", "."), ("--profile", ""), ("--extent", ""), ("--encoding", "utf-8"), ("--created", "")):
        p.add_argument(option, default=default)
    a = p.parse_args()
    sys.exit(0 if {"check": check, "write": write, "reply": reply}[a.command](a, *a.args) else 1)
