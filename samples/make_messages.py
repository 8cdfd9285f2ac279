"""The bank's messages of the same story, as make_good.py writes them: the
order of the payment in the information form, what became of it, the credit at
the new place, and the day's statement of the old one. Plain text, no library:
the schemas of ISO 20022 say what must stand where."""

from xml.sax.saxutils import escape

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
PAYMENT_REF = "31010020260303000001-1-1"
TEXT = "31010020260303000001 320508198802170028 李娜"
OURS = ("苏州市社会保障基金财政专户", "110232050020000018", "102305000017", "中国工商银行苏州分行营业部")
THEIRS = ("上海市社会保障基金财政专户", "110231010020000018", "105290000019", "中国建设银行上海市分行营业部")


def tag(name, *content, **attributes):
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{given}>{''.join(content)}</{name}>"


def text(name, value):
    return tag(name, escape(value))


def document(message, *content):
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}{message}">\n'
            + "\n".join(content) + "\n</Document>\n").encode("utf-8")


def account(name, number):
    return tag(name, tag("Id", tag("Othr", text("Id", number))))


def bank(name, cnaps, title):
    member = tag("ClrSysMmbId", tag("ClrSysId", text("Cd", "CNAPS")), text("MmbId", cnaps))
    return tag(name, tag("FinInstnId", member, text("Nm", title)))


def amount(name, value):
    return tag(name, value, Ccy="CNY")


def day(name, date):
    return tag(name, text("Dt", date))


def head(number, created, *more):
    return tag("GrpHdr", text("MsgId", number), text("CreDtTm", created), *more)


def payment():
    sums = text("NbOfTxs", "2") + text("CtrlSum", "18565.41")
    debtor = (tag("Dbtr", text("Nm", OURS[0])) + account("DbtrAcct", OURS[1]) + bank("DbtrAgt", OURS[2], OURS[3])
              + text("ChrgBr", "DEBT"))
    return document(
        "pain.001.001.09", "<CstmrCdtTrfInitn>",
        head("PAY32050020260313000001", "2026-03-13T18:30:00+08:00", sums,
             tag("InitgPty", text("Nm", "苏州市医疗保险基金管理中心"))),
        "<PmtInf>" + text("PmtInfId", "PAY32050020260313000001") + text("PmtMtd", "TRF") + sums
        + day("ReqdExctnDt", "2026-03-16") + debtor,
        transfer(PAYMENT_REF, "18565.40", TEXT),
        transfer("31010020260303000001-2-1", "0.01", TEXT),
        "</PmtInf>", "</CstmrCdtTrfInitn>")


def transfer(reference, value, remark):
    return tag("CdtTrfTxInf", tag("PmtId", text("EndToEndId", reference)), tag("Amt", amount("InstdAmt", value)),
               bank("CdtrAgt", THEIRS[2], THEIRS[3]), tag("Cdtr", text("Nm", THEIRS[0])),
               account("CdtrAcct", THEIRS[1]), tag("RmtInf", text("Ustrd", remark)))


def status():
    return document(
        "pain.002.001.10", "<CstmrPmtStsRpt>", head("STS20260316000001", "2026-03-16T09:12:44+08:00"),
        tag("OrgnlGrpInfAndSts", text("OrgnlMsgId", "PAY32050020260313000001"),
            text("OrgnlMsgNmId", "pain.001.001.09"), text("OrgnlNbOfTxs", "2"), text("OrgnlCtrlSum", "18565.41"),
            text("GrpSts", "PART")),
        "<OrgnlPmtInfAndSts>" + text("OrgnlPmtInfId", "PAY32050020260313000001"),
        tag("TxInfAndSts", text("OrgnlEndToEndId", PAYMENT_REF), text("TxSts", "ACSC"), text("AcctSvcrRef", "B0001")),
        tag("TxInfAndSts", text("OrgnlEndToEndId", "31010020260303000001-2-1"), text("TxSts", "RJCT"),
            tag("StsRsnInf", tag("Rsn", text("Cd", "AC01")), text("AddtlInf", "账号与户名不符"))),
        "</OrgnlPmtInfAndSts>", "</CstmrPmtStsRpt>")


def entry(reference, value, credit, end_to_end, counterparty, remark, detailed=True):
    """One booking; not every bank repeats the amount in its details."""
    direction = "CRDT" if credit else "DBIT"
    role = ("Dbtr", "DbtrAcct", "DbtrAgt") if credit else ("Cdtr", "CdtrAcct", "CdtrAgt")
    parties = (tag("RltdPties", tag(role[0], tag("Pty", text("Nm", counterparty[0]))), account(role[1], counterparty[1]))
               + tag("RltdAgts", bank(role[2], counterparty[2], counterparty[3])))
    repeated = amount("Amt", value) + text("CdtDbtInd", direction) if detailed else ""
    details = tag("NtryDtls", tag("TxDtls", tag("Refs", text("EndToEndId", end_to_end)), repeated, parties,
                                  tag("RmtInf", text("Ustrd", remark))))
    code = tag("BkTxCd", tag("Domn", text("Cd", "PMNT"),
                             tag("Fmly", text("Cd", "RCDT" if credit else "ICDT"), text("SubFmlyCd", "OTHR"))))
    return tag("Ntry", amount("Amt", value), text("CdtDbtInd", direction), tag("Sts", text("Cd", "BOOK")),
               day("BookgDt", "2026-03-16"), day("ValDt", "2026-03-16"), text("AcctSvcrRef", reference), code, details)


def own(holder):
    return tag("Acct", tag("Id", tag("Othr", text("Id", holder[1]))), text("Ccy", "CNY"), text("Nm", holder[0]),
               bank("Svcr", holder[2], holder[3]))


def notification():
    return document(
        "camt.054.001.08", "<BkToCstmrDbtCdtNtfctn>", head("NTF20260316000001", "2026-03-16T16:00:00+08:00"),
        "<Ntfctn>" + text("Id", "NTF20260316000001-1") + text("CreDtTm", "2026-03-16T16:00:00+08:00") + own(THEIRS),
        entry("R0001", "18565.40", True, PAYMENT_REF, OURS, TEXT),
        entry("R0002", "88.00", False, "32050020260303000004-1-1", OURS, "32050020260303000004 张 & 王",
              detailed=False),
        "</Ntfctn>", "</BkToCstmrDbtCdtNtfctn>")


def balance(code, value):
    return tag("Bal", tag("Tp", tag("CdOrPrtry", text("Cd", code))), amount("Amt", value), text("CdtDbtInd", "CRDT"),
               day("Dt", "2026-03-16"))


def statement():
    return document(
        "camt.053.001.08", "<BkToCstmrStmt>", head("STM20260316000001", "2026-03-16T22:00:00+08:00"),
        "<Stmt>" + text("Id", "STM20260316000001-1") + text("CreDtTm", "2026-03-16T22:00:00+08:00") + own(OURS),
        balance("OPBD", "1000000.00"),
        balance("CLBD", "981522.60"),
        entry("R0011", "18565.40", False, PAYMENT_REF, THEIRS, TEXT),
        entry("R0012", "88.00", True, "32050020260303000004-1-1", THEIRS, "32050020260303000004 张三"),
        "</Stmt>", "</BkToCstmrStmt>")


MESSAGES = {"pain.001.001.09": payment, "pain.002.001.10": status, "camt.054.001.08": notification,
            "camt.053.001.08": statement}


def files():
    """Name and bytes of every message."""
    return {f"{name}/good.xml": build() for name, build in MESSAGES.items()}
