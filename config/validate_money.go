package config

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
)

func (v *validator) accounts() {
	a := &v.c.Settings.Accounts
	if len(a.Own) == 0 {
		v.add("accounts.own", "a contact letter needs one", "no receiving account")
	}
	v.c.agency.Accounts = v.accountList("accounts.own", a.Own)
	v.c.agency.Payer = v.account("accounts.payer", a.Payer)
	v.uses()
	v.c.agency.PaymentCap, v.c.agency.FileCap, v.c.agency.RecordCap = a.Caps.Payment.Fen(), a.Caps.File.Fen(), a.Caps.Record.Fen()
	v.c.agency.NoticeCap, v.c.agency.PartnerDayCap, v.c.agency.NewAccountDayCap = a.Caps.Notice.Fen(), a.Caps.PartnerDay.Fen(), a.Caps.NewAccountDay.Fen()
	v.c.agency.RemarkMax, v.c.agency.RemarkIn = a.RemarkMax, a.RemarkIn
	v.oneOf("accounts.remark_charset", a.RemarkIn, "utf-8", "gb18030")
	// Letter number, ID and the spaces around them fill 40 bytes; ISO 20022 takes 140.
	v.between("accounts.remark_max", a.RemarkMax, 40, 140)
	for i, p := range a.FundsClosed {
		key := fmt.Sprintf("accounts.funds_closed[%d]", i)
		if p.From == 0 || p.To < p.From {
			v.add(key, "give from and to, both days included", "not a period")
		}
		v.c.agency.FundsClosed = append(v.c.agency.FundsClosed, exchange.Span{From: p.From, To: p.To})
	}
}

// uses notes which accounts are not ours alone, and what is no transfer on them.
func (v *validator) uses() {
	a := &v.c.Settings.Accounts
	use := func(key string, of Account) {
		if of.Use != "" {
			v.oneOf(key+".use", of.Use, UseTransfers, UseShared)
		}
		if of.Use == UseShared && !slices.Contains(v.c.agency.Shared, of.AccountNo) {
			v.c.agency.Shared = append(v.c.agency.Shared, of.AccountNo)
		}
	}
	for i, own := range a.Own {
		use(fmt.Sprintf("accounts.own[%d]", i), own)
	}
	use("accounts.payer", a.Payer)
	for i, r := range a.Others {
		key := fmt.Sprintf("accounts.others[%d]", i)
		if r.AccountNo == "" && r.Text == "" {
			v.add(key, "give account_no, text or both", "fits every entry")
		}
		v.oneOf(key+".reason", r.Reason, exchange.OtherReasons()...)
		v.c.agency.Others = append(v.c.agency.Others, exchange.OtherRule{Account: r.AccountNo, Text: r.Text, Reason: r.Reason})
	}
}

// release refuses to release payments by itself where a drop is not on this machine.
func (v *validator) release() {
	switch r := v.c.Settings.Accounts.Release; r {
	case ReleaseDual:
	case ReleaseAutomatic:
		for _, d := range v.elsewhere() {
			if d.Key == "audit.drop" { // nobody is paid by what lies there
				continue
			}
			v.add("accounts.release", "leave release out: two officers then sign",
				"automatic is refused because the drop of %s at %s is not on this machine", d.Party, d.Drop.SFTP.Addr)
		}
	default:
		v.add("accounts.release", "dual, or automatic where every drop is on this machine", "%q is not a release", r)
	}
}

// rehearsal refuses to rehearse where a drop is not on this machine: what is sent there would be meant.
func (v *validator) rehearsal() {
	v.c.agency.Rehearsal = v.c.Settings.Rehearsal
	if !v.c.agency.Rehearsal {
		return
	}
	for _, d := range v.elsewhere() {
		v.add("rehearsal", "name a local folder, or a server on this machine",
			"is refused because the drop of %s at %s is not on this machine", d.Party, d.Drop.SFTP.Addr)
	}
}

// elsewhere are the drops that are not on this machine.
func (v *validator) elsewhere() []PartyDrop {
	return slices.DeleteFunc(v.c.Drops(), func(d PartyDrop) bool { return d.Drop.Host() == "" })
}

// Host is the other machine that a drop is on; empty: it is on this one.
func (d Drop) Host() string {
	if d.SFTP == nil || loopback(d.SFTP.Addr) {
		return ""
	}
	host, _, err := net.SplitHostPort(d.SFTP.Addr)
	if err != nil {
		return d.SFTP.Addr
	}
	return host
}

// loopback reports whether an address is on this machine, without asking DNS.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (v *validator) accountList(key string, list []Account) (accounts []exchange.Account) {
	for i, a := range list {
		accounts = append(accounts, v.account(fmt.Sprintf("%s[%d]", key, i), a))
	}
	return accounts
}

var accountNo = regexp.MustCompile(`^[A-Z0-9-]{1,34}$`)

// account checks an account's shape; whether its CNAPS is right is a matter
// of Check, so that one wrong digit does not stop all other work.
func (v *validator) account(key string, a Account) exchange.Account {
	v.text(key+".holder", a.Holder, 1, 140)
	v.text(key+".bank", a.Bank, 1, 140)
	if a.AccountNo == "" {
		v.add(key+".account_no", "", "is missing")
	} else if !accountNo.MatchString(a.AccountNo) {
		v.add(key+".account_no", "", "%q is not an account number (digits, capitals, hyphens, at most 34)", a.AccountNo)
	}
	if a.CNAPS == "" {
		v.add(key+".cnaps", "", "is missing")
	} else if len(a.CNAPS) != 12 || strings.Trim(a.CNAPS, "0123456789") != "" {
		v.add(key+".cnaps", "", "%q is not a CNAPS code of 12 digits (联行号)", a.CNAPS)
	}
	if a.ValidTo != 0 && a.ValidTo < a.ValidFrom {
		v.add(key+".valid_to", "", "is before valid_from")
	}
	for i, s := range a.Schemes {
		if !code.Scheme(s).Known() {
			v.add(fmt.Sprintf("%s.schemes[%d]", key, i), nearest(s, code.Schemes().Codes()), "%q is not a scheme", s)
		}
	}
	return exchange.Account{
		Holder: a.Holder, Bank: a.Bank, No: a.AccountNo, CNAPS: a.CNAPS,
		ValidFrom: a.ValidFrom, ValidTo: a.ValidTo, Schemes: slices.Clone(a.Schemes),
	}
}
