package dialog

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regia/dialog/shapetest"
	"regia/training"
)

// documents are what is stored, by kind.
var documents = map[string]any{
	"absence": training.Absence{}, "aside": aside{}, "address": link{}, "ask": ask{}, "brake": training.Brake{}, "chat": link{},
	"codes": codes{}, "comment": comment{}, "comments": comments{}, "dead": deadLetters{}, "demand": training.Demand{},
	"domain": link{}, "edition": training.CourseEdition{}, "enrollment": training.Enrollment{}, "guest": Guest{},
	"held": lastHeld{}, "invited": invited{}, "last": lastAction{}, "local": training.LocalDemand{}, "mailed": mailed{},
	"mailing": mailing{}, "need": training.TrainingNeed{}, "note": officeNote{}, "org": training.Organization{},
	"orgname": link{}, "pending": pending{}, "person": training.Person{}, "place": place{}, "sheet": training.AnswerSheet{},
	"survey": training.SatisfactionSurvey{}, "talk": ask{}, "unsigned": unsigned{}, "week": weekFigures{}, "words": needWords{},
}

// TestSchema: what is stored looks as its golden file says; what was stored
// under an earlier number is read through its upgrades.
func TestSchema(t *testing.T) {
	for kind, doc := range documents {
		number := len(upgrades[kind]) + 1
		shapetest.Golden(t, kind, number, doc)
		for i, old := range shapetest.Olds(t, kind, number) {
			var raw map[string]any
			if err := json.Unmarshal(old, &raw); err != nil {
				t.Fatal(err)
			}
			if err := upgraded(upgrades[kind], raw); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(raw)
			if err != nil {
				t.Fatal(err)
			}
			strict := json.NewDecoder(strings.NewReader(string(text)))
			strict.DisallowUnknownFields()
			if err := strict.Decode(reflect.New(reflect.TypeOf(doc)).Interface()); err != nil {
				t.Errorf("a %s of number %d does not become one of today: %v", kind, i+1, err)
			}
		}
	}
	shapetest.Golden(t, "in", 1, In{})
	shapetest.Golden(t, "out", OutSchema, Out{})
	sorted := func(m any) (names []string) {
		for _, k := range reflect.ValueOf(m).MapKeys() {
			names = append(names, k.String())
		}
		slices.Sort(names)
		return names
	}
	shapetest.Same(t, "names", map[string][]string{
		"timers": sorted(timers), "slots": sorted(slots), "mailings": sorted(audience), "verbs": sorted(verbs),
	}, "a name that stands in timers, mailings or buttons that were stored or sent changed: one that is gone must go on being answered (a new one: delete the file and run the test with -update)")
}

var (
	kindInCode   = regexp.MustCompile(`(?:MakeRef\(|\.save\(|load\[[^\]]+\]\(\w+(?:\.\w+)?, )"([a-z_.]+)"`)
	schemaInCode = regexp.MustCompile(`\b(?:training\.)?([A-Za-z]+)\{[^{}]*\bSchema: (\d+)`)
)

// TestEveryDocumentHasAShape: what is read or written under a kind is in the
// table, and is written with the number that the kind has.
func TestEveryDocumentHasAShape(t *testing.T) {
	numbers := map[string]int{"Out": OutSchema}
	for kind, doc := range documents {
		numbers[reflect.TypeOf(doc).Name()] = len(upgrades[kind]) + 1
	}
	files, _ := filepath.Glob("*.go")
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		code, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range kindInCode.FindAllSubmatch(code, -1) {
			if documents[string(m[1])] == nil {
				t.Errorf("%s: documents of the kind %q have no golden file: add them to the table", f, m[1])
			}
		}
		for _, m := range schemaInCode.FindAllSubmatch(code, -1) {
			if n, ok := numbers[string(m[1])]; !ok || string(m[2]) != itoa(n) {
				t.Errorf("%s: a %s is written with number %s, and has %d (0: it is in no table)", f, m[1], m[2], n)
			}
		}
	}
}

// TestUpgrade is how a change of shape is done: the name of a person, one word
// at number 1, is two at number 2, and in a list at number 3.
func TestUpgrade(t *testing.T) {
	type example struct {
		Names  []string `json:"names"`
		Schema int      `json:"schema"`
	}
	steps := []upgrade{
		func(doc map[string]any) {
			name, _ := doc["name"].(string)
			first, last, _ := strings.Cut(name, " ")
			doc["first"], doc["last"] = first, last
			delete(doc, "name")
		},
		func(doc map[string]any) {
			doc["names"] = []any{doc["first"], doc["last"]}
			delete(doc, "first")
			delete(doc, "last")
		},
	}
	before := maps.Clone(upgrades)
	upgrades["example"] = steps
	defer func() { upgrades = before }()
	want := &example{[]string{"Anna", "Rossi"}, 3}
	for _, stored := range []string{
		`{"name":"Anna Rossi"}`, // before there were numbers
		`{"name":"Anna Rossi","schema":1}`,
		`{"first":"Anna","last":"Rossi","schema":2}`,
		`{"names":["Anna","Rossi"],"schema":3}`,
	} {
		got, err := load[example](one(stored), "example", "a")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %+v: %v", stored, got, err)
		}
	}
	if _, err := load[example](one(`{"schema":4}`), "example", "a"); !errors.Is(err, ErrNewerDocument) {
		t.Errorf("one of a newer program: %v", err)
	}
}

// one is a store with one document.
type one string

func (o one) Load(_ Ref, doc any) (bool, error)          { return true, json.Unmarshal([]byte(o), doc) }
func (o one) List(string, string, int) ([]string, error) { return nil, nil }
