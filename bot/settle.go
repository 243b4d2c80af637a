package bot

import (
	"log/slog"
	"slices"
	"time"

	"regia/dialog"
)

const (
	restMost = 15 * time.Second // the longest pause of all for the network's sake
	// maxProgress bounds what is remembered of half sent messages.
	maxProgress = 1000
)

// settle draws the consequence of an attempt. It tells whether the message is
// delivered with it.
func (s *Sender) settle(o outcome) bool {
	now, j := s.clock(), o.job
	s.working--
	s.pace.end(j.out.To, o.called, now)
	if o.drop {
		s.finish(j)
		return false
	}
	if o.called {
		s.weather(o, now)
	}
	switch o.verdict {
	case delivered:
		return s.advance(j)
	case uneditable:
		if st := &j.steps[j.next]; st.edit != 0 {
			st.edit = 0
			s.again(j)
			return false
		}
		s.lasting(j, o, dialog.GivenUp)
	case gone:
		s.lasting(j, o, dialog.Unreachable)
	case refused:
		s.lasting(j, o, dialog.GivenUp)
	case tooFast:
		_, wait := judge(o.err)
		s.later(j, o, now.Add(wait), now)
	case trouble:
		if !o.called && j.out.Tries >= renderTries {
			s.lasting(j, o, dialog.GivenUp)
			break
		}
		s.later(j, o, now.Add(backOff(j.out.Tries)), now)
	}
	return false
}

// advance goes on to the next step of a message, or ends it.
func (s *Sender) advance(j *job) bool {
	j.next++
	if j.next < len(j.steps) {
		s.again(j)
		return false
	}
	s.finish(j)
	return true
}

// again puts a message that is on its way before those of its kind.
func (s *Sender) again(j *job) {
	if j.out.Reply {
		s.replies = slices.Insert(s.replies, 0, j)
	} else {
		s.notices = slices.Insert(s.notices, 0, j)
	}
}

func (s *Sender) finish(j *job) {
	delete(s.progress, j.out.ID)
	s.done = append(s.done, j.out)
}

// later hands a message back to be tried again; after two days it is enough.
func (s *Sender) later(j *job, o outcome, at, now time.Time) {
	if !j.out.FirstTry.IsZero() && now.Sub(j.out.FirstTry) >= giveUp {
		s.lasting(j, o, dialog.GivenUp)
		return
	}
	if j.next > 0 && len(s.progress) < maxProgress {
		s.progress[j.out.ID] = j.next
	}
	s.log.Info("a message waits", slog.String("out", j.out.ID), slog.String("why", o.verdict.String()), slog.Time("until", at))
	s.failed = append(s.failed, failure{out: j.out, f: dialog.Failure{Temporary: true, RetryAt: at}})
}

func (s *Sender) lasting(j *job, o outcome, why dialog.Outcome) {
	delete(s.progress, j.out.ID)
	s.log.Warn("a message did not arrive", slog.String("out", j.out.ID), slog.String("why", o.verdict.String()), slog.String("outcome", string(why)))
	s.failed = append(s.failed, failure{out: j.out, f: dialog.Failure{Outcome: why}})
}

// weather watches for trouble that concerns all: a network that is down, a
// token that was taken back, a 429 that is not about one chat.
func (s *Sender) weather(o outcome, now time.Time) {
	switch o.verdict {
	case tooFast:
		s.fast++
		if _, wait := judge(o.err); s.fast > 1 {
			s.pause(now.Add(wait))
		}
	case trouble:
		s.trouble++
		if s.trouble > 1 {
			s.pause(now.Add(min(100*time.Millisecond<<min(s.trouble, 8), restMost)))
		}
	default:
		s.fast, s.trouble = 0, 0
	}
}

func (s *Sender) pause(until time.Time) {
	if until.After(s.pace.held) {
		s.pace.held = until
	}
}
