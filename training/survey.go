package training

import (
	"slices"
	"time"
)

// AnonymityThreshold is k: no figure is shown below this many answers.
const AnonymityThreshold = 5

// Items of the satisfaction survey, in their order.
var Items = []Item{
	{ID: "usefulness", Min: 1, Max: 5},
	{ID: "clarity", Min: 1, Max: 5},
	{ID: "organisation", Min: 1, Max: 5},
	{ID: "recommend", Min: 0, Max: 10},
	{ID: "use", Open: true},
	{ID: "improve", Open: true},
}

// Item is a question of a survey: a scale, or an open one.
type Item struct {
	ID       string
	Min, Max int
	Open     bool
}

// SatisfactionSurvey is the survey of an edition. Asked and Shown are totals.
type SatisfactionSurvey struct {
	Edition string    `json:"edition"`
	Opens   time.Time `json:"opens"`
	Closes  time.Time `json:"closes"`
	Closed  bool      `json:"closed,omitempty"`
	Asked   int       `json:"asked"`
	Tally   Tally     `json:"tally,omitzero"` // filled at the close
	Schema  int       `json:"schema"`
}

// AnswerSheet is what one person answered, kept only until the survey closes.
// Numbers and texts are by item; -1 is a question left out.
type AnswerSheet struct {
	Edition string         `json:"edition"`
	Person  string         `json:"person"`
	Numbers map[string]int `json:"numbers,omitempty"`
	Next    int            `json:"next"`    // item to ask
	Touches int            `json:"touches"` // messages that asked, at most 3
	Ended   bool           `json:"ended,omitempty"`
	Schema  int            `json:"schema"`
}

// Answered tells whether the sheet holds any answer.
func (a AnswerSheet) Answered() bool { return len(a.Numbers) > 0 || a.Next > 4 }

// Tally is how often each value was given, by item: no person, no order.
type Tally struct {
	Sheets int              `json:"sheets"`
	Counts map[string][]int `json:"counts,omitempty"` // index: value − Min
}

// Add counts one sheet.
func (t *Tally) Add(sheet AnswerSheet) {
	if !sheet.Answered() {
		return
	}
	t.Sheets++
	if t.Counts == nil {
		t.Counts = map[string][]int{}
	}
	for _, item := range Items {
		value, given := sheet.Numbers[item.ID]
		if item.Open || !given || value < item.Min || value > item.Max {
			continue
		}
		if t.Counts[item.ID] == nil {
			t.Counts[item.ID] = make([]int, item.Max-item.Min+1)
		}
		t.Counts[item.ID][value-item.Min]++
	}
}

// Figure is a number that may be shown: it exists only where at least
// AnonymityThreshold people answered.
type Figure struct {
	value float64
	n     int
}

// Value of the figure and the number of answers behind it.
func (f Figure) Value() (value float64, n int) { return f.value, f.n }

// Mean is the mean of an item; ok is false below the threshold.
func (t Tally) Mean(id string) (f Figure, ok bool) {
	i := slices.IndexFunc(Items, func(it Item) bool { return it.ID == id })
	if i < 0 {
		return Figure{}, false
	}
	sum := 0
	for v, n := range t.Counts[id] {
		f.n += n
		sum += n * (v + Items[i].Min)
	}
	if f.n < AnonymityThreshold {
		return Figure{}, false
	}
	f.value = float64(sum) / float64(f.n)
	return f, true
}

// NPS is promoters (9–10) minus detractors (0–6), in points from −100 to 100.
func (t Tally) NPS() (f Figure, ok bool) {
	score := 0
	for v, n := range t.Counts["recommend"] {
		f.n += n
		switch {
		case v >= 9:
			score += n
		case v <= 6:
			score -= n
		}
	}
	if f.n < AnonymityThreshold {
		return Figure{}, false
	}
	f.value = 100 * float64(score) / float64(f.n)
	return f, true
}

// Surveys close after this many working days, and ask at most MaxTouches times.
const (
	SurveyDays = 8
	MaxTouches = 3
)
