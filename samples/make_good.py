#!/usr/bin/env python3
"""Writes the good example files of every kind, with Python's csv and hashlib only.

    python3 make_good.py FOLDER

This program shares no code with Carryover: columns, check digits, totals and
digests are worked out here a second time, from the description of the files
alone, so that a mistake on one side cannot agree with itself. What it writes
must equal the committed files byte for byte.

The files tell one story: three people move from Suzhou (320500) to Shanghai
(310100) in spring 2026.
"""

import csv
import hashlib
import io
import os
import sys
from decimal import Decimal

sys.dont_write_bytecode = True
import make_messages  # both beside this file
import make_workbooks

PERSON = "id_type id_no name sex birth_date phone"
AGENCY = "code name address post_code contact contact_phone"
STAY = "parent area scheme from_month to_month months kind"
POSTING = ("posting_no undoes case_no personal_no id_type id_no name scheme date principal interest amount "
           "form_no form_version reason echo")


def agency(prefix):
    return " ".join(prefix + name for name in AGENCY.split())


COLUMNS = {
    "A": f"application_no version lodged_at applied_on applicant employer_code employer_name {PERSON} household "
         "scheme_from scheme_to from_agency to_agency old_personal_no certificate_no enrolled_from materials "
         "proxy_name proxy_phone echo",
    "R": f"personal_no as_of {PERSON} household scheme first_month paid_to status stopped_on arrears_months "
         "arrears_amount account_opened principal interest echo",
    "S": STAY,
    "G": f"request_no requested_on reason applicant personal_no {PERSON} echo",
    "C": f"certificate_no replaces request_no personal_no {PERSON} household scheme first_month last_month "
         "months_actual months_backpaid months_deemed arrears_amount account_opened balance "
         f"{agency('agency_')} issued_on clerk echo",
    "L": f"letter_no version letter_date accepted_on certificate_no {PERSON} household scheme_from scheme_to "
         f"enrolled_from old_personal_no from_agency {agency('to_')} account_moves account_name bank_name account_no "
         "cnaps remark echo",
    "F": f"form_no version nature of_form_no letter_no letter_version echo {PERSON} personal_no scheme ended_on "
         "first_month paid_to deemed_to account_opened months_actual months_backpaid months_deemed months_gap "
         "arrears_amount money principal interest amount payer_name payer_account payment_ref "
         f"{agency('agency_')} remark issued_on clerk checker",
    "D": "letter_no letter_version echo decline_code text declined_on",
    "M": "payment_ref purpose letter_no form_no person_id name amount value_date reason",
    "K": "letter_no form_no form_version outcome completed_on credited months_credited months_overlapping echo",
    "X": "application_no letter_no phase reason cancelled_on echo",
    "Z": "query_no answers letter_no form_no certificate_no about ours theirs text asked_on due_on echo",
    "E": POSTING, "B": POSTING, "N": POSTING, "Y": POSTING, "U": POSTING,
    "P": "posting_no case_no row result code text done_on principal interest amount months balance_after echo",
    "payee": "case_no letter_no id_no relation name payee_id_type payee_id_no account_name bank_name account_no cnaps "
             "share evidence echo",
    "notice": "recipient id_no name phone employer_code employer_name application_no case_no milestone date due text "
              "echo",
    "Q": "letter_no state form_no form_version amount last_event_on",
    "J": "month direction letter_no form_no amount",
    "receipt": "file sha256 kind sequence verdict code text records accepted held refused next_run received_on",
    "V": "line row record_no verdict code field text echo",
}


def id_number(first17):
    """ISO 7064 MOD 11-2 with the weights of GB 11643."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first17, weights))
    return first17 + "10X98765432"[total % 11]


def card_number(first):
    """Luhn."""
    total = 0
    for i, digit in enumerate(reversed(first)):
        value = int(digit) * (2 if i % 2 == 0 else 1)
        total += value // 10 + value % 10
    return first + str(-total % 10)


def cnaps(first11):
    """ISO 7064 MOD 11,10."""
    product = 10
    for digit in first11:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return first11 + str((11 - product) % 10)


def credit_code(first17):
    """GB 32100, mod 31."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return first17 + alphabet[-total % 31]


