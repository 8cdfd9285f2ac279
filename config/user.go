package config

import (
	"fmt"
	"os"
	"os/user"
	"strconv"

	"carryover/exchange/atomicfile"
)

// CheckUser returns an error unless store, spool and reports, as far as they are there,
// belong to the user who runs this: what another one makes beside them, even root, even
// while only reading, their owner could not write any more. Where files have no owners
// anybody may.
func (c *Config) CheckUser() error { return c.checkUser(os.Geteuid()) }

func (c *Config) checkUser(uid int) error {
	places := []string{c.Abs(c.Settings.Folders.Spool), c.Abs(c.Settings.Folders.Reports)}
	if !isPostgres(c.Settings.Store.DSN) {
		places = append([]string{c.Abs(c.Settings.Store.DSN)}, places...)
	}
	for _, path := range places {
		owner, err := atomicfile.Owner(path)
		if err != nil || owner == uid { // what is not there, or cannot be looked at, is said by whoever needs it
			continue
		}
		name := userName(owner)
		return fmt.Errorf("%s belongs to %s, and this runs as %s, whose files %s could not write: run it as that user: sudo -u %s carryover … (or: runuser -u %s -- carryover …)",
			path, name, userName(uid), name, name, name)
	}
	return nil
}

// userName is a user's name, or its number as sudo takes it.
func userName(uid int) string {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return "#" + strconv.Itoa(uid)
	}
	return u.Username
}
