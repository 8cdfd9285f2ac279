package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"carryover/config"
	"carryover/exchange/identity"
	"carryover/exchange/plain"
	"carryover/exchange/spool"
)

// Exit codes (SPEC 9).
const (
	exitDone   = 0 // and nothing needs a person
	exitFailed = 1 // called rightly; the same call may succeed later
	exitUsage  = 2 // wrong call or configuration: trying again does not help
	exitPerson = 3 // done, but something needs a person
)

// errPerson ends a command that did its work with exit code 3. What needs a
// person has been printed.
var errPerson = errors.New("something needs a person")

// usageError is a wrong call or configuration: exit code 2.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// app is what the commands share. The clock is read here and nowhere else.
type app struct {
	config string           // path of config.yaml
	json   bool             // --json
	out    io.Writer        // results; with --json one document
	err    io.Writer        // everything for people
	data   io.Writer        // standard output as it is, for what is a file
	now    func() time.Time // tests set it
	// machine is the machine's own clock; nil where tests set now.
	machine func() time.Time

	printed bool // the one document of --json is out
}

// run parses and executes one call and returns its exit code.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	return (&app{out: out, err: errOut, now: time.Now, machine: time.Now}).run(ctx, args)
}

func (a *app) run(ctx context.Context, args []string) int {
	if a.data == nil {
		a.data, a.out, a.err = a.out, &plain.Writer{To: a.out}, &plain.Writer{To: a.err}
	}
	root := newRoot(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	return a.exit(err)
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "carryover",
		Short:         "Carries basic medical insurance relationships between agencies (医保关系转移接续)",
		SilenceErrors: true, // exit prints them, once
		SilenceUsage:  true, // the help would push the error off the screen
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.PersistentFlags().StringVarP(&a.config, "config", "c", "config.yaml", "the agency's configuration")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print one JSON document on standard output")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	for _, c := range commands(a) {
		root.AddCommand(c)
	}
	return root
}

// exit prints an error for people and turns it into the exit code: once, here.
func (a *app) exit(err error) int {
	var wrong usageError
	var faults *config.Error
	var refused *spool.Refused
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errPerson):
		return exitPerson
	case errors.As(err, &wrong), errors.As(err, &faults), errors.As(err, &refused), isCobraUsage(err):
		a.report(err, faults)
		return exitUsage
	}
	a.report(err, faults)
	return exitFailed
}

// report tells people what went wrong, and with --json also programs, unless
// the command has printed its document already.
func (a *app) report(err error, faults *config.Error) {
	text := identity.MaskIn(err.Error())
	fmt.Fprintf(a.err, "carryover: %s\n", text)
	if !a.json || a.printed {
		return
	}
	doc := struct {
		Error  string         `json:"error"`
		Faults []config.Fault `json:"faults,omitempty"`
	}{Error: text}
	if faults != nil {
		doc.Error, doc.Faults = faults.Path, faults.Faults // the text would say them twice
	}
	if err := a.printJSON(doc); err != nil {
		fmt.Fprintf(a.err, "carryover: %v\n", err)
	}
}

// isCobraUsage recognises the errors that cobra itself makes of a wrong call:
// they come before any command of ours has run.
func isCobraUsage(err error) bool {
	var ours ranError
	return !errors.As(err, &ours)
}

// ranError marks an error of a command that was called rightly.
type ranError struct{ err error }

func (e ranError) Error() string { return e.err.Error() }
func (e ranError) Unwrap() error { return e.err }

// runs wraps a command's function so that its errors are told apart from
// those of the call.
func runs(fn func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := fn(cmd, args)
		if err == nil || errors.Is(err, errPerson) {
			return err
		}
		var wrong usageError
		var faults *config.Error
		if errors.As(err, &wrong) || errors.As(err, &faults) {
			return err
		}
		return ranError{err}
	}
}

// printJSON writes a result, which must be a JSON object, with the version of its shape.
func (a *app) printJSON(v any) error {
	a.printed = true
	var doc bytes.Buffer
	enc := json.NewEncoder(&doc)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false) // < and & stay as they are: nobody puts this into HTML
	if err := enc.Encode(v); err != nil {
		return err
	}
	fields, ok := bytes.CutPrefix(doc.Bytes(), []byte("{\n"))
	if !ok {
		return fmt.Errorf("%T is no JSON object with fields", v)
	}
	_, err := fmt.Fprintf(a.out, "{\n  \"schema\": %d,\n%s", jsonSchema, plain.JSON(string(fields)))
	return err
}

// jsonSchema is the version of the shapes of all JSON documents. A field that is
// added leaves it as it is; one that goes, or means something else, raises it.
// Of 1, before phrases and the list of things to do, no document said it.
const jsonSchema = 2