LI = dict(id_type="01", id_no=id_number("32050819880217002"), name="李娜", sex="2", birth_date="1988-02-17",
          phone="13800000001")
CHEN = dict(id_type="01", id_no=id_number("31010119930930001"), name="陈𬱖", sex="1", birth_date="1993-09-30",
            phone="13800000002")
MAI = dict(id_type="01", id_no=id_number("65010219790611003"), name="买买提·吐尔逊", sex="1", birth_date="1979-06-11",
           phone="+86 13800000003")
WONG = dict(id_type="17", id_no="810000199408230021", name="黃大文", sex="2", birth_date="1994-08-23", phone="")

SUZHOU = dict(code="320500", name="苏州市医疗保险基金管理中心", address="苏州市姑苏区平泷路251号", post_code="215002",
              contact="转移接续科", contact_phone="0512-12393")
SHANGHAI = dict(code="310100", name="上海市医疗保险事业管理中心", address="上海市徐汇区零陵路629号", post_code="200030",
                contact="转移接续科", contact_phone="021-12393")
SUZHOU_ACCOUNT = dict(payer_name="苏州市社会保障基金财政专户", payer_account="110232050020000018")
SHANGHAI_ACCOUNT = dict(account_name="上海市社会保障基金财政专户", bank_name="中国建设银行上海市分行营业部",
                        account_no="110231010020000018", cnaps=cnaps("10529000001"))

LETTERS = ["31010020260303000001", "31010020260303000002", "31010020260303000003"]
FORMS = ["F32050020260312000001", "F32050020260312000002"]
CERTIFICATES = ["C32050020260224000001", "C32050020260224000002"]
OLD_NUMBERS = ["3205000000000001", "3205000000000002", "3205000000000003"]
OLD_CASES = ["T32050020260304000001", "T32050020260304000002"]
NEW_CASES = ["T31010020260302000001", "T31010020260302000002"]

LI_STAYS = [
    dict(area="320100", scheme="310", from_month="2010-07", to_month="2014-12", months="54", kind="deemed"),
    dict(area="320500", scheme="310", from_month="2015-03", to_month="2025-12", months="130", kind="actual"),
    dict(area="320500", scheme="310", from_month="2026-01", to_month="2026-01", months="1", kind="backpaid"),
]
CHEN_STAYS = [
    dict(area="320500", scheme="310", from_month="2019-07", to_month="2026-01", months="79", kind="actual"),
]


def prefixed(prefix, block):
    return {prefix + name: value for name, value in block.items()}


def row(kind_of_row, typ=None, **values):
    """One row: its type, then its columns in order; what is not named is empty."""
    columns = COLUMNS[kind_of_row].split()
    unknown = set(values) - set(columns)
    if unknown:
        raise ValueError(f"{kind_of_row} has no column {sorted(unknown)}")
    return [typ or kind_of_row] + [values.get(column, "") for column in columns]


def stays(parent, rows):
    return [row("S", parent=parent, **stay) for stay in rows]


def application():
    return [
        row("A", application_no="SH20260302-00017", version="1", lodged_at="new", applied_on="2026-03-02",
            applicant="person", **LI, household="10", scheme_from="310", scheme_to="310", from_agency="320500",
            to_agency="310100", old_personal_no=OLD_NUMBERS[0], certificate_no=CERTIFICATES[0],
            enrolled_from="2026-02", materials="id;certificate", echo="网上申请 17"),
        row("A", application_no="SH20260302-00018", version="1", lodged_at="new", applied_on="2026-03-02",
            applicant="employer", employer_code=credit_code("91310000MA1FL0000"), employer_name="上海示例科技有限公司",
            **CHEN, scheme_from="310", scheme_to="310", from_agency="320500", to_agency="310100",
            materials="id;employer_letter"),
        row("A", application_no="SH20260302-00019", version="2", lodged_at="new", applied_on="2026-03-02",
            applicant="person", **MAI, household="20", scheme_from="310", scheme_to="390", from_agency="320500",
            to_agency="310100", materials="id;proxy", proxy_name='古丽娜尔"小古",代', proxy_phone="13800000009"),
    ]


