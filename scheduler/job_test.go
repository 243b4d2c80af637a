package scheduler

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func rome(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// never is the memory of a province in which no job ran yet.
func never(string) time.Time { return time.Time{} }

func names(jobs []Job, last func(string) time.Time, since, now time.Time) []string {
	var ids []string
	for _, in := range Due(jobs, last, since, now) {
		ids = append(ids, in.ID)
	}
	return ids
}

func TestHalfPastTwoIsNeitherSkippedNorDoubled(t *testing.T) {
	zone := rome(t)
	slots := Daily(2, 30, zone)
	for _, night := range []string{"2027-03-28", "2027-10-31"} {
		day, err := time.ParseInLocation(time.DateOnly, night, zone)
		if err != nil {
			t.Fatal(err)
		}
		got := slots(day, day.AddDate(0, 0, 1))
		if len(got) != 1 {
			t.Errorf("%s: %d slots %v, want one", night, len(got), got)
		}
		// Minute by minute, as a ticking clock sees it, there is one as well.
		n := 0
		for at := day; at.Before(day.AddDate(0, 0, 1)); at = at.Add(time.Minute) {
			n += len(slots(at, at.Add(time.Minute)))
		}
		if n != 1 {
			t.Errorf("%s: minute by minute %d slots, want one", night, n)
		}
	}
}

func TestASlotKeepsItsTimeOnTheWall(t *testing.T) {
	zone := rome(t)
	for _, at := range Weekly(time.Monday, 8, 30, zone)(
		time.Date(2027, 1, 1, 0, 0, 0, 0, zone), time.Date(2028, 1, 1, 0, 0, 0, 0, zone)) {
		if at.Weekday() != time.Monday || at.Format("15:04") != "08:30" {
			t.Errorf("slot at %s", at)
		}
	}
}

func TestMissedSlotsAreMadeUpByTheRuleOfTheJob(t *testing.T) {
	zone := rome(t)
	at := func(day, hour, minute int) time.Time { return time.Date(2027, 1, day, hour, minute, 0, 0, zone) }
	job := func(c CatchUp, age time.Duration) []Job {
		return []Job{{Name: "j", Slots: Daily(7, 30, zone), CatchUp: c, MaxAge: age}}
	}
	last := func(string) time.Time { return at(4, 7, 30) }
	for _, c := range []struct {
		name string
		jobs []Job
		now  time.Time
		want []string
	}{
		{"every one", job(All, 0), at(7, 9, 0), []string{"cron:j@2027-01-05T06:30:00Z", "cron:j@2027-01-06T06:30:00Z", "cron:j@2027-01-07T06:30:00Z"}},
		{"every one that is not too old", job(All, 36*time.Hour), at(7, 9, 0), []string{"cron:j@2027-01-06T06:30:00Z", "cron:j@2027-01-07T06:30:00Z"}},
		{"the last one", job(Last, 0), at(7, 9, 0), []string{"cron:j@2027-01-07T06:30:00Z"}},
		{"the last one is too old", job(Last, time.Hour), at(7, 9, 0), nil},
		{"none", job(None, 0), at(7, 9, 0), nil},
		{"none, but this one is on time", job(None, 0), at(7, 7, 30), []string{"cron:j@2027-01-07T06:30:00Z"}},
		{"at the instant itself", job(Last, time.Hour), at(5, 7, 30), []string{"cron:j@2027-01-05T06:30:00Z"}},
		{"already done", job(All, 0), at(4, 9, 0), nil},
	} {
		if got := names(c.jobs, last, at(1, 0, 0), c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAJobThatNeverRanCountsFromTheStart(t *testing.T) {
	zone := rome(t)
	jobs := []Job{{Name: "j", Slots: Daily(7, 30, zone)}}
	since := time.Date(2027, 1, 4, 7, 30, 0, 0, zone)
	if got := names(jobs, never, since, since.Add(time.Hour)); len(got) != 0 {
		t.Errorf("due %v, want nothing", got)
	}
	if got := names(jobs, never, since, since.Add(24*time.Hour)); len(got) != 1 {
		t.Errorf("due %v, want the slot of the next day", got)
	}
}

// Whatever the instants at which the loop looks, each slot comes once, in
// order, none is missing.
func TestLookingOftenOrSeldomGivesTheSameSlots(t *testing.T) {
	zone := rome(t)
	start := time.Date(2027, 3, 25, 0, 0, 0, 0, zone)
	rapid.Check(t, func(t *rapid.T) {
		jobs := []Job{
			{Name: "a", Slots: Daily(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), zone)},
			{Name: "b", Slots: Weekly(time.Weekday(rapid.IntRange(0, 6).Draw(t, "day")), 2, 30, zone)},
		}
		end := start.AddDate(0, 0, 12)
		want := names(jobs, never, start, end)
		lasts := map[string]time.Time{}
		var got []string
		for now := start; now.Before(end); {
			now = now.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * 37 * time.Minute)
			if now.After(end) {
				now = end
			}
			for _, in := range Due(jobs, func(j string) time.Time { return lasts[j] }, start, now) {
				lasts[in.Slot.Job] = in.Slot.At
				got = append(got, in.ID)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
	})
}

func TestNextSlotIsTheFirstOneDue(t *testing.T) {
	zone := rome(t)
	jobs := Table(zone)
	now := time.Date(2027, 1, 10, 12, 0, 0, 0, zone)
	next := NextSlot(jobs, now)
	if want := time.Date(2027, 1, 11, 8, 30, 0, 0, zone); !next.Equal(want) {
		t.Errorf("next %s, want %s", next, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		now := now.Add(time.Duration(rapid.IntRange(0, 400*24*60).Draw(t, "minutes")) * time.Minute)
		next := NextSlot(jobs, now)
		if in := Due(jobs, never, now, next.Add(-time.Second)); len(in) != 0 {
			t.Fatalf("%v is due before the next slot %s", in, next)
		}
		if in := Due(jobs, never, now, next); len(in) == 0 {
			t.Fatalf("nothing is due at the next slot %s", next)
		}
	})
}
