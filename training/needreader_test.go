package training_test

import (
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"regia/training"
)

var builtinReader = sync.OnceValue(func() *training.NeedReader {
	return training.NewReader(training.BuiltinCatalogue())
})

// TestNeedsAreUnderstood reads the project's own set: a case or more for each
// topic, refusals, complaints and subjects outside of the catalogue.
func TestNeedsAreUnderstood(t *testing.T) {
	f := measure(t, builtinReader(), readTold(t, "testdata/needs.jsonl"), testing.Verbose())
	t.Logf("micro-F1 %.3f, top-3 %.3f, negation F1 %.3f; recorded %d: %.3f right", f.f1, f.top3, f.negatedF1, f.recorded, f.recordedRight)
	if f.f1 < 0.85 || f.top3 < 0.95 || f.negatedF1 < 0.9 || f.recordedRight < 0.9 {
		t.Errorf("understood too little: %+v", f)
	}
}

func TestWhateverIsWrittenIsRead(t *testing.T) {
	r := builtinReader()
	for _, text := range []string{"", " ", "?!", "\xff\xfe", strings.Repeat("privacy ", 1<<17), strings.Repeat("x", 1<<20), "non", "a", "....", "già", "no"} {
		for _, s := range r.Read(text, text).Topics {
			if s.Score < 0 || s.Score > 1 {
				t.Errorf("%.20q: %v", text, s)
			}
		}
	}
}

func TestReadersAreSharedBetweenGoroutines(t *testing.T) {
	r := builtinReader()
	want := r.Read("imu e tari", "Tributi").Topics[0]
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := r.Read("imu e tari", "Tributi").Topics[0]; got != want {
					t.Errorf("%v, want %v", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestACatalogueOfOnesOwnIsUnderstood(t *testing.T) {
	c, err := training.ParseCatalogue([]byte(`{"topics":[
		{"id":"API-1","title":"Apicoltura","area":"a","synonyms":["arnie"],"mandatory":"no","hours":4,"mode":["presenza"]},
		{"id":"VINO","title":"Viticoltura eroica","area":"a","mandatory":"no","hours":4,"mode":["presenza"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := training.NewReader(c).Read("vorrei un corso sulle arnie", "")
	if b := got.Believed(); len(b) != 1 || b[0] != "API-1" {
		t.Errorf("%+v", got)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"non ci serve la privacy", "a parte l'imu, d.lgs. 81/08", "già fatto", "AI e VIA", "altro che"} {
		f.Add(s, "Segreteria")
	}
	r := builtinReader()
	f.Fuzz(func(t *testing.T, text, office string) {
		got := r.Read(text, office)
		for i, s := range got.Topics {
			if s.Score < 0 || s.Score > 1 || i > 0 && s.Score > got.Topics[i-1].Score || !utf8.ValidString(s.ID) {
				t.Fatalf("%v", got.Topics)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	r := builtinReader()
	for b.Loop() {
		r.Read("Anticorruzione e trasparenza per nove dipendenti, poi un corso di excell e la riscossione coattiva: non ci serve l'inglese", "Segreteria")
	}
}