def registry():
    return [
        row("R", personal_no=OLD_NUMBERS[0], as_of="2026-03-02", **LI, household="10", scheme="310",
            first_month="2010-07", paid_to="2026-01", status="stopped", stopped_on="2026-01-31",
            account_opened="2015-03", principal="18250.40", interest="312.65"),
        *stays(OLD_NUMBERS[0], LI_STAYS),
        row("R", personal_no=OLD_NUMBERS[1], as_of="2026-03-02", **CHEN, scheme="310", first_month="2019-07",
            paid_to="2026-01", status="stopped", stopped_on="2026-01-31", account_opened="2019-07",
            principal="0.00", interest="0.00"),
        *stays(OLD_NUMBERS[1], CHEN_STAYS),
        row("R", personal_no=OLD_NUMBERS[2], as_of="2026-03-02", **WONG, household="90", scheme="310",
            status="active", arrears_months="2", arrears_amount="1024.00", principal="7.05", interest="0.01"),
    ]


def certificate_request():
    return [
        row("G", request_no="SZ20260224-1", requested_on="2026-02-24", reason="first", applicant="person",
            personal_no=OLD_NUMBERS[0], **LI, echo="窗口 3"),
        row("G", request_no="SZ20260224-2", requested_on="2026-02-24", reason="lost", applicant="employer",
            personal_no=OLD_NUMBERS[1], **CHEN),
    ]


def certificate():
    return [
        row("C", certificate_no=CERTIFICATES[0], request_no="SZ20260224-1", personal_no=OLD_NUMBERS[0], **LI,
            household="10", scheme="310", first_month="2010-07", last_month="2026-01", months_actual="130",
            months_backpaid="1", months_deemed="54", arrears_amount="0.00", account_opened="2015-03",
            balance="18563.05", **prefixed("agency_", SUZHOU), issued_on="2026-02-24", clerk="系统自动办理",
            echo="窗口 3"),
        *stays(CERTIFICATES[0], LI_STAYS),
        row("C", certificate_no=CERTIFICATES[1], replaces="C32050020251105000007", request_no="SZ20260224-2",
            personal_no=OLD_NUMBERS[1], **CHEN, scheme="310", first_month="2019-07", last_month="2026-01",
            months_actual="79", months_backpaid="0", months_deemed="0", arrears_amount="0.00", balance="0.00",
            **prefixed("agency_", SUZHOU), issued_on="2026-02-24", clerk="王经办"),
        *stays(CERTIFICATES[1], CHEN_STAYS),
    ]


def contact_letter():
    common = dict(version="1", letter_date="2026-03-03", accepted_on="2026-03-02", scheme_from="310",
                  enrolled_from="2026-02", from_agency="320500", **prefixed("to_", SHANGHAI))
    return [
        row("L", letter_no=LETTERS[0], certificate_no=CERTIFICATES[0], **LI, household="10", scheme_to="310",
            old_personal_no=OLD_NUMBERS[0], account_moves="Y", **SHANGHAI_ACCOUNT, echo="T-1", **common),
        row("L", letter_no=LETTERS[1], **CHEN, scheme_to="310", account_moves="Y", **SHANGHAI_ACCOUNT,
            remark="单位申请,请尽快办理", echo="T-2", **common),
        row("L", letter_no=LETTERS[2], **MAI, scheme_to="390", account_moves="N", **common),
    ]


