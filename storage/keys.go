package storage

import (
	"fmt"
	"regexp"
	"strings"

	"regia/dialog"
)

// keys builds every key of a province. The braces make Redis Cluster put them
// all in one slot.
type keys struct{ prefix string }

var provinceName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

func makeKeys(province string) (keys, error) {
	if !provinceName.MatchString(province) {
		return keys{}, fmt.Errorf("storage: %q is not the name of a province: lower-case letters, digits, - and _", province)
	}
	return keys{"{" + province + "}:"}, nil
}

func (k keys) all() string { return k.prefix + "*" }

// What there is one of.
func (k keys) schema() string       { return k.prefix + "schema" }        // string: number
func (k keys) sequence() string     { return k.prefix + "seq" }           // string: number of the last commit
func (k keys) fence() string        { return k.prefix + "fence" }         // string: fencing number of the last writer
func (k keys) lease() string        { return k.prefix + "lease" }         // string: token of the writer
func (k keys) pause() string        { return k.prefix + "pause" }         // string: token of a backup being made
func (k keys) tries() string        { return k.prefix + "tries" }         // hash: id of input -> attempts
func (k keys) slots() string        { return k.prefix + "slots" }         // hash: job -> last slot
func (k keys) timers() string       { return k.prefix + "timers" }        // zset: kind:id -> instant
func (k keys) outs() string         { return k.prefix + "outs" }          // hash: id -> lane, newline, JSON
func (k keys) waiting() string      { return k.prefix + "waiting" }       // zset: id of out -> instant
func (k keys) turn() string         { return k.prefix + "turn" }          // string: number that orders lanes
func (k keys) pending() string      { return k.prefix + "pending" }       // hash: id of input -> JSON
func (k keys) pendingOrder() string { return k.prefix + "pending-order" } // zset: id of input -> number
func (k keys) dead() string         { return k.prefix + "dead" }          // hash: id of input -> JSON
func (k keys) deadOrder() string    { return k.prefix + "dead-order" }    // zset: id of input -> instant
func (k keys) aftermath() string    { return k.prefix + "aftermath" }     // list: JSON, what is left to do outside Redis

// What there are many of.
func (k keys) docPrefix() string               { return k.prefix + "doc:" }
func (k keys) doc(ref dialog.Ref) string       { return k.prefix + "doc:" + string(ref) } // string: version and JSON
func (k keys) list(name string) string         { return k.prefix + "list:" + name }       // zset, all scores 0
func (k keys) done(id string) string           { return k.prefix + "done:" + id }         // string "1"
func (k keys) recall(undo string) string       { return k.prefix + "recall:" + undo }     // set: ids of outs
func (k keys) lanePrefix() string              { return k.prefix + "lane:" }
func (k keys) readyPrefix() string             { return k.prefix + "ready:" }
func (k keys) lane(l lane) string              { return k.prefix + "lane:" + l.String() }                        // list: ids of outs
func (k keys) ready(l lane) string             { return k.prefix + "ready:" + string(l.channel) + ":" + l.sort } // zset: recipient -> turn
func (k keys) leases(ch dialog.Channel) string { return k.prefix + "leases:" + string(ch) }                      // zset: sort:recipient -> instant
func (k keys) held(ch dialog.Channel) string   { return k.prefix + "held:" + string(ch) }                        // zset: recipient -> instant

// ref is the document a key belongs to.
func (k keys) ref(key string) dialog.Ref {
	return dialog.Ref(strings.TrimPrefix(key, k.docPrefix()))
}

// A lane holds the messages to one recipient on one channel, in order.
type lane struct {
	channel dialog.Channel
	sort    string // reply or notice
	to      string
}

const (
	replies = "reply"
	notices = "notice"
)

func laneOf(out dialog.Out) lane {
	sort := notices
	if out.Reply {
		sort = replies
	}
	return lane{out.Channel, sort, out.To}
}

// parseLane reads what String writes.
func parseLane(text string) (lane, bool) {
	channel, rest, _ := strings.Cut(text, ":")
	sort, to, ok := strings.Cut(rest, ":")
	return lane{dialog.Channel(channel), sort, to}, ok
}

func (l lane) String() string { return string(l.channel) + ":" + l.sort + ":" + l.to }
