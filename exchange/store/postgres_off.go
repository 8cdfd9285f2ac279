//go:build !postgres

package store

import "errors"

// openPostgres: the driver's modules come with the build tag "postgres".
func openPostgres(string) (engine, error) {
	return nil, errors.New("open store: this program was built without PostgreSQL (build tag postgres)")
}