def information_form():
    common = dict(version="1", nature="original", letter_version="1", scheme="310", ended_on="2026-01-31",
                  arrears_amount="0.00", **prefixed("agency_", SUZHOU), issued_on="2026-03-12", clerk="系统自动办理",
                  checker="赵复核")
    return [
        row("F", form_no=FORMS[0], letter_no=LETTERS[0], echo="T-1", **LI, personal_no=OLD_NUMBERS[0],
            first_month="2010-07", paid_to="2026-01", deemed_to="2014-12", account_opened="2015-03",
            months_actual="130", months_backpaid="1", months_deemed="54", months_gap="2", money="REMITTED",
            principal="18250.40", interest="315.00", amount="18565.40", **SUZHOU_ACCOUNT,
            payment_ref=LETTERS[0] + "-1-1", **common),
        *stays(FORMS[0], LI_STAYS),
        row("F", form_no=FORMS[1], letter_no=LETTERS[1], echo="T-2", **CHEN, personal_no=OLD_NUMBERS[1],
            first_month="2019-07", paid_to="2026-01", months_actual="79", months_backpaid="0", months_deemed="0",
            months_gap="0", money="ZERO", principal="0.00", interest="0.00", amount="0.00", **common),
        *stays(FORMS[1], CHEN_STAYS),
        row("D", letter_no=LETTERS[2], letter_version="1", decline_code="still-participating",
            text="参保状态为正常参保，请先办理停保。", declined_on="2026-03-12"),
    ]


def remittance_advice():
    return [
        row("M", payment_ref=LETTERS[0] + "-1-1", purpose="transfer", letter_no=LETTERS[0], form_no=FORMS[0],
            person_id=LI["id_no"], name=LI["name"], amount="18565.40", value_date="2026-03-13"),
        row("M", payment_ref=LETTERS[0] + "-2-1", purpose="supplement", letter_no=LETTERS[0],
            form_no="F32050020260312000009", person_id=LI["id_no"], name=LI["name"], amount="0.01",
            value_date="2026-03-13", reason="补缴 2026 年 1 月"),
    ]


def completion():
    return [
        row("K", letter_no=LETTERS[0], form_no=FORMS[0], form_version="1", outcome="completed",
            completed_on="2026-03-20", credited="18565.40", months_credited="180", months_overlapping="5", echo="T-1"),
        row("K", letter_no=LETTERS[1], form_no=FORMS[1], form_version="1", outcome="relation_done",
            completed_on="2026-03-17", credited="0.00", months_credited="79", months_overlapping="0"),
    ]


def cancellation():
    return [
        row("X", letter_no=LETTERS[2], phase="cancel", reason="参保人撤回申请", cancelled_on="2026-03-05", echo="撤 1"),
        row("X", letter_no=LETTERS[1], phase="propose_void", reason="重复办理", cancelled_on="2026-03-18"),
    ]


def query():
    return [
        row("Z", query_no="Z31010020260313000001", letter_no=LETTERS[0], form_no=FORMS[0], about="months",
            ours="2015-03", theirs="2010-07", text="请核实首次缴费月份。", asked_on="2026-03-13", due_on="2026-03-20",
            echo="疑 1"),
        row("Z", query_no="Z31010020260313000002", answers="Z32050020260312000005", letter_no=LETTERS[0],
            about="account", ours=SHANGHAI_ACCOUNT["account_no"], text="收款账户无变化。", asked_on="2026-03-13"),
    ]


