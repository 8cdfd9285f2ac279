package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// newSettingsCommand is `settings`: what is done about the money settings beside signing them.
func newSettingsCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "settings",
		Short: "Sign money settings ahead, recover them, object to a recovery",
		Long: `The money settings (staff and release, own accounts, bank and caps, partners, core and
portal) count once they are signed; list settings tells how they stand, release signs.

  propose   the configuration given is to count from a later day: it is signed now, and
            counts once it is the agency's configuration on that day or after
  recover   the officers who were approved cannot sign any more: a recovery key and two of
            the configured officers replace them; payments stop until it ends
  object    an officer who was approved before ends a recovery`,
	}
	propose := &cobra.Command{Use: "propose --from DATE", Short: "Have this configuration signed for a later day", Args: cobra.NoArgs}
	from := propose.Flags().String("from", "", "the day from which it is to count, yyyy-mm-dd")
	propose.RunE = runs(func(cmd *cobra.Command, _ []string) error {
		day, err := calendar.ParseDate(*from)
		if err != nil {
			return usageError{err}
		}
		return a.withSettings(cmd.Context(), func(ag *agency) error { return signing.Propose(cmd.Context(), ag.env.Office, day) })
	})
	recovery := &cobra.Command{Use: "recover", Short: "Begin a recovery with a recovery key", Args: cobra.NoArgs}
	recovery.RunE = runs(func(cmd *cobra.Command, _ []string) error {
		return a.withSettings(cmd.Context(), func(ag *agency) error { return signing.Recover(cmd.Context(), ag.env.Office) })
	})
	object := &cobra.Command{Use: "object FILE --key K", Short: "End a recovery", Args: cobra.ExactArgs(1)}
	keyFile := object.Flags().String("key", "", "the officer's private key")
	object.RunE = runs(func(cmd *cobra.Command, args []string) error {
		return a.withSettings(cmd.Context(), func(ag *agency) error { return a.object(cmd.Context(), ag, args[0], *keyFile) })
	})
	c.AddCommand(propose, recovery, object)
	return c
}

// withSettings opens the agency, does something about its money settings and shows how they stand.
func (a *app) withSettings(ctx context.Context, do func(*agency) error) (err error) {
	ag, err := a.openToDecide(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	if err := do(ag); err != nil {
		return err
	}
	return ag.env.Store.View(ctx, func(tx *store.Tx) error {
		s, err := signing.Show(ag.env.Office, tx)
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(s)
		}
		_, err = fmt.Fprint(a.out, s.Words(ag.env.Office))
		return err
	})
}

// object signs the text of a recovery for objections, with the key of a file.
func (a *app) object(ctx context.Context, ag *agency, name, keyFile string) error {
	p, err := ag.env.FindSignable(ctx, name)
	if err != nil {
		return err
	}
	key, officer, err := a.signer(ctx, ag, exchange.File{}, keyFile, "")
	if err != nil {
		return err
	}
	text, err := ag.env.Content(ctx, p.File)
	if err != nil {
		return err
	}
	defer text.Close()
	sig, err := key.Sign(text, seal.NamespaceObjection)
	if err != nil {
		return err
	}
	return ag.env.Do(ctx, office.By{Actor: exchange.OfficerParty(officer)}, func(d *office.Desk) error { return signing.Object(d, officer, name, sig) })
}
