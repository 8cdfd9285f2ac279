package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/samples"
)

func newPartnerKitCommand(a *app) *cobra.Command {
	var partner string
	c := &cobra.Command{
		Use:   "partner-kit DIR",
		Short: "What a small partner needs: manual, templates, samples, a plain Python program, keys how-to",
		Long: "Writes what a small partner needs to exchange with us into DIR: the manual, workbooks to type into,\n" +
			"good and bad samples with their verdicts, a plain Python program that writes, checks and answers\n" +
			"batches, and how keys are made and exchanged. With -c and --partner CODE also what is agreed with\n" +
			"that partner, and our line for its allowed_signers. DIR must be empty or not there.",
		Args: cobra.ExactArgs(1),
		RunE: runs(func(_ *cobra.Command, args []string) error { return a.partnerKit(args[0], partner) }),
	}
	c.Flags().StringVar(&partner, "partner", "", "area code of the partner that the kit is for, as in the configuration")
	return c
}

func (a *app) partnerKit(dir, partner string) error {
	var agreed *samples.Agreed
	if partner != "" {
		c, err := config.Load(a.config)
		if err != nil {
			return err
		}
		if agreed, err = agreedWith(c, partner, calendar.DateOf(a.now())); err != nil {
			return err
		}
	}
	made, err := samples.WriteKit(dir, agreed)
	if errors.Is(err, samples.ErrNotEmpty) {
		return usageError{err}
	}
	if err != nil {
		return fmt.Errorf("partner kit: %w", err)
	}
	return a.made(made)
}

// agreedWith is what the configuration says about a partner that the partner
// should know, in the order in which it is asked for.
func agreedWith(c *config.Config, code string, on calendar.Date) (*samples.Agreed, error) {
	p, known := c.Partners()[code]
	if !known {
		return nil, usageError{fmt.Errorf("--partner %s: the configuration has no such partner", code)}
	}
	us := c.Agency()
	a := &samples.Agreed{Agency: us.Code, AgencyName: us.Name, Partner: code, PartnerName: p.Name}
	add := func(name, value string) {
		if value != "" {
			a.Facts = append(a.Facts, samples.Fact{Name: name, Value: value})
		}
	}
	add("载体 carrier", p.Carrier)
	add("编码 encoding", p.Encoding)
	add("时限规则 profile", p.Profile)
	add("资金结算 settlement", p.Settlement)
	add("合并付款 lump sum", map[bool]string{true: "是 yes", false: "否 no"}[p.LumpSum])
	add("签名 seal", p.Seal)
	for _, account := range us.Accounts {
		add("我方收款账户 our receiving account", accountWords(account))
	}
	for _, account := range p.Accounts {
		add("贵方登记的收款账户 your registered account", accountWords(account))
	}
	if p.Seal != exchange.SealSigned {
		return a, nil
	}
	key, err := readSealKey(c.SealKeyFile(on))
	if err != nil {
		return nil, err
	}
	add("我方签名公钥（存入 allowed_signers）our line", "`"+config.SealLine(us.Code, key.Public())+"`")
	add("我方公钥指纹（请电话核对）our fingerprint, compare by telephone", "`"+ssh.FingerprintSHA256(key.Public())+"`")
	return a, nil
}

func accountWords(a exchange.Account) string {
	return cmp.Or(a.Holder, "-") + " · " + cmp.Or(a.Bank, "-") + " · " + a.No + " · " + a.CNAPS
}