def posting():
    person = {name: value for name, value in LI.items() if name in ("id_type", "id_no", "name")}
    old = dict(case_no=OLD_CASES[0], personal_no=OLD_NUMBERS[0], scheme="310", date="2026-03-05", echo="E-1", **person)
    new = dict(case_no=NEW_CASES[0], scheme="310", date="2026-03-13", form_no=FORMS[0], form_version="1", **person)
    return [
        row("E", posting_no="P31010020260305000001", reason="关系转出", **old),
        row("B", posting_no="P31010020260305000002", **old),
        row("N", posting_no="P31010020260313000001", principal="18250.40", interest="315.00", amount="18565.40", **new),
        row("Y", posting_no="P31010020260313000002", **new),
        *stays("P31010020260313000002", LI_STAYS[:2]),
        row("U", posting_no="P31010020260313000003", undoes="P31010020260310000001", case_no=NEW_CASES[1], scheme="310",
            date="2026-03-13", reason="信息表更正"),
    ]


def posting_result():
    return [
        row("P", posting_no="P32050020260305000001", case_no=OLD_CASES[0], row="E", result="done",
            done_on="2026-03-06", echo="E-1"),
        row("P", posting_no="P32050020260305000002", case_no=OLD_CASES[0], row="B", result="done",
            done_on="2026-03-06", principal="18250.40", interest="315.00", amount="18565.40", balance_after="0.00"),
        row("P", posting_no="P32050020260305000003", case_no=OLD_CASES[1], row="E", result="refused", code="3007",
            text="该人员已终止参保", done_on="2026-03-06"),
        row("P", posting_no="P32050020260305000004", case_no=OLD_CASES[1], row="Y", result="done",
            done_on="2026-03-06", months="79"),
    ]


def payee():
    bank = dict(bank_name="中国工商银行苏州分行营业部", cnaps=cnaps("10230500001"))
    return [
        row("payee", "B", case_no=OLD_CASES[0], id_no=LI["id_no"], relation="self", name=LI["name"],
            payee_id_type="01", payee_id_no=LI["id_no"], account_name=LI["name"],
            account_no=card_number("621700123456789012"), share="1/1", evidence="本人身份证件、银行卡复印件", **bank),
        row("payee", "B", letter_no=LETTERS[1], id_no=CHEN["id_no"], relation="heir", name="陈建国",
            payee_id_type="01", payee_id_no=id_number("31010119630412005"), account_name="陈建国",
            account_no="6222-0001", share="1/2", evidence="死亡证明、亲属关系公证书", **bank),
        row("payee", "B", letter_no=LETTERS[1], id_no=CHEN["id_no"], relation="heir", name="周桂芳",
            payee_id_type="01", payee_id_no=id_number("31010119650723002"), account_name="周桂芳",
            account_no="6222-0002", share="1/2", evidence="死亡证明、亲属关系公证书", **bank),
    ]


def notice():
    return [
        row("notice", "N", recipient="person", id_no=LI["id_no"], name=LI["name"], phone=LI["phone"],
            application_no="SH20260302-00017", case_no=NEW_CASES[0], milestone="letter_sent", date="2026-03-03",
            due="2026-03-24", text="联系函已发往苏州市，请留意后续通知，无需另行办理。", echo="网上申请 17"),
        row("notice", "N", recipient="person", id_no=CHEN["id_no"], name=CHEN["name"], milestone="arrears",
            date="2026-03-03", text="您在苏州市有欠费 1024.00 元，请联系单位补缴后再申请参保凭证。"),
    ]


def reconciliation():
    return [
        row("Q", letter_no=LETTERS[0], state="completed", form_no=FORMS[0], form_version="1", amount="18565.40",
            last_event_on="2026-03-20"),
        row("Q", letter_no=LETTERS[2], state="declined", last_event_on="2026-03-12"),
    ]


def netting():
    return [
        row("J", month="2026-03", direction="out", letter_no="31010020260303000011", form_no="F32050020260312000011",
            amount="5120.33"),
        row("J", month="2026-03", direction="in", letter_no="32050020260303000004", form_no="F31010020260312000002",
            amount="88.00"),
    ]


