package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// Completion tells the old place what became of the one form it names (K).
type Completion struct {
	LetterNo          string
	FormNo            string
	FormVersion       int
	Outcome           code.Outcome
	CompletedOn       calendar.Date
	Credited          money.Fen
	MonthsCredited    int
	MonthsOverlapping int
	Echo              string
}

func completionKind() *batch.Kind {
	type K = Completion
	row := batch.Layout[K]{
		Type:  "K",
		Title: batch.Words{ZH: "办结通知", EN: "completion"},
		Columns: []batch.Column[K]{
			batch.Number("letter_no", "联系函编号", 32, batch.Required, func(k *K) *string { return &k.LetterNo }).Hinted(hintLetterNo),
			batch.Number("form_no", "信息表编号", 32, batch.Required, func(k *K) *string { return &k.FormNo }).Hinted(hintFormNo),
			batch.Int("form_version", "信息表版本", 1, func(k *K) *int { return &k.FormVersion }),
			batch.List("outcome", "办理结果", code.Outcomes(), batch.Required, func(k *K) *string { return (*string)(&k.Outcome) }),
			batch.Date("completed_on", "办结日期", batch.Required, func(k *K) *calendar.Date { return &k.CompletedOn }),
			batch.Money("credited", "已入账金额", func(k *K) *money.Fen { return &k.Credited }),
			batch.Int("months_credited", "已计入月数", 0, func(k *K) *int { return &k.MonthsCredited }),
			batch.Int("months_overlapping", "重复月数", 0, func(k *K) *int { return &k.MonthsOverlapping }),
			echoColumn(func(k *K) *string { return &k.Echo }),
		},
		No:  []string{"letter_no"},
		Key: []string{"form_no", "form_version", "outcome"},
		Sum: []string{"credited"},
		Check: func(k *K, f *batch.Findings) {
			if f.OK("outcome", "credited") && k.Outcome == code.OutcomeRelationDone && k.Credited != 0 {
				f.Add("credited", code.Amount, "关系已办结时应为 0.00 / 0.00 when the outcome is relation_done")
			}
		},
	}
	return &batch.Kind{
		Name:      KindCompletion,
		Title:     batch.Words{ZH: "办结通知", EN: "completion"},
		Flow:      batch.Words{ZH: "转入地 → 转出地", EN: "new → old agency"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderCompletion,
		Signed:    true,
	}
}
