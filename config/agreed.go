package config

import (
	"cmp"

	"golang.org/x/crypto/ssh"

	"carryover/exchange"
)

// Agreed is what the configuration says about a partner that the partner
// should know, in both languages and in the order in which it is asked for. key
// is our public key, which is told where there is one: queries are signed whatever was
// agreed.
func (c *Config) Agreed(p exchange.Partner, key ssh.PublicKey) (facts []Fact) {
	add := func(item, text string) {
		if text != "" {
			facts = append(facts, Fact{item, text})
		}
	}
	add("载体 carrier", p.Carrier)
	add("编码 encoding", p.Encoding)
	add("时限规则 profile", p.Profile)
	add("资金结算 settlement", p.Settlement)
	add("合并付款 lump sum", map[bool]string{true: "是 yes", false: "否 no"}[p.LumpSum])
	add("签名 seal", p.Seal)
	for _, account := range c.agency.Accounts {
		add("我方收款账户 our receiving account", accountWords(account))
	}
	for _, account := range p.Accounts {
		add("贵方登记的收款账户 your registered account", accountWords(account))
	}
	if key != nil {
		add("我方签名公钥（存入 allowed_signers）our line", "`"+SealLine(c.agency.Code, key)+"`")
		add("我方公钥指纹（请电话核对）our fingerprint, compare by telephone", "`"+ssh.FingerprintSHA256(key)+"`")
	}
	return facts
}

func accountWords(a exchange.Account) string {
	return cmp.Or(a.Holder, "-") + " · " + cmp.Or(a.Bank, "-") + " · " + a.No + " · " + a.CNAPS
}
