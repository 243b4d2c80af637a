package scheduler

import (
	"slices"
	"time"

	"regia/dialog"
)

// CatchUp is what happens to the slots that were missed while nothing ran.
type CatchUp int

const (
	// All makes up every missed slot, in order.
	All CatchUp = iota
	// Last makes up only the most recent one.
	Last
	// None makes up nothing: a slot is worth its own minute.
	None
)

// Job is a piece of work that the calendar asks for.
type Job struct {
	Name string
	// Slots gives the instants after the first and up to the second, both
	// ends considered as (after, until], in ascending order.
	Slots   func(after, until time.Time) []time.Time
	CatchUp CatchUp
	// MaxAge is how late a slot may still be made up; 0 is without limit, and
	// a minute for jobs that make up nothing.
	MaxAge time.Duration
}

// grace is how late a slot of a job that makes up nothing still counts as
// being on time: the tick comes once a minute.
const grace = time.Minute

// Table is the calendar of the service. Offers, reminders and surveys are not
// in it: their instants belong to a document, and the conversations set timers
// for them.
func Table(zone *time.Location) []Job {
	return []Job{
		{Name: "week", Slots: Weekly(time.Monday, 8, 30, zone), CatchUp: Last, MaxAge: 5 * 24 * time.Hour},
	}
}

// Daily gives the slots of a job that is due every day at a time of the clock
// on the wall. On the night in which that time does not exist or exists twice
// there is still exactly one slot.
func Daily(hour, minute int, zone *time.Location) func(after, until time.Time) []time.Time {
	return onDays(hour, minute, zone, func(time.Weekday) bool { return true })
}

// Weekly gives the slots of a job that is due on one day of the week.
func Weekly(day time.Weekday, hour, minute int, zone *time.Location) func(after, until time.Time) []time.Time {
	return onDays(hour, minute, zone, func(d time.Weekday) bool { return d == day })
}

func onDays(hour, minute int, zone *time.Location, wanted func(time.Weekday) bool) func(after, until time.Time) []time.Time {
	return func(after, until time.Time) []time.Time {
		var slots []time.Time
		// Days are counted on the calendar and not in 24 hours; time.Date
		// turns a time that does not exist into one that does, and picks one
		// of two that bear the same name.
		y, m, d := after.In(zone).Date()
		for ; ; d++ {
			day := time.Date(y, m, d, 12, 0, 0, 0, zone)
			slot := time.Date(y, m, d, hour, minute, 0, 0, zone)
			if slot.After(until) {
				return slots
			}
			if slot.After(after) && wanted(day.Weekday()) {
				slots = append(slots, slot)
			}
		}
	}
}

// Due gives the messages for the slots that are due at now and were not
// committed yet, in the order of their instants. last tells the last committed
// slot of a job; one that never ran counts from since.
func Due(jobs []Job, last func(job string) time.Time, since, now time.Time) []dialog.In {
	var due []dialog.In
	for _, job := range jobs {
		from := last(job.Name)
		if from.IsZero() {
			from = since
		}
		// Years of downtime must not make a list of thousands of slots that
		// are too old anyway.
		maxAge := job.MaxAge
		if job.CatchUp == None && maxAge == 0 {
			maxAge = grace
		}
		if maxAge > 0 && now.Add(-maxAge).After(from) {
			from = now.Add(-maxAge - time.Nanosecond)
		}
		slots := job.Slots(from, now)
		if job.CatchUp == Last && len(slots) > 1 {
			slots = slots[len(slots)-1:]
		}
		for _, at := range slots {
			due = append(due, SlotIn(job.Name, at, now))
		}
	}
	slices.SortStableFunc(due, func(a, b dialog.In) int { return a.Slot.At.Compare(b.Slot.At) })
	return due
}

// SlotIn is the message of one slot, handled at now.
func SlotIn(job string, at, now time.Time) dialog.In {
	return dialog.In{
		ID:   "cron:" + job + "@" + at.UTC().Format(time.RFC3339),
		At:   now,
		Slot: &dialog.Slot{Job: job, At: at},
	}
}

// horizon is how far ahead the next slot of a job is looked for: every job is
// due at least once a year.
const horizon = 366 * 24 * time.Hour

// NextSlot is the first instant after now at which a job is due; the zero time
// when there is none within a year.
func NextSlot(jobs []Job, now time.Time) time.Time {
	var next time.Time
	for _, job := range jobs {
		// A week is enough for most and keeps the list short.
		slots := job.Slots(now, now.Add(8*24*time.Hour))
		if len(slots) == 0 {
			slots = job.Slots(now, now.Add(horizon))
		}
		if len(slots) > 0 && (next.IsZero() || slots[0].Before(next)) {
			next = slots[0]
		}
	}
	return next
}
