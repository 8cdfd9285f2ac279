package store

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

var (
	certificateRows = keep("certificates", func(c *exchange.Certificate) []field {
		return []field{
			at("certificate_no", &c.No), at("replaces", &c.Replaces), at("replaced_by", &c.ReplacedBy), at("request_no", &c.RequestNo), at("personal_no", &c.PersonalNo),
			at("issued_on", &c.IssuedOn), at("balance", (*int64)(&c.Balance)), at("arrears", (*int64)(&c.Arrears)),
		}
	}, func(c *exchange.Certificate) []field {
		return []field{
			at("person", &c.Person), at("id_key", &c.Person.IDKey), at("name_key", &c.Person.NameKey),
			at("actual", &c.Actual), at("backpaid", &c.Backpaid), at("deemed", &c.Deemed), at("stays,omitempty", &c.Stays),
		}
	})
	requestRows = keep("certificate_requests", func(q *exchange.CertificateRequest) []field {
		return []field{
			at("request_no", &q.No), at("file_id", shape.OptionalOf(&q.FileID)), at("requested_on", &q.RequestedOn), at("personal_no", &q.PersonalNo),
			at("certificate_no", &q.CertificateNo),
		}
	}, func(q *exchange.CertificateRequest) []field {
		return []field{
			at("reason", &q.Reason), at("applicant", &q.Applicant), at("person", &q.Person), at("id_key", &q.Person.IDKey), at("name_key", &q.Person.NameKey),
			at("echo,omitempty", &q.Echo),
		}
	})
	updateRequest = requestRows.update("request_no = $1 AND certificate_no = ''")
)

var certificateByNo = byKey(certificateRows, "certificate_no", func(*exchange.Certificate, *exchange.Certificate) int { return 0 },
	func(c *exchange.Certificate) any { return c.No })

// InsertCertificate stores a certificate. A person has one live certificate:
// the one before is made void first.
func (tx *Tx) InsertCertificate(c exchange.Certificate) error {
	if err := tx.later(pending.Write{What: "cases with " + c.No, Insert: stirRivals, Args: []any{c.Person.IDKey, ""}, Many: true}); err != nil {
		return err
	}
	return certificateRows.add(tx, "certificate "+c.No, &c)
}

// Certificate returns a certificate, void or live.
func (tx *Tx) Certificate(no string) (exchange.Certificate, error) {
	of, err := certificateByNo.of(tx, "certificate "+no, no)
	return firstOf("certificate "+no, of, err)
}

// CertificateByPerson returns a person's live certificate.
func (tx *Tx) CertificateByPerson(personalNo string) (exchange.Certificate, error) {
	return certificateRows.one(tx, "certificate of "+personalNo, "WHERE personal_no = $1 AND replaced_by = ''", personalNo)
}

// EachCertificate calls fn with every certificate issued since a date, by number.
func (tx *Tx) EachCertificate(since calendar.Date, fn func(exchange.Certificate) error) error {
	return pages(func(last *exchange.Certificate) ([]exchange.Certificate, error) {
		return certificateRows.many(tx, "certificates",
			"WHERE issued_on >= $1 AND certificate_no > $2 ORDER BY certificate_no"+sqltext.AtMost(pageSize), since.String(), last.No)
	}, singly(fn))
}

// VoidCertificate makes a live certificate void, replaced by another one.
func (tx *Tx) VoidCertificate(no, replacedBy string) error {
	return tx.change("certificate "+no, "UPDATE certificates SET replaced_by = $2 WHERE certificate_no = $1 AND replaced_by = ''", no, replacedBy)
}

// InsertCertificateRequest stores a request.
func (tx *Tx) InsertCertificateRequest(q exchange.CertificateRequest) error {
	return requestRows.add(tx, "certificate request "+q.No, &q)
}

// CertificateRequest returns a request.
func (tx *Tx) CertificateRequest(no string) (exchange.CertificateRequest, error) {
	return requestRows.one(tx, "certificate request "+no, "WHERE request_no = $1", no)
}

// OpenCertificateRequests returns the requests that have led to no certificate yet.
func (tx *Tx) OpenCertificateRequests() ([]exchange.CertificateRequest, error) {
	return requestRows.many(tx, "open certificate requests", "WHERE certificate_no = '' ORDER BY request_no")
}

// UpdateCertificateRequest changes a request that is still open.
func (tx *Tx) UpdateCertificateRequest(q exchange.CertificateRequest) error {
	return tx.change("certificate request "+q.No, updateRequest, requestRows.args(&q)...)
}
