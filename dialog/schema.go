package dialog

import (
	"encoding/json"
	"errors"
	"fmt"
)

// upgrade takes a document to the next number of its kind. It is pure, and it
// stays: what was stored years ago is read through all of them.
type upgrade func(doc map[string]any)

// upgrades by the kind of a document, in order: the first takes number 1 to 2.
// The number that a kind has now is one more than its upgrades.
var upgrades = map[string][]upgrade{}

// ErrNewerDocument says that a newer version of the program wrote a document.
var ErrNewerDocument = errors.New("a document was written by a newer version of the program")

// load reads a document as it looks now and tells, with nil, that it does not
// exist.
func load[T any](r Reader, kind, id string) (*T, error) {
	doc, steps := new(T), upgrades[kind]
	if len(steps) == 0 {
		found, err := r.Load(MakeRef(kind, id), doc)
		if err != nil || !found {
			return nil, err
		}
		return doc, nil
	}
	var raw map[string]any
	found, err := r.Load(MakeRef(kind, id), &raw)
	if err != nil || !found {
		return nil, err
	}
	if err := upgraded(steps, raw); err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	text, err := json.Marshal(raw)
	if err != nil {
		return nil, err
	}
	return doc, json.Unmarshal(text, doc)
}

// upgraded takes a document through the steps that it has not gone yet. One
// without a number has the first.
func upgraded(steps []upgrade, doc map[string]any) error {
	number, _ := doc["schema"].(float64)
	n := max(int(number), 1)
	if n > len(steps)+1 {
		return ErrNewerDocument
	}
	for ; n <= len(steps); n++ {
		steps[n-1](doc)
		doc["schema"] = float64(n + 1)
	}
	return nil
}
