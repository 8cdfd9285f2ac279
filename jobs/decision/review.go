package decision

import (
	"errors"
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/signing"
)

// reviewPlan plans to approve or return a batch that waits for review. An
// approval is kept with the sum of what was shown; the last one that is needed
// queues the batch.
func reviewPlan(d *office.Desk, f exchange.File, x exchange.Decision) (office.Plan, error) {
	rule, _ := exchange.FindRule(x.Action)
	plan := office.Plan{Effects: []string{
		d.Sayf("%s（%s，%d 条，SHA-256 %s）：%s",
			"%s (%s, %d records, SHA-256 %s): %s", f.Name, d.PartyName(f.Party), f.Records, f.SHA256, rule.Word(d.Language())),
	}}
	switch {
	case f.State == exchange.FileReturned:
		return plan, office.Undecidable("该批次已退回，待夜间重新成批后再审核", "the batch was sent back: it is reviewed once the night has made it anew")
	case f.State != exchange.FileReview && f.Dir == exchange.Out && !f.SentAt.IsZero():
		return plan, office.Undecidable("该批次已发出，不能再审核", "the batch was sent: it is not reviewed any more")
	case f.State != exchange.FileReview:
		return plan, office.Undecidable("该文件不在待审核之列", "the file does not wait for review")
	}
	signers, err := signing.ApprovedSigners(d.Office, d.Tx)
	if err != nil {
		return plan, err
	}
	officer, known := signers.Officer(x.Officer)
	review := exchange.Reviewed{
		FileID: f.ID, SHA256: f.SHA256, Officer: officer.Name, FullName: officer.FullName, Roles: officer.Roles, Reason: x.Reason, On: d.Date, At: d.Now(),
	}
	if x.Action == exchange.ActReturnBatch {
		review.Verdict = exchange.ReviewReturned
		return returnBatchPlan(d, f, x, review, plan)
	}
	review.Verdict = exchange.ReviewApproved
	before, err := d.Tx.Reviews(f.ID)
	if err != nil {
		return plan, err
	}
	// A trial names nobody (offers): what is offered is offered to all with the roles.
	if known {
		if err := checkApproval(d, f, officer, exchange.Approvals(before)); err != nil {
			return plan, err
		}
	}
	plan.Apply = func() error {
		if err := d.Tx.InsertReview(review); err != nil {
			return err
		}
		return outbox.ReleaseReviewed(d, f)
	}
	return plan, nil
}

// checkApproval returns exchange.ErrDecision when an officer's approval would not
// count beside those that are there: four eyes are two people, and where two
// are asked one of them is a checker.
func checkApproval(d *office.Desk, f exchange.File, o exchange.Officer, before []exchange.Reviewed) error {
	for _, r := range before {
		if r.Officer == o.Name {
			return office.Undecidable("您已批准过该批次，须由另一名人员审核", "you have approved it already: another officer reviews it now")
		}
	}
	all := append(slices.Clone(before), exchange.Reviewed{Officer: o.Name, Roles: o.Roles})
	if outbox.ReviewOf(d.Office, f.Kind) == exchange.ReviewTwo && len(all) >= 2 && !exchange.ReviewTwo.Enough(all) {
		return office.Undecidable("已由一名经办批准，另一名须为复核", "a clerk has approved it: the other one must be a checker")
	}
	return nil
}

