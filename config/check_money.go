package config

import (
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/identity"
)

// accounts looks at CNAPS codes, validity and release.
func (k *checker) accounts() {
	before := len(k.list)
	a := &k.c.Settings.Accounts
	for i, own := range a.Own {
		k.cnaps(fmt.Sprintf("accounts.own[%d]", i), own)
	}
	k.cnaps("accounts.payer", a.Payer)
	for i, p := range k.c.Settings.Partners {
		for j, acct := range p.Accounts {
			k.cnaps(fmt.Sprintf("partners[%d].accounts[%d]", i, j), acct)
		}
	}
	if !slices.ContainsFunc(k.c.agency.Accounts, func(a exchange.Account) bool { return k.validNow(a) }) {
		k.fault("accounts.own", "register one", "no receiving account is valid today: no letter can be issued")
	}
	if !k.validNow(k.c.agency.Payer) {
		k.fault("accounts.payer", "", "is not valid today: no payment can be made")
	}
	for i, own := range k.c.agency.Accounts {
		if own.ValidTo != 0 && k.validNow(own) && own.ValidTo.Sub(k.day) <= 30 {
			k.warn(fmt.Sprintf("accounts.own[%d]", i), "register its successor", "ends on %s", own.ValidTo)
		}
	}
	k.releasers()
	if len(k.list) == before {
		k.ok("accounts", "CNAPS codes and validity are right")
	}
}

func (k *checker) cnaps(key string, a Account) {
	if err := identity.CheckCNAPS(a.CNAPS); err != nil {
		k.fault(key+".cnaps", "ask the bank for its CNAPS code (联行号)", "%s: %v", a.CNAPS, err)
	}
}

// releasers looks whether there are officers enough to release a payment, and one about
// which any of them decided. Whether they have keys is looked at where allowed_signers is
// read.
func (k *checker) releasers() {
	officers := k.c.agency.Officers
	signers := slices.DeleteFunc(slices.Clone(officers), func(o exchange.Officer) bool { return !o.Has(exchange.Releasing()...) })
	switch {
	case k.c.AutomaticRelease() && len(officers) == 0:
		k.ok("accounts.release", "automatic, and no officers: payments leave unsigned, and a change of the money settings is reported but stops nothing")
	case k.c.AutomaticRelease():
	case len(signers) < 2:
		k.fault("staff.officers", SmallestStaffing(), "%d officers may sign: no payment can be released", len(signers))
	case !exchange.CanRelease(officers):
		k.fault("staff.officers", SmallestStaffing(), "no checker (复核): no payment can be released")
	default:
		k.list = append(k.list, Deciding(officers)...)
	}
	if !k.c.AutomaticRelease() && len(k.c.agency.Recovery) == 0 {
		k.fault("staff.recovery_keys", "ssh-keygen -t ed25519 on a machine without network; the private half goes on paper to the head of office, the public half here",
			"no recovery key: when the officers are gone nobody can name new ones")
	}
	names := map[string]string{}
	for _, o := range officers {
		if other, ok := names[o.FullName]; ok {
			k.fault("staff.officers", "write who is who: signers and lists name officers so", "%s and %s are both called %s", other, o.Name, o.FullName)
		}
		names[o.FullName] = o.Name
	}
}

// SmallestStaffing names the officers that it takes to release every payment.
func SmallestStaffing() string {
	return fmt.Sprintf("the smallest staffing that releases every payment: %d officers with the roles clerk, checker or finance, %d of them checkers (复核)",
		exchange.SmallestStaffing, exchange.CheckersOfThem)
}

// Deciding looks whether officers who can release payments can also release those about
// which one of them decided, who does not sign for them. It is a fault where nobody can
// confirm an account, else a warning that names what is kept.
func Deciding(officers []exchange.Officer) []Finding {
	var actions []string
	level := LevelWarning
	for _, r := range exchange.Unreleasable(officers) {
		actions = append(actions, r.Action)
		if r.Action == exchange.ActConfirmAccount {
			level = LevelFault
		}
	}
	if len(actions) == 0 {
		return nil
	}
	return []Finding{{
		Level: level, Subject: "staff.officers", Todo: SmallestStaffing(),
		Text: "who decides about a payment cannot sign for it, and the others could not release one about which was decided: " + strings.Join(actions, ", "),
	}}
}

// reviewers looks whether there are officers enough to review what the
// configuration wants reviewed.
func (k *checker) reviewers() {
	able, checkers := 0, 0
	for _, o := range k.c.agency.Officers {
		if o.Has(exchange.ReviewRoles()...) {
			able++
		}
		if o.Has(exchange.RoleChecker) {
			checkers++
		}
	}
	for _, kind := range exchange.Reviewable() {
		key, how := "review."+kind, k.c.review[kind]
		if how == "" || how == exchange.ReviewNone {
			continue
		}
		switch {
		case able == 0:
			k.fault(key, "name an officer with the role clerk or checker", "nobody can review it: no %s leaves", kind)
		case how == exchange.ReviewTwo && able < 2:
			k.fault(key, "name two officers with the roles clerk or checker", "two officers are asked for, and there is one: no %s leaves", kind)
		case how == exchange.ReviewTwo && checkers == 0:
			k.fault(key, "give one of them the role checker", "no checker (复核): no %s leaves", kind)
		default:
			k.ok(key, "%s: %d officers can review it", how, able)
		}
	}
}
