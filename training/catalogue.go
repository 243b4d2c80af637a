package training

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Topic is a subject that training is given on.
type Topic struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	Area         string   `json:"area"`
	AreaTitle    string   `json:"area_title"`
	Description  string   `json:"description"`
	Synonyms     []string `json:"synonyms"`
	Offices      []string `json:"offices"`
	Mandatory    string   `json:"mandatory"` // MandatoryByLaw, …
	Source       string   `json:"source"`
	Hours        int      `json:"hours"`
	Mode         []string `json:"mode"`
	RefreshYears int      `json:"refresh_years"` // 0: does not expire
}

// Whether a topic is mandatory, and by what: the law for everybody, the role
// one has, an indication of the State, or not at all.
const (
	MandatoryByLaw      = "legge"
	MandatoryByRole     = "ruolo"
	MandatoryByGuidance = "indirizzo"
	NotMandatory        = "no"
)

// Catalogue is the list of topics, in the order in which they are shown.
type Catalogue struct {
	Areas  map[string]string `json:"areas"`
	Topics []Topic           `json:"topics"`
}

//go:embed topics.json
var builtinTopics []byte

// BuiltinCatalogue is the one that the program brings along.
func BuiltinCatalogue() Catalogue {
	c, err := ParseCatalogue(builtinTopics)
	if err != nil {
		panic("training: topics.json: " + err.Error())
	}
	return c
}

// Topic finds a topic by its id.
func (c Catalogue) Topic(id string) (Topic, bool) {
	i := slices.IndexFunc(c.Topics, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return Topic{}, false
	}
	return c.Topics[i], true
}

// Bounds of a catalogue.
const (
	MaxTopics         = 500
	maxCatalogueBytes = 2 << 20
	maxTopicID        = 16
	maxTopicWords     = 200 // bytes of a title, a synonym, an office
	maxTopicText      = 2000
	maxTopicList      = 200 // synonyms
	maxTopicHours     = 400
)

// ParseCatalogue reads a catalogue of topics. Everything that is wrong with it
// is told at once, each fault with the topic it is in: a person mends the file.
func ParseCatalogue(data []byte) (Catalogue, error) {
	if len(data) > maxCatalogueBytes {
		return Catalogue{}, fmt.Errorf("catalogue of %d bytes: at most %d", len(data), maxCatalogueBytes)
	}
	var c Catalogue
	if err := json.Unmarshal(data, &c); err != nil {
		return Catalogue{}, fmt.Errorf("catalogue: %w", placeError(data, err))
	}
	if len(c.Topics) == 0 {
		return Catalogue{}, errors.New(`catalogue: no "topics"`)
	}
	if len(c.Topics) > MaxTopics {
		return Catalogue{}, fmt.Errorf("catalogue: %d topics, at most %d", len(c.Topics), MaxTopics)
	}
	var faults []error
	seen := map[string]int{}
	for i := range c.Topics {
		t := &c.Topics[i]
		if t.AreaTitle == "" {
			t.AreaTitle = c.Areas[t.Area]
		}
		for _, fault := range t.faults(c.Areas) {
			faults = append(faults, fmt.Errorf("topic %d (%s): %s", i+1, nameOr(t.ID, "no id"), fault))
		}
		if before, twice := seen[t.ID]; twice && t.ID != "" {
			faults = append(faults, fmt.Errorf("topic %d (%s): same id as topic %d", i+1, t.ID, before))
		}
		seen[t.ID] = i + 1
		if len(faults) >= 20 {
			faults = append(faults, errors.New("and perhaps more"))
			break
		}
	}
	if len(faults) > 0 {
		return Catalogue{}, fmt.Errorf("catalogue: %w", errors.Join(faults...))
	}
	return c, nil
}

// placeError says in which line the JSON is broken.
func placeError(data []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var at int64
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	default:
		return err
	}
	at = min(max(at, 0), int64(len(data)))
	return fmt.Errorf("line %d: %w", 1+strings.Count(string(data[:at]), "\n"), err)
}

func (t *Topic) faults(areas map[string]string) []string {
	var f []string
	add := func(bad bool, format string, args ...any) {
		if bad {
			f = append(f, fmt.Sprintf(format, args...))
		}
	}
	add(!validTopicID(t.ID), `"id" must be 1 to %d capital letters, figures and hyphens`, maxTopicID)
	add(strings.TrimSpace(t.Title) == "", `"title" is missing`)
	add(t.Area == "", `"area" is missing`)
	if len(areas) > 0 && t.Area != "" {
		_, known := areas[t.Area]
		add(!known, `"area" %q is not among "areas"`, t.Area)
	}
	add(!slices.Contains([]string{MandatoryByLaw, MandatoryByRole, MandatoryByGuidance, NotMandatory}, t.Mandatory),
		`"mandatory" is %q, not legge, ruolo, indirizzo or no`, t.Mandatory)
	add(t.Hours < 1 || t.Hours > maxTopicHours, `"hours" is %d, not 1 to %d`, t.Hours, maxTopicHours)
	add(t.RefreshYears < 0 || t.RefreshYears > 20, `"refresh_years" is %d, not 1 to 20 or null`, t.RefreshYears)
	add(len(t.Mode) == 0, `"mode" is missing`)
	for _, m := range t.Mode {
		add(!slices.Contains([]string{"presenza", "webinar", "asincrono", "misto"}, m),
			`"mode" %q is not presenza, webinar, asincrono or misto`, m)
	}
	add(len(t.Synonyms) > maxTopicList, `%d "synonyms", at most %d`, len(t.Synonyms), maxTopicList)
	add(len(t.Offices) > maxTopicList, `%d "offices", at most %d`, len(t.Offices), maxTopicList)
	add(len(t.Description) > maxTopicText, `"description" is longer than %d bytes`, maxTopicText)
	add(len(t.Source) > maxTopicText, `"source" is longer than %d bytes`, maxTopicText)
	for _, words := range append(append([]string{t.Title, t.AreaTitle}, t.Synonyms...), t.Offices...) {
		add(len(words) > maxTopicWords, "%.30q… is longer than %d bytes", words, maxTopicWords)
		add(!utf8.ValidString(words), "%.30q is not UTF-8", words)
	}
	for _, s := range t.Synonyms {
		add(strings.TrimSpace(s) == "", "an empty synonym")
	}
	return f
}

func validTopicID(id string) bool {
	if id == "" || len(id) > maxTopicID {
		return false
	}
	for _, r := range id {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

func nameOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
