package signing

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// Shown are the money settings as `list settings` tells them: what was approved and by whom, what
// waits, and which sections are not configured as they were approved. With it officers compare keys
// by telephone before they sign for the first time.
type Shown struct {
	Fault    string            `json:"fault,omitempty"`
	Approved *ShownSettings    `json:"approved,omitempty"`
	Waiting  *ShownSettings    `json:"waiting,omitempty"`
	Ahead    *ShownSettings    `json:"ahead,omitempty"`
	Changed  []string          `json:"changed,omitempty"`  // sections
	Sections map[string]string `json:"sections,omitempty"` // as approved
	Text     string            `json:"text,omitempty"`     // of the configuration, where it differs
	Keys     []string          `json:"keys"`               // of the configuration: officers', recovery keys
}

// ShownSettings are one of the recorded settings.
type ShownSettings struct {
	N         int64    `json:"n"`
	Kind      string   `json:"kind"`
	SHA256    string   `json:"sha256"`
	Since     string   `json:"since"`
	ValidFrom string   `json:"valid_from,omitempty"`
	Until     string   `json:"objections_until,omitempty"`
	File      string   `json:"file,omitempty"` // to sign
	Signed    []string `json:"signed_by,omitempty"`
	Lacks     string   `json:"lacks,omitempty"` // of one that waits: whose signature, in words
	Sections  []string `json:"sections,omitempty"`
}

// Show reads what List tells.
func Show(o *office.Office, tx *store.Tx) (s Shown, err error) {
	k, err := moneyKeys(o)
	if err != nil {
		return s, err
	}
	stands, err := ReadStanding(o, tx)
	if err != nil {
		return s, err
	}
	s = Shown{Fault: stands.Fault, Changed: stands.Changed, Sections: stands.Sections}
	if len(s.Changed) > 0 {
		s.Text = k.Text()
	}
	for from, to := range map[*exchange.MoneySettings]**ShownSettings{stands.Settings: &s.Approved, stands.Waiting: &s.Waiting, stands.Ahead: &s.Ahead} {
		if from == nil {
			continue
		}
		if *to, err = shown(tx, stands.Approved, *from); err != nil {
			return s, err
		}
	}
	if w := stands.Waiting; w != nil {
		own, recovery, err := ownKeys(*w)
		if err != nil {
			return s, err
		}
		var n exchange.Signatures
		for _, x := range stands.of[w.FileID] {
			_ = stands.count(o, *w, x, own, recovery, &n) // one that counts no more is not counted
		}
		var lack Accepted
		lack.LackSigners, lack.LackChecker, lack.LackRecovery = n.Lack(w.Kind)
		s.Waiting.Lacks = lack.Missing()
	}
	for _, l := range k.Keys {
		s.Keys = append(s.Keys, l.String())
	}
	for i, id := range k.RecoveryIDs {
		s.Keys = append(s.Keys, exchange.RecoveryName(i+1)+" | "+id)
	}
	return s, nil
}

func shown(tx *store.Tx, a Approved, m exchange.MoneySettings) (*ShownSettings, error) {
	s := &ShownSettings{N: m.N, Kind: m.Kind, SHA256: m.SHA256, Since: m.Since.String(), Sections: m.Sections}
	if m.ValidFrom != 0 {
		s.ValidFrom = m.ValidFrom.String()
	}
	if m.Until != 0 {
		s.Until = m.Until.String()
	}
	for _, x := range a.of[m.FileID] {
		s.Signed = append(s.Signed, fmt.Sprintf("%s %s %s", x.Officer, x.Fingerprint, x.On))
	}
	if m.FileID == 0 {
		return s, nil
	}
	f, err := tx.File(m.FileID)
	s.File = f.Name
	return s, err
}

// Words are the same for a screen.
func (s Shown) Words(o *office.Office) string {
	var b strings.Builder
	line := func(chinese, english, text string) { fmt.Fprintf(&b, "%s%s\n", o.Say(chinese, english), text) }
	if s.Fault != "" {
		line("付款全部停止：", "all payments stop: ", s.Fault)
	}
	settings := func(chinese, english string, m *ShownSettings) {
		if m == nil {
			return
		}
		line(chinese, english, fmt.Sprintf("%d  %s  %s", m.N, m.Since, o.Word(exchange.SettingsKinds(), m.Kind)))
		line("  SHA-256 ", "  SHA-256 ", m.SHA256)
		for _, x := range []struct{ chinese, english, text string }{
			{"  文件 ", "  file ", m.File},
			{"  生效日 ", "  from ", m.ValidFrom},
			{"  异议至 ", "  objections until ", m.Until},
			{"  改动 ", "  changes ", strings.Join(m.Sections, "; ")},
		} {
			if x.text != "" {
				line(x.chinese, x.english, x.text)
			}
		}
		for _, who := range m.Signed {
			line("  签名 ", "  signed by ", who)
		}
		if m.Lacks != "" {
			line("  ", "  ", m.Lacks)
		}
	}
	settings("已批准 ", "approved ", s.Approved)
	settings("待签名 ", "to be signed ", s.Waiting)
	settings("已签、待启用 ", "signed ahead ", s.Ahead)
	if s.Approved == nil && s.Waiting == nil {
		line("尚无记录：下一次运行时登记", "nothing recorded yet: the next run does", "")
	}
	if len(s.Changed) > 0 {
		line("配置与已批准的不同：", "configured otherwise than approved: ", strings.Join(s.Changed, "; "))
	}
	line("电话核对密钥指纹：", "compare these by telephone:", "")
	for _, k := range s.Keys {
		line("  ", "  ", k)
	}
	if s.Text != "" {
		b.WriteString(s.Text)
		return b.String()
	}
	for _, name := range slices.Sorted(maps.Keys(s.Sections)) {
		fmt.Fprintf(&b, "[%s]\n%s", name, s.Sections[name])
	}
	return b.String()
}
