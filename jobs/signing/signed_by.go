package signing

import (
	"bytes"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/jobs/office"
)

// SignedBy returns the role, the first of those given, with which an officer's signature
// of a decision's text counts, and the key that made it. Officers and keys are those of
// the approved money settings, not of the configuration: a new officer decides once the
// change has been approved. What does not count is office.Undecidable.
func SignedBy(d *office.Desk, officer string, roles []exchange.Role, text, signature []byte) (exchange.Role, seal.Signer, error) {
	signers, err := ApprovedSigners(d.Office, d.Tx)
	if err != nil {
		return "", seal.Signer{}, err
	}
	o, ok := signers.Officer(officer)
	if !ok || !o.Has(roles...) {
		return "", seal.Signer{}, office.Undecidable(
			officer+" 不在已批准的人员名单中，或没有所需角色",
			fmt.Sprintf("%s is not on the approved list of officers (it is taken over by a run), or has none of the roles %v", officer, roles))
	}
	at := d.Instants(d.Now(), d.Date)
	signer, err := signers.Keys.Verify(bytes.NewReader(text), signature, seal.NamespaceDecision, at...)
	if err != nil {
		return "", signer, office.Undecidable("签名无效", "signature: "+err.Error())
	}
	counted := signers.Roles(o, signer.Fingerprint, seal.NamespaceDecision, roles, at...)
	if len(counted) == 0 {
		return "", signer, office.Undecidable("密钥 "+signer.Fingerprint+" 没有为 "+officer+" 登记所需角色",
			fmt.Sprintf("the key is not listed for %s with one of the roles %v", officer, roles))
	}
	return counted[0], signer, nil
}

// WhoSigned names who signed, and with which roles, in Chinese whatever the agency's
// language is: it goes into the journal.
func WhoSigned(d *office.Desk, signatures []exchange.Signature) string {
	var names []string
	for _, s := range signatures {
		var roles []string
		for _, r := range s.Roles {
			roles = append(roles, exchange.TermOf(exchange.RoleTerms(), string(r)).Chinese)
		}
		names = append(names, s.Officer+"（"+strings.Join(roles, "、")+"）")
	}
	return strings.Join(names, " ")
}
