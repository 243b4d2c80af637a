package training

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// However somebody writes, no hour brings more than its answers of one reason
// and no day more than its answers in all (twice that where two of them meet),
// and whoever had fewer is answered.
func TestTheBrake(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b Brake
		now := time.Date(2027, 3, 11, 9, 0, 0, 0, time.UTC)
		type answer struct {
			at     time.Time
			reason string
		}
		var given []answer
		for range rapid.IntRange(1, 400).Draw(t, "mails") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "minutes")) * time.Minute)
			reason := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "reason")
			same, day := 0, 0
			for _, g := range given {
				if g.reason == reason && now.Sub(g.at) < time.Hour {
					same++
				}
				if now.Sub(g.at) < BrakeLife {
					day++
				}
			}
			ok, _ := b.Answer(reason, now)
			switch {
			case ok:
				given = append(given, answer{now, reason})
				if same >= 2*SameAnHour || day >= 2*AllADay {
					t.Fatalf("answer %d of one reason, %d in all", same+1, day+1)
				}
			case same < SameAnHour && day < AllADay:
				t.Fatalf("not answered after %d of one reason, %d in all", same, day)
			}
		}
	})
}
