package config

import (
	"errors"
	"testing"
)

func TestExampleLoads(t *testing.T) {
	c, err := Parse("config.yaml", Example())
	if err != nil {
		var e *Error
		errors.As(err, &e)
		t.Fatal(err)
	}
	if got := c.Agency(); got.Code != "320500" || got.PaymentCap != 50000000 || len(got.Accounts) != 1 {
		t.Errorf("agency %+v", got)
	}
	if p := c.Profiles()["2021-slow"]; p.AnswerWD != 12 || p.LetterWD != 3 {
		t.Errorf("profile %+v", p)
	}
}
