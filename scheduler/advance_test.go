package scheduler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regia/dialog"
)

// province is a small store whose timers set other timers and whose messages
// wait before they leave.
type province struct {
	timers  map[string]time.Time
	waiting map[string]time.Time
	last    map[string]time.Time
	lane    []string
	seen    []string
	depth   map[string]int
}

func newProvince() *province {
	return &province{timers: map[string]time.Time{}, waiting: map[string]time.Time{}, last: map[string]time.Time{}, depth: map[string]int{}}
}

func (p *province) LastSlot(_ context.Context, job string) (time.Time, bool, error) {
	at, found := p.last[job]
	return at, found, nil
}

func (p *province) DueTimers(_ context.Context, now time.Time, n int) ([]dialog.Timer, error) {
	var due []dialog.Timer
	for id, at := range p.timers {
		if !at.After(now) {
			due = append(due, dialog.Timer{Kind: "t", ID: id, At: at})
		}
	}
	slices.SortFunc(due, func(a, b dialog.Timer) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return due[:min(n, len(due))], nil
}

func (p *province) Next(context.Context) (time.Time, bool, error) {
	var next time.Time
	for _, m := range []map[string]time.Time{p.timers, p.waiting} {
		for _, at := range m {
			if next.IsZero() || at.Before(next) {
				next = at
			}
		}
	}
	return next, !next.IsZero(), nil
}

func (p *province) submit(_ context.Context, ins []dialog.In) error {
	for _, in := range ins {
		p.seen = append(p.seen, in.At.UTC().Format(time.RFC3339)+" "+in.ID)
		if in.Slot != nil {
			p.last[in.Slot.Job] = in.Slot.At
			// A slot asks for a message after a while.
			p.waiting[in.ID] = in.At.Add(10 * time.Minute)
			continue
		}
		id := in.Timer.ID
		delete(p.timers, id)
		if p.depth[id] < 3 {
			child := id + "x"
			p.depth[child] = p.depth[id] + 1
			p.timers[child] = in.At.Add(time.Duration(len(id)*7) * time.Minute)
		}
	}
	return nil
}

func (p *province) Due(_ context.Context, now time.Time) (int, error) {
	var ready []string
	for id, at := range p.waiting {
		if !at.After(now) {
			ready = append(ready, id)
		}
	}
	slices.Sort(ready)
	for _, id := range ready {
		delete(p.waiting, id)
	}
	p.lane = append(p.lane, ready...)
	return len(ready), nil
}

func (p *province) settle(_ context.Context, now time.Time) error {
	for _, id := range p.lane {
		p.seen = append(p.seen, now.UTC().Format(time.RFC3339)+" left "+id)
	}
	p.lane = nil
	return nil
}

func (p *province) parts(jobs []Job, since time.Time) Parts {
	return Parts{Jobs: jobs, Store: p, Submit: p.submit, Settle: p.settle, Since: since}
}

func TestOneLeapDoesWhatManyStepsDo(t *testing.T) {
	zone := rome(t)
	start := time.Date(2027, 10, 29, 12, 0, 0, 0, zone)
	rapid.Check(t, func(t *rapid.T) {
		jobs := append(Table(zone), Job{Name: "night", Slots: Daily(2, 30, zone)}, Job{Name: "morning", Slots: Daily(7, 30, zone), CatchUp: Last})
		leap, steps := newProvince(), newProvince()
		for i := range rapid.IntRange(0, 6).Draw(t, "timers") {
			at := start.Add(time.Duration(rapid.IntRange(1, 5*24*60).Draw(t, "minutes")) * time.Minute)
			leap.timers[fmt.Sprint(i)], steps.timers[fmt.Sprint(i)] = at, at
		}
		to := start.AddDate(0, 0, 6)
		if err := Advance(t.Context(), NewManual(start), to, leap.parts(jobs, start)); err != nil {
			t.Fatal(err)
		}
		clock := NewManual(start)
		for clock.Now().Before(to) {
			next := clock.Now().Add(time.Duration(rapid.IntRange(1, 3000).Draw(t, "step")) * time.Minute)
			if next.After(to) {
				next = to
			}
			if err := Advance(t.Context(), clock, next, steps.parts(jobs, start)); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(leap.seen, steps.seen) {
			t.Fatalf("leap  %v\nsteps %v", leap.seen, steps.seen)
		}
	})
}

func TestTheClockStopsAtEachEvent(t *testing.T) {
	zone := rome(t)
	start := time.Date(2027, 1, 10, 12, 0, 0, 0, zone)
	p := newProvince()
	p.timers["a"] = start.Add(90 * time.Minute)
	if err := Advance(t.Context(), NewManual(start), start.Add(21*time.Hour), p.parts(Table(zone), start)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"2027-01-10T12:30:00Z timer:t:a@2027-01-10T12:30:00Z",
		"2027-01-10T12:37:00Z timer:t:ax@2027-01-10T12:37:00Z",
		"2027-01-10T12:51:00Z timer:t:axx@2027-01-10T12:51:00Z",
		"2027-01-10T13:12:00Z timer:t:axxx@2027-01-10T13:12:00Z",
		"2027-01-11T07:30:00Z cron:week@2027-01-11T07:30:00Z",
		"2027-01-11T07:40:00Z left cron:week@2027-01-11T07:30:00Z",
	}
	if !slices.Equal(p.seen, want) {
		t.Errorf("saw %q", p.seen)
	}
}

func TestAMessageThatStaysDueIsReported(t *testing.T) {
	zone := rome(t)
	start := time.Date(2027, 1, 10, 12, 0, 0, 0, zone)
	p := newProvince()
	p.timers["a"] = start
	parts := p.parts(nil, start)
	parts.Submit = func(context.Context, []dialog.In) error { return nil }
	if err := Advance(t.Context(), NewManual(start), start.Add(time.Hour), parts); !errors.Is(err, ErrNoProgress) {
		t.Errorf("error %v, want ErrNoProgress", err)
	}
}

func TestAnErrorOfTheStoreStopsTheClockWhereItStands(t *testing.T) {
	zone := rome(t)
	start := time.Date(2027, 1, 10, 12, 0, 0, 0, zone)
	p := newProvince()
	p.timers["a"] = start.Add(time.Hour)
	parts := p.parts(nil, start)
	down := errors.New("down")
	parts.Submit = func(context.Context, []dialog.In) error { return down }
	clock := NewManual(start)
	if err := Advance(t.Context(), clock, start.Add(2*time.Hour), parts); !errors.Is(err, down) {
		t.Errorf("error %v, want that of the store", err)
	}
	if want := start.Add(time.Hour); !clock.Now().Equal(want) {
		t.Errorf("clock at %s, want %s", clock.Now(), want)
	}
	parts.Submit = p.submit
	if err := Advance(t.Context(), clock, start.Add(2*time.Hour), parts); err != nil {
		t.Fatal(err)
	}
	if len(p.seen) == 0 {
		t.Error("the timer was lost")
	}
}

func TestTheClockNeverGoesBack(t *testing.T) {
	start := time.Date(2027, 1, 10, 12, 0, 0, 0, time.UTC)
	clock := NewManual(start)
	clock.Set(start.Add(-time.Hour))
	if !clock.Now().Equal(start) {
		t.Errorf("clock at %s", clock.Now())
	}
}

func TestRealTimeRunsWhatIsDueAndStops(t *testing.T) {
	zone := rome(t)
	now := time.Date(2027, 1, 11, 9, 0, 0, 0, zone)
	p := newProvince()
	ctx, cancel := context.WithCancel(t.Context())
	parts := p.parts(Table(zone), now.Add(-24*time.Hour))
	parts.Settle = func(context.Context, time.Time) error { cancel(); return nil }
	if err := Run(ctx, NewManual(now), parts, slog.New(slog.NewTextHandler(io.Discard, nil))); err != nil {
		t.Fatal(err)
	}
	if len(p.seen) != 1 {
		t.Errorf("saw %q, want the job of the morning made up", p.seen)
	}
}
