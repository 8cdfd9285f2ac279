package main

import (
	"errors"
	"fmt"
	"io/fs"

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
	return a.printFiles(made)
}

// agreedWith is what the configuration says about a partner that the partner
// should know.
func agreedWith(c *config.Config, code string, on calendar.Date) (*samples.Agreed, error) {
	p, known := c.Partners()[code]
	if !known {
		return nil, usageError{fmt.Errorf("--partner %s: the configuration has no such partner", code)}
	}
	var public ssh.PublicKey
	key, err := readSealKey(c.SealKeyFile(on))
	switch {
	case err == nil:
		public = key.Public()
	case p.Seal == exchange.SealSigned || !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	a := &samples.Agreed{Agency: c.Agency().Code, AgencyName: c.Agency().Name, Partner: code, PartnerName: p.Name}
	for _, f := range c.Agreed(p, public) {
		a.Facts = append(a.Facts, samples.Fact{Name: f.Item, Value: f.Text})
	}
	return a, nil
}
