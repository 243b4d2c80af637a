package dialog

import (
	"errors"
	"strings"
)

// Act is something a person can do: a verb of the table in handle.go, the id
// of the document it is about, and an argument.
type Act struct {
	Verb string `json:"verb"`
	ID   string `json:"id,omitempty"`
	Arg  string `json:"arg,omitempty"`
}

// actVersion opens the short form, so that buttons of last month are told from
// those of another shape.
const actVersion = "1"

// Data is the short form of the act that a button carries, at most 64 bytes.
func (a Act) Data() string {
	return strings.TrimRight(strings.Join([]string{actVersion, a.Verb, a.ID, a.Arg}, "|"), "|")
}

// ErrOldButton says that a button is of a shape that is no longer understood.
var ErrOldButton = errors.New("button of an unknown version")

// ParseAct reads the short form.
func ParseAct(data string) (Act, error) {
	parts := strings.SplitN(data, "|", 4)
	if len(parts) < 2 || parts[0] != actVersion || parts[1] == "" || len(data) > 64 {
		return Act{}, ErrOldButton
	}
	parts = append(parts, "", "")
	return Act{Verb: parts[1], ID: parts[2], Arg: parts[3]}, nil
}
