package bot

import "time"

// Telegram's limits, and a margin for clocks that do not run alike.
const (
	overall  = 30 // messages in any second
	reserved = 1  // of these, kept free for replies
	window   = time.Second + 5*time.Millisecond
	// spacing spreads notices over the second, so that a place comes free
	// every moment and a reply waits for a moment only.
	spacing = window / (overall - reserved)
)

// pace tells what may be sent now.
//
// A place is taken when a call begins and comes free a second after the call
// has ended: the server saw it somewhere in between, so that it never sees more
// than 30 in a second by its own clock, however long the way. With answers
// after 50 ms that is 27.5 notices a second.
type pace struct {
	off     bool
	flying  int         // calls in flight
	ended   []time.Time // of the calls that ended within the last second, in order
	notice  time.Time   // no notice before
	persons map[string]*rest
	held    time.Time // nothing before: the network or Telegram asks for a pause
}

// rest is when a person may get the next notice.
type rest struct {
	flying int
	until  time.Time
}

func newPace(off bool) *pace { return &pace{off: off, persons: map[string]*rest{}} }

func (p *pace) tidy(now time.Time) {
	n := 0
	for n < len(p.ended) && now.Sub(p.ended[n]) >= window {
		n++
	}
	p.ended = p.ended[n:]
	if len(p.persons) > 4*overall {
		for who, r := range p.persons {
			if r.flying == 0 && !now.Before(r.until) {
				delete(p.persons, who)
			}
		}
	}
}

func (p *pace) used() int { return p.flying + len(p.ended) }

// reply tells whether a reply may leave.
func (p *pace) reply(now time.Time) bool {
	return !now.Before(p.held) && (p.off || p.used() < overall)
}

// anyNotice tells whether a notice to somebody may leave.
func (p *pace) anyNotice(now time.Time) bool {
	return !now.Before(p.held) && (p.off || p.used() < overall-reserved && !now.Before(p.notice))
}

// noticeTo tells whether that somebody may be who.
func (p *pace) noticeTo(who string, now time.Time) bool {
	r := p.persons[who]
	return p.off || r == nil || r.flying == 0 && !now.Before(r.until)
}

func (p *pace) begin(who string, reply bool, now time.Time) {
	p.flying++
	if p.off {
		return
	}
	if !reply {
		p.notice = now.Add(spacing)
	}
	r := p.persons[who]
	if r == nil {
		r = &rest{}
		p.persons[who] = r
	}
	r.flying++
}

// end frees what begin took; called tells whether Telegram was called at all.
func (p *pace) end(who string, called bool, now time.Time) {
	p.flying--
	if p.off {
		return
	}
	r := p.persons[who]
	r.flying--
	if called {
		p.ended = append(p.ended, now)
		r.until = now.Add(window)
	}
}

// next is how long nothing can change by itself: until a place comes free, the
// spacing is over, or the first of the persons waiting may be written to.
func (p *pace) next(now time.Time, waiting []*job) time.Duration {
	if now.Before(p.held) {
		return p.held.Sub(now)
	}
	if p.used() >= overall-reserved {
		if len(p.ended) > 0 {
			return max(p.ended[0].Add(window).Sub(now), time.Millisecond)
		}
		return window // a call will end before
	}
	if now.Before(p.notice) {
		return p.notice.Sub(now)
	}
	wait := window
	for _, j := range waiting {
		if r := p.persons[j.out.To]; r != nil && r.flying == 0 {
			wait = min(wait, r.until.Sub(now))
		}
	}
	return max(wait, time.Millisecond)
}