// returnBatchPlan adds to a plan that a batch is sent back. Its records are freed,
// and the next report makes the batch anew with what waits then; a case that is
// named is held and stays out until its hold ends.
func returnBatchPlan(
	d *office.Desk, f exchange.File, x exchange.Decision, review exchange.Reviewed, plan office.Plan,
) (office.Plan, error) {
	var c *office.Case
	if x.Args["case"] != "" {
		var err error
		if c, err = caseInBatch(d, f, x.Args["case"]); err != nil {
			return plan, err
		}
		plan.CaseNo = c.No
		plan.Effects = append(plan.Effects, d.Sayf("办件 %s 暂缓办理，解除前不列入批次", "%s: held, and out of the batch until the hold is released", c.No))
	}
	plan.Apply = func() error {
		if err := d.Tx.InsertReview(review); err != nil {
			return err
		}
		if err := d.Tx.FreeOutgoing(f.ID, f.Records); err != nil {
			return err
		}
		returned := f // with its number: the partner never sees a gap
		returned.State, returned.Text, returned.Records = exchange.FileReturned, office.Clip(review.FullName+"："+x.Reason, 500), 0
		if err := d.Tx.UpdateFile(f, returned); err != nil {
			return err
		}
		if err := outbox.WithdrawReview(d, f); err != nil {
			return err
		}
		if err := d.Journal(exchange.AgencyChain, "batch_returned", code.Text(x.Reason), map[string]any{"file": f.Name, "sha256": f.SHA256}); err != nil || c == nil {
			return err
		}
		if err := c.PutOnHold(code.HoldOfficersDecision, code.Say("review-returned", office.OneLine(x.Reason, 200))); err != nil {
			return err
		}
		return c.Save()
	}
	return plan, nil
}

// caseInBatch reads a case, by its number or its letter's, of which a batch holds
// a record, and which can be held; exchange.ErrDecision for any other. A case in
// a state without a hold can only be returned with the whole batch.
func caseInBatch(d *office.Desk, f exchange.File, text string) (*office.Case, error) {
	c, err := d.CaseByNo(text)
	if office.IsNotFound(err) {
		c, err = d.CaseOfEitherSide(text)
	}
	if err != nil {
		return nil, err
	}
	found := false
	if c != nil {
		err = d.Tx.EachOutgoingByFile(f.ID, func(o exchange.Outgoing) error {
			if found = o.CaseNo == c.No; found {
				return office.ErrStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, office.ErrStop) {
			return nil, err
		}
	}
	if !found {
		return nil, office.Undecidable("该批次中没有办件 "+text, "the batch holds nothing of case "+text)
	}
	if _, err := c.Next(exchange.Hold); err != nil || c.State == exchange.Held {
		return nil, office.Undecidable("办件 "+text+" 现为"+stateWord(c)+"，不能为此暂缓；请退回整批",
			"the case cannot be held for it: send back the batch as a whole")
	}
	return c, nil
}

// reviewWords say what waits for review, who has approved it, why it was sent
// back last, and what is to be done.
func reviewWords(d *office.Desk, f exchange.File) (what, todo string, err error) {
	reviews, err := d.Tx.Reviews(f.ID)
	if err != nil {
		return "", "", err
	}
	what = d.Sayf("待审核发出：%s，%s %d 条", "to be reviewed: %s, %s, %d records", f.Name, d.Word(exchange.FileKindTerms(), f.Kind), f.Records)
	approvals := exchange.Approvals(reviews)
	if len(approvals) > 0 {
		what += d.Sayf("；已批准：", "; approved by ") + outbox.WhoApproved(d, approvals)
	}
	if n := len(reviews); n > 0 && reviews[n-1].Verdict == exchange.ReviewReturned {
		what += d.Sayf("；上次由%s退回：%s", "; sent back last by %s: %s", reviews[n-1].FullName, reviews[n-1].Reason)
	}
	todo = d.Say("查看本人目录中的 review-… 工作簿后批准或退回。", "Look at the workbook review-… in your folder, then approve it or send it back.")
	if outbox.ReviewOf(d.Office, f.Kind) == exchange.ReviewTwo {
		todo = d.Say("查看本人目录中的 review-… 工作簿后批准或退回；须两人批准，其中一名复核。",
			"Look at the workbook review-… in your folder, then approve it or send it back. Two officers approve, one of them a checker.")
	}
	return office.OneLine(what, 500), todo, nil
}
