package training_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"regia/training"
)

// told is a need as somebody told it, with what a person would note.
type told struct {
	ID      string   `json:"id"`
	Text    string   `json:"text"`
	Office  string   `json:"office"`
	Topics  []string `json:"topics"`
	Negated []string `json:"negated"`
	Kind    string   `json:"kind"`
}

func readTold(t *testing.T, path string) []told {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("skipped: %s is not there", path)
	}
	defer f.Close()
	var all []told
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var one told
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// figures are the measures of a reader on a set.
type figures struct {
	f1, top3, recordedRight, recordedAll, negatedF1 float64
	recorded                                        int
}

func measure(t *testing.T, r *training.NeedReader, all []told, verbose bool) figures {
	var tp, fp, fn, ntp, nfp, nfn, top, withTopics, right, recorded, wanted float64
	for _, one := range all {
		got := r.Read(one.Text, one.Office)
		miss := false
		for _, id := range got.Believed() {
			if slices.Contains(one.Topics, id) {
				tp++
			} else {
				fp++
				miss = true
			}
		}
		for _, id := range one.Topics {
			if !slices.Contains(got.Believed(), id) {
				fn++
				miss = true
			}
		}
		for _, id := range got.Negated {
			if slices.Contains(one.Negated, id) {
				ntp++
			} else {
				nfp++
				miss = true
			}
		}
		for _, id := range one.Negated {
			if !slices.Contains(got.Negated, id) {
				nfn++
				miss = true
			}
		}
		wanted += float64(len(one.Topics))
		for _, id := range got.Recorded {
			recorded++
			if slices.Contains(one.Topics, id) {
				right++
			}
		}
		if len(one.Topics) > 0 {
			withTopics++
			for _, s := range got.Topics[:min(3, len(got.Topics))] {
				if slices.Contains(one.Topics, s.ID) {
					top++
					break
				}
			}
		}
		if miss && verbose {
			t.Logf("%s [%s] want %v not %v\n   %q\n   got %v not %v", one.ID, one.Office, one.Topics, one.Negated, one.Text, got.Topics[:min(5, len(got.Topics))], got.Negated)
		}
	}
	return figures{
		f1: 2 * tp / (2*tp + fp + fn), top3: top / withTopics, recordedRight: right / max(recorded, 1),
		recordedAll: right / wanted, negatedF1: 2 * ntp / max(2*ntp+nfp+nfn, 1), recorded: int(recorded),
	}
}

// TestNeedsDev measures the reader on the shared set. The bounds are those of
// the design; the figures are printed with -v, the cases with REGIA_NEEDS=show.
func TestNeedsDev(t *testing.T) {
	all := readTold(t, "../../shared/data/needs-dev.jsonl")
	f := measure(t, training.NewReader(training.BuiltinCatalogue()), all, os.Getenv("REGIA_NEEDS") == "show")
	t.Logf("%d texts: micro-F1 %.3f, top-3 %.3f, negation F1 %.3f; recorded without asking %d: %.3f right, %.3f of all wanted",
		len(all), f.f1, f.top3, f.negatedF1, f.recorded, f.recordedRight, f.recordedAll)
	if f.f1 < 0.76 || f.top3 < 0.94 {
		t.Error("below what the design asks for: micro-F1 .76, top-3 .94")
	}
}

// TestNoSentenceOfTheSetIsInTheVocabulary keeps the measure honest.
func TestNoSentenceOfTheSetIsInTheVocabulary(t *testing.T) {
	words, err := os.ReadFile("vocabulary.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range readTold(t, "../../shared/data/needs-dev.jsonl") {
		if len(strings.Fields(one.Text)) > 4 && strings.Contains(strings.ToLower(string(words)), strings.ToLower(one.Text)) {
			t.Errorf("%s stands in vocabulary.json", one.ID)
		}
	}
}
