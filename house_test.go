// Package regia_test keeps the house in order: who may import whom, what the
// rules may not touch, and how files are called. docs/architecture.md has the
// reasons.
package regia_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "regia"

// mayImport names, for each folder at the top, the others of the program that
// it may import. A folder may always import what lies inside itself, so tests
// and helpers for tests follow the rule of what they help.
var mayImport = map[string][]string{
	"training":  {},
	"dialog":    {"training"},
	"report":    {"training"},
	"bot":       {"dialog", "training", "report"},
	"mail":      {"dialog", "training", "report"},
	"scheduler": {"dialog", "training"},
	"storage":   {"dialog", "training"},
	"cmd":       {"training", "dialog", "report", "bot", "mail", "scheduler", "storage"},
	"bench":     {"training", "dialog", "bot", "storage"},
}

// pureModules are the modules from outside that the rules may use: they
// compute and do nothing else.
var pureModules = []string{
	"github.com/blevesearch/snowballstem",
	"golang.org/x/text",
	"gonum.org/v1/gonum",
}

// worldly packages reach outside the program. net/url and net/mail only read
// text and are not among them.
var worldly = []string{
	"os", "os/exec", "os/signal", "os/user", "net", "net/http", "net/smtp", "net/rpc",
	"syscall", "log", "log/slog", "database/sql", "plugin",
}

// clock are the functions of package time that know what time it is.
var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// file is a Go file of the program.
type file struct {
	path    string // with slashes, from the top of the repository
	test    bool
	imports []string
	tree    *ast.File
}

// folder is the package's folder; top the first part of it.
func (f file) folder() string { return path.Dir(f.path) }
func (f file) top() string    { return top(f.path) }

func top(p string) string {
	t, _, _ := strings.Cut(p, "/")
	return t
}

// own gives the folder of a package of the program, "" for any other.
func own(imported string) string {
	p, _ := strings.CutPrefix(imported, module+"/")
	if p == imported {
		return ""
	}
	return p
}

// house reads every Go file of the program.
func house(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if p != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || name == "bin" || name == "data") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		f := file{path: filepath.ToSlash(p), test: strings.HasSuffix(name, "_test.go"), tree: tree}
		for _, spec := range tree.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, imported)
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestImportsRunOneWay(t *testing.T) {
	for _, f := range house(t) {
		if f.folder() == "." {
			continue // this file
		}
		allowed, known := mayImport[f.top()]
		if !known {
			t.Errorf("%s: a folder at the top needs a reason in docs/architecture.md and a line here", f.path)
			continue
		}
		for _, imported := range f.imports {
			to := top(own(imported))
			if to != "" && to != f.top() && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s: %s may import only %v", f.path, imported, f.top(), allowed)
			}
		}
	}
}

func TestOnlyTestsTheDemoAndTheBenchUseTestHelpers(t *testing.T) {
	for _, f := range house(t) {
		if f.test || strings.HasSuffix(f.folder(), "test") || f.top() == "cmd" || f.top() == "bench" {
			continue
		}
		for _, imported := range f.imports {
			if own(imported) != "" && strings.HasSuffix(imported, "test") {
				t.Errorf("%s imports %s: only tests, the demo and the bench may", f.path, imported)
			}
		}
	}
}

func TestRulesTouchNothing(t *testing.T) {
	for _, f := range house(t) {
		if f.top() != "training" || f.test {
			continue
		}
		for _, imported := range f.imports {
			switch {
			case imported == "context":
				t.Errorf("%s imports context: the rules wait for nothing", f.path)
			case strings.Contains(top(imported), ".") && !slices.ContainsFunc(pureModules, func(m string) bool {
				return imported == m || strings.HasPrefix(imported, m+"/")
			}):
				t.Errorf("%s imports %s: the rules use the standard library and %v", f.path, imported, pureModules)
			}
		}
	}
}

func TestRulesAndWordsKnowNoClockAndNoWorld(t *testing.T) {
	for _, f := range house(t) {
		if f.test || !slices.Contains([]string{"training", "dialog", "report"}, f.top()) {
			continue
		}
		for _, imported := range f.imports {
			if slices.Contains(worldly, imported) && !strings.HasSuffix(f.folder(), "test") { // golden files are read
				t.Errorf("%s imports %s: %s does no I/O", f.path, imported, f.top())
			}
		}
		for _, call := range clockUses(f.tree) {
			t.Errorf("%s uses time.%s: the time comes with the message", f.path, call)
		}
	}
}

// clockUses finds where a file asks package time what time it is, whatever
// name it imported the package under.
func clockUses(tree *ast.File) []string {
	name := ""
	for _, spec := range tree.Imports {
		if spec.Path.Value == `"time"` {
			name = "time"
			if spec.Name != nil {
				name = spec.Name.Name
			}
		}
	}
	if name == "" {
		return nil
	}
	var uses []string
	ast.Inspect(tree, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == name && slices.Contains(clock, sel.Sel.Name) {
			uses = append(uses, sel.Sel.Name)
		}
		return true
	})
	return uses
}

func TestBinaryHoldsNoTestingCode(t *testing.T) {
	imports := map[string][]string{} // of each folder, tests left out
	for _, f := range house(t) {
		if !f.test {
			imports[f.folder()] = append(imports[f.folder()], f.imports...)
		}
	}
	seen := map[string]bool{}
	var follow func(folder, by string)
	follow = func(folder, by string) {
		if seen[folder] {
			return
		}
		seen[folder] = true
		for _, imported := range imports[folder] {
			if imported == "testing" || strings.HasPrefix(imported, "testing/") {
				t.Errorf("%s, which %s uses, imports %s", folder, by, imported)
			}
			if to := own(imported); to != "" {
				follow(to, folder)
			}
		}
	}
	follow("cmd/regia", "the program")
	// The demo stands on these two, whoever imports them today.
	follow("bot/bottest", "the demo")
	follow("mail/mailtest", "the demo")
}

func TestFilesAreNamedAfterANoun(t *testing.T) {
	empty := []string{"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"}
	for _, f := range house(t) {
		for _, part := range strings.Split(strings.TrimSuffix(f.path, ".go"), "/") {
			for _, word := range strings.Split(part, "_") {
				if slices.Contains(empty, word) {
					t.Errorf("%s: %q says nothing about what is inside", f.path, word)
				}
			}
		}
	}
}

func TestClockUsesAreFoundUnderAnyName(t *testing.T) {
	source := `package x
import clockwork "time"
var a = clockwork.Now()
var b = clockwork.Since
var c clockwork.Duration
`
	tree, err := parser.ParseFile(token.NewFileSet(), "x.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := clockUses(tree); !slices.Equal(got, []string{"Now", "Since"}) {
		t.Errorf("found %v", got)
	}
}

// The demo opens behind the firewall of a town hall, and shows what strangers
// could have written.
func TestDemoPageLoadsNothingFromOutsideAndPutsTextInAsText(t *testing.T) {
	pages, err := filepath.Glob("cmd/regia/demo/*")
	if err != nil || len(pages) < 3 {
		t.Fatalf("found %v, %v", pages, err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"http://", "https://", "src=\"//", "@import", "innerHTML", "insertAdjacentHTML", "document.write", "eval("} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s contains %q", page, word)
			}
		}
	}
}
