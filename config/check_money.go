package config

import (
	"fmt"
	"slices"

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

// releasers looks whether there are officers enough to release a payment.
// Whether they have keys is looked at where allowed_signers is read.
func (k *checker) releasers() {
	signers, checkers := 0, 0
	for _, o := range k.c.agency.Officers {
		if o.Has(exchange.Releasing()...) {
			signers++
		}
		if o.Has(exchange.RoleChecker) {
			checkers++
		}
	}
	switch {
	case k.c.AutomaticRelease() && len(k.c.agency.Officers) == 0:
		k.ok("accounts.release", "automatic, and no officers: payments leave unsigned, and a change of the money settings is reported but stops nothing")
	case k.c.AutomaticRelease():
	case signers < 2:
		k.fault("staff.officers", "name two officers with the roles clerk, checker or finance", "%d officers may sign: no payment can be released", signers)
	case checkers == 0:
		k.fault("staff.officers", "give one of them the role checker", "no checker (复核): no payment can be released")
	case signers == 2:
		k.ok("staff.officers", "two officers may sign; with a third, payments go on when one of them is away")
	}
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