def receipt():
    digest = hashlib.sha256(build("contact-letter", encoding="utf-8")).hexdigest()
    return [
        row("receipt", "R", file="contact-letter_310100_320500_20260303_000001.csv", sha256=digest,
            kind="contact-letter", sequence="1", verdict="partly", records="3", accepted="1", held="1", refused="1",
            next_run="2026-03-04", received_on="2026-03-03"),
        row("V", line="2", row="L", record_no=LETTERS[0], verdict="accepted", echo="T-1"),
        row("V", line="3", row="L", record_no=LETTERS[1], verdict="held", code="unknown-letter", echo="T-2"),
        row("V", line="4", row="L", record_no=LETTERS[2], verdict="refused", code="check-digit", field="id_no",
            text="校验位不符"),
    ]


def yuan(*columns):
    """A total: the sum of the named columns of the rows of one type."""
    def add(typ, rows):
        total = Decimal("0.00")
        for fields in rows:
            if fields[0] == typ[0]:
                names = COLUMNS[typ[1]].split()
                total += sum(Decimal(fields[1 + names.index(column)] or "0") for column in columns)
        return total
    return add


# kind: rows, sender, receiver, created, profile, row type that is summed, its columns
KINDS = {
    "application": (application, "310100p", "310100", "2026-03-02T17:30:00+08:00", "2021", None, ()),
    "registry": (registry, "320500c", "320500", "2026-03-02T02:15:00+08:00", "2016", ("R", "R"),
                 ("principal", "interest")),
    "certificate-request": (certificate_request, "320500p", "320500", "2026-02-24T10:00:00+08:00", "2016", None, ()),
    "certificate": (certificate, "320500", "320500p", "2026-02-24T18:30:00+08:00", "2016", ("C", "C"), ("balance",)),
    "contact-letter": (contact_letter, "310100", "320500", "2026-03-03T18:30:00+08:00", "2021", None, ()),
    "information-form": (information_form, "320500", "310100", "2026-03-12T18:30:00+08:00", "2016", ("F", "F"),
                         ("amount",)),
    "remittance-advice": (remittance_advice, "320500", "310100", "2026-03-13T18:30:00+08:00", "2016", ("M", "M"),
                          ("amount",)),
    "completion": (completion, "310100", "320500", "2026-03-20T18:30:00+08:00", "2021", ("K", "K"), ("credited",)),
    "cancellation": (cancellation, "310100", "320500", "2026-03-18T12:00:00+08:00", "2021", None, ()),
    "query": (query, "310100", "320500", "2026-03-13T12:00:00+08:00", "2021", None, ()),
    "posting": (posting, "310100", "310100c", "2026-03-13T22:00:00+08:00", "2021", ("N", "N"), ("amount",)),
    "posting-result": (posting_result, "320500c", "320500", "2026-03-06T22:00:00+08:00", "2016", ("P", "P"),
                       ("amount",)),
    "payee": (payee, "320500p", "320500", "2026-03-12T09:00:00+08:00", "2016", None, ()),
    "notice": (notice, "310100", "310100p", "2026-03-03T22:00:00+08:00", "2021", None, ()),
    "reconciliation": (reconciliation, "310100", "320500", "2026-04-01T06:00:00+08:00", "2021", ("Q", "Q"),
                       ("amount",)),
    "netting": (netting, "320500", "310100", "2026-04-01T06:00:00+08:00", "2016", ("J", "J"), ("amount",)),
    "receipt": (receipt, "320500", "310100", "2026-03-03T20:00:00+08:00", "2016", None, ()),
}


def header(kind):
    _, sender, receiver, created, profile, _, _ = KINDS[kind]
    fields = ["H", kind, "1", sender, receiver, "1", created, profile]
    return fields + ["full"] if kind == "registry" else fields


def total(kind, rows):
    _, _, _, _, _, summed, columns = KINDS[kind]
    return yuan(*columns)(summed, rows) if summed else Decimal("0.00")


