package config

import (
	"runtime/debug"
	"slices"
	"strings"
)

// Versions are those of the program, of what it is built with, and of the store,
// whose schema the caller tells in words.
func (e Evidence) Versions(storeState string) Section {
	program, built, modules := "carryover", "", []string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		program += " " + info.Main.Version
		built = info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				program += " " + s.Value
			}
		}
		for _, m := range info.Deps {
			if slices.Contains(namedModules(), m.Path) {
				modules = append(modules, m.Path+" "+m.Version)
			}
		}
	}
	return Section{Title: e.Say("版本", "Versions"), Facts: []Fact{
		{Item: e.Say("程序", "program"), Text: joined(program, built)},
		{Item: e.Say("数据库结构", "store"), Text: storeState},
		{Item: e.Say("主要组件", "modules"), Text: strings.Join(modules, "\n")},
	}}
}

// namedModules are those on which safety depends: store, sessions, signatures,
// encryption, workbooks.
func namedModules() []string {
	return []string{
		"modernc.org/sqlite", "github.com/jackc/pgx/v5", "github.com/pkg/sftp", "golang.org/x/crypto", "github.com/hiddeco/sshsig", "filippo.io/age",
		"github.com/xuri/excelize/v2",
	}
}
