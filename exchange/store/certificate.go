package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

const (
	certificateColumns = "certificate_no, replaces, replaced_by, request_no, personal_no, issued_on, balance, arrears, doc"
	requestColumns     = "request_no, file_id, requested_on, personal_no, certificate_no, doc"
)

var (
	insertCertificate = insertInto("certificates", certificateColumns)
	selectCertificate = "SELECT " + certificateColumns + " FROM certificates "
	insertRequest     = insertInto("certificate_requests", requestColumns)
	updateRequest     = "UPDATE certificate_requests SET " + setAll(requestColumns) + " WHERE request_no = $1 AND certificate_no = ''"
	selectRequest     = "SELECT " + requestColumns + " FROM certificate_requests "
)

// certificateDoc is what of a certificate is only read together with it.
type certificateDoc struct {
	Person   exchange.Person `json:"person"`
	IDKey    string          `json:"id_key"`
	NameKey  string          `json:"name_key"`
	Actual   int             `json:"actual"`
	Backpaid int             `json:"backpaid"`
	Deemed   int             `json:"deemed"`
	Stays    []exchange.Stay `json:"stays,omitempty"`
}

func scanCertificate(r row, c *exchange.Certificate) error {
	var doc []byte
	if err := r.Scan(&c.No, &c.Replaces, &c.ReplacedBy, &c.RequestNo, &c.PersonalNo, &c.IssuedOn, (*int64)(&c.Balance), (*int64)(&c.Arrears), &doc); err != nil {
		return err
	}
	var d certificateDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("certificate %s: %w", c.No, err)
	}
	c.Person = d.Person
	c.Person.IDKey, c.Person.NameKey = d.IDKey, d.NameKey
	c.Actual, c.Backpaid, c.Deemed, c.Stays = d.Actual, d.Backpaid, d.Deemed, d.Stays
	return nil
}

// InsertCertificate stores a certificate. A person has one live certificate:
// the one before is made void first.
func (tx *Tx) InsertCertificate(c exchange.Certificate) error {
	doc, err := json.Marshal(&certificateDoc{
		Person: c.Person, IDKey: c.Person.IDKey, NameKey: c.Person.NameKey,
		Actual: c.Actual, Backpaid: c.Backpaid, Deemed: c.Deemed, Stays: c.Stays,
	})
	if err != nil {
		return fmt.Errorf("certificate %s: %w", c.No, err)
	}
	tx.ahead.certificates = nil
	return tx.run("certificate "+c.No, insertCertificate, c.No, c.Replaces, c.ReplacedBy, c.RequestNo, c.PersonalNo,
		c.IssuedOn.String(), int64(c.Balance), int64(c.Arrears), string(doc))
}

// Certificate returns a certificate, void or live.
func (tx *Tx) Certificate(no string) (exchange.Certificate, error) {
	if known, ok := tx.ahead.certificates[no]; ok {
		return first("certificate "+no, known)
	}
	return one(tx, "certificate "+no, scanCertificate, selectCertificate+"WHERE certificate_no = $1", no)
}

// CertificateByPerson returns a person's live certificate.
func (tx *Tx) CertificateByPerson(personalNo string) (exchange.Certificate, error) {
	return one(tx, "certificate of "+personalNo, scanCertificate, selectCertificate+"WHERE personal_no = $1 AND replaced_by = ''", personalNo)
}

// EachCertificate calls fn with every certificate issued since a date, by number.
func (tx *Tx) EachCertificate(since calendar.Date, fn func(exchange.Certificate) error) error {
	return pages(func(last *exchange.Certificate) ([]exchange.Certificate, error) {
		if last == nil {
			last = &exchange.Certificate{}
		}
		return many(tx, "certificates", scanCertificate,
			selectCertificate+"WHERE issued_on >= $1 AND certificate_no > $2 ORDER BY certificate_no"+atMost(pageSize), since.String(), last.No)
	}, fn)
}

// VoidCertificate makes a live certificate void, replaced by another one.
func (tx *Tx) VoidCertificate(no, replacedBy string) error {
	tx.ahead.certificates = nil
	return tx.change("certificate "+no, "UPDATE certificates SET replaced_by = $2 WHERE certificate_no = $1 AND replaced_by = ''", no, replacedBy)
}

// requestDoc is what of a certificate request is only read together with it.
type requestDoc struct {
	Reason    string          `json:"reason"`
	Applicant string          `json:"applicant"`
	Person    exchange.Person `json:"person"`
	IDKey     string          `json:"id_key"`
	NameKey   string          `json:"name_key"`
	Echo      string          `json:"echo,omitempty"`
}

func requestArgs(q exchange.CertificateRequest) ([]any, error) {
	doc, err := json.Marshal(&requestDoc{
		Reason: q.Reason, Applicant: q.Applicant, Person: q.Person, IDKey: q.Person.IDKey, NameKey: q.Person.NameKey, Echo: q.Echo,
	})
	if err != nil {
		return nil, fmt.Errorf("certificate request %s: %w", q.No, err)
	}
	return []any{q.No, ref(q.FileID), q.RequestedOn.String(), q.PersonalNo, q.CertificateNo, string(doc)}, nil
}

func scanRequest(r row, q *exchange.CertificateRequest) error {
	var doc []byte
	if err := r.Scan(&q.No, optional[int64]{&q.FileID}, &q.RequestedOn, &q.PersonalNo, &q.CertificateNo, &doc); err != nil {
		return err
	}
	var d requestDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("certificate request %s: %w", q.No, err)
	}
	q.Reason, q.Applicant, q.Person, q.Echo = d.Reason, d.Applicant, d.Person, d.Echo
	q.Person.IDKey, q.Person.NameKey = d.IDKey, d.NameKey
	return nil
}

// InsertCertificateRequest stores a request.
func (tx *Tx) InsertCertificateRequest(q exchange.CertificateRequest) error {
	args, err := requestArgs(q)
	if err != nil {
		return err
	}
	return tx.run("certificate request "+q.No, insertRequest, args...)
}

// CertificateRequest returns a request.
func (tx *Tx) CertificateRequest(no string) (exchange.CertificateRequest, error) {
	return one(tx, "certificate request "+no, scanRequest, selectRequest+"WHERE request_no = $1", no)
}

// OpenCertificateRequests returns the requests that have led to no certificate yet.
func (tx *Tx) OpenCertificateRequests() ([]exchange.CertificateRequest, error) {
	return many(tx, "open certificate requests", scanRequest, selectRequest+"WHERE certificate_no = '' ORDER BY request_no")
}

// UpdateCertificateRequest changes a request that is still open.
func (tx *Tx) UpdateCertificateRequest(q exchange.CertificateRequest) error {
	args, err := requestArgs(q)
	if err != nil {
		return err
	}
	return tx.change("certificate request "+q.No, updateRequest, args...)
}