def build(kind, encoding):
    """The bytes of the good batch of a kind."""
    rows = KINDS[kind][0]()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header(kind))
    writer.writerows(rows)
    body = out.getvalue().encode(encoding)
    trailer = f"T,{len(rows)},{total(kind, rows)},{hashlib.sha256(body).hexdigest()}\n"
    return body + trailer.encode(encoding)


# Row types whose letter stands for other columns in another kind.
NAMED = {("payee", "B"): "payee", ("notice", "N"): "notice", ("receipt", "R"): "receipt"}


def workbook(kind):
    """The same batch as a workbook, with the digest of the CSV."""
    rows = KINDS[kind][0]()
    columns = {}
    for fields in rows:
        typ = fields[0]
        columns.setdefault(typ, COLUMNS[NAMED.get((kind, typ), typ)].split())
    trailer = build(kind, "utf-8").decode("utf-8").splitlines()[-1].split(",")
    return make_workbooks.batch(header(kind), rows, columns, trailer[1:])


STATEMENT = "booked_on debit_credit amount counterparty account remark bank_ref status balance"
PAYMENTS = "order_no end_to_end_id payee account_no bank_name cnaps amount remark"


def bank_statement():
    """What a clerk of Suzhou keys from the bank's list: the balance follows row by row."""
    rows, balance = [], Decimal("50000.00")
    for side, amount, name, account, remark, ref, status in [
            ("借", "18565.40", "上海市社会保障基金财政专户", card_number("310669771019980076"),
             f"{LETTERS[0]} {LI['id_no']} {LI['name']}", "SZ0313-0001", "成功"),
            ("借", "7030.11", "陈建国", "6222-0001", f"{LETTERS[1]} {CHEN['id_no']} 陈建国", "", "失败"),
            ("贷", "5120.33", "杭州市医疗保障基金", "33-0001", "32050020260303000004", "SZ0313-0002", "成功"),
            ("贷", "18565.40", "上海市社会保障基金财政专户", card_number("310669771019980076"),
             f"退汇 {LETTERS[0]}", "SZ0313-0003", "退汇")]:
        if status != "失败":
            balance += Decimal(amount) if side == "贷" else -Decimal(amount)
        rows.append(["2026-03-13", side, amount, name, account, remark, ref, status, str(balance)])
    head = [("本方账号 own_account", card_number("110202030900001234")), ("期初余额 opening", "50000.00")]
    return make_workbooks.keyed("银行流水", head, STATEMENT.split(), rows)


def payment_list():
    """The list of transfers that Suzhou's bank works by hand."""
    order, bank = "320500000000000017", "中国工商银行苏州分行营业部"
    rows = [
        [order, f"{LETTERS[0]}-1-1", "上海市社会保障基金财政专户", card_number("310669771019980076"),
         "交通银行上海分行营业部", cnaps("30129000000"), "18565.40", f"{LETTERS[0]} {LI['id_no']} {LI['name']}"],
        [order, f"{LETTERS[1]}-1-1", "陈建国", "6222-0001", bank, cnaps("10230500001"), "7030.11",
         f"{LETTERS[1]} {CHEN['id_no']} 陈建国"],
    ]
    return make_workbooks.keyed("付款清单", [], PAYMENTS.split(), rows)


def files():
    """Name and bytes of every good file."""
    all_files = make_messages.files()
    all_files["bank-statement/good.xlsx"] = bank_statement()
    all_files["payment-list/good.xlsx"] = payment_list()
    for kind in KINDS:
        all_files[f"{kind}/good.xlsx"] = workbook(kind)
        all_files[f"{kind}/good.csv"] = build(kind, "utf-8")
        all_files[f"{kind}/good-gb18030.csv"] = build(kind, "gb18030")
    return all_files


def main(folder):
    for name, content in files().items():
        os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)
        with open(os.path.join(folder, name), "wb") as out:
            out.write(content)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
