package drop_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"carryover/exchange/drop"
	"carryover/exchange/drop/droptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLocal(t *testing.T) {
	droptest.Run(t, func(t *testing.T) (drop.Drop, string) {
		root := droptest.Folder(t)
		d, err := drop.OpenLocal(root, drop.Paths{}, drop.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return d, root
	})
}

func TestSFTP(t *testing.T) {
	droptest.Run(t, func(t *testing.T) (drop.Drop, string) {
		c, root, _ := droptest.Server(t, nil)
		return dial(t, c, drop.Options{}), root
	})
}

func TestOpenSSH(t *testing.T) {
	s := droptest.OpenSSH(t)
	var without []string
	if os.Geteuid() == 0 { // sshd lets nobody in: the account is locked
		without = append(without, droptest.ReadOnly)
	}
	droptest.Run(t, func(t *testing.T) (drop.Drop, string) {
		c := s.SFTP
		root := droptest.Folder(t)
		c.Root = root
		return dial(t, c, drop.Options{}), root
	}, without...)
}

func dial(t testing.TB, c drop.SFTP, opt drop.Options) drop.Drop {
	t.Helper()
	d, err := drop.DialSFTP(t.Context(), c, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
