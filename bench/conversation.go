package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"regia/bot/bottest"
)

// conversation is what each person writes, a step after the other.
var conversation = []string{
	"/start",
	"corsi",
	"1",
	"no",
	"mi serve capire gli appalti sotto soglia e gli affidamenti diretti",
	"1",
	"3",
	"1",
	"iscrizioni",
	"aiuto",
}

// reply is what the peer answers to a step.
type reply struct {
	Asked   string     `json:"asked"`
	Text    string     `json:"text"` // HTML
	Buttons [][]button `json:"buttons,omitempty"`
}

type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

// replyOf is a message as the bot must have sent it.
func replyOf(asked string, m bottest.Message) reply {
	r := reply{Asked: asked, Text: html.EscapeString(m.Text)}
	for _, part := range m.Bold {
		bold := html.EscapeString(part.Text)
		r.Text = strings.Replace(r.Text, bold, "<b>"+bold+"</b>", 1)
	}
	for _, row := range m.Buttons {
		buttons := make([]button, len(row))
		for i, b := range row {
			buttons[i] = button{Text: b.Label, Data: b.Data}
		}
		r.Buttons = append(r.Buttons, buttons)
	}
	return r
}

// audience are the people of a run: it hears what the bot says to each, and
// when.
type audience struct {
	api    *bottest.Server
	cancel func()

	mu      sync.Mutex
	asked   map[int64]time.Time // what waits for its answer, where one at a time is asked
	delays  []time.Duration
	heard   int
	replies map[int64][]bottest.Message // of the bot, since the last count
	more    chan struct{}
}

func gather(limits bottest.Limits) (*audience, error) {
	// A store that was used before knows the ids of the updates it had.
	api, err := bottest.Start(bottest.Options{Forget: true, Limits: limits, Seed: uint64(time.Now().UnixNano())})
	if err != nil {
		return nil, err
	}
	a := &audience{api: api, asked: map[int64]time.Time{}, replies: map[int64][]bottest.Message{}, more: make(chan struct{}, 1)}
	messages, cancel := api.Subscribe()
	a.cancel = cancel
	go func() {
		for m := range messages {
			a.hear(m)
		}
	}()
	return a, nil
}

func (a *audience) close() {
	a.cancel()
	_ = a.api.Close()
}

func (a *audience) hear(m bottest.Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !m.FromBot {
		a.asked[m.Chat] = m.At
		return
	}
	if at, ok := a.asked[m.Chat]; ok {
		a.delays = append(a.delays, m.At.Sub(at))
		delete(a.asked, m.Chat)
	}
	a.heard++
	a.replies[m.Chat] = append(a.replies[m.Chat], m)
	select {
	case a.more <- struct{}{}:
	default:
	}
}

// anew forgets what was heard.
func (a *audience) anew() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.heard, a.delays = 0, nil
	clear(a.replies)
	clear(a.asked)
}

// await waits until the bot has said n things since anew.
func (a *audience) await(ctx context.Context, n int, bot *process) error {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		a.mu.Lock()
		heard := a.heard
		a.mu.Unlock()
		if heard >= n {
			return nil
		}
		select {
		case <-a.more:
		case <-look.C:
			if err := bot.failed(); err != nil {
				return err
			}
		case <-ctx.Done():
			return fmt.Errorf("heard %d of %d replies: %w", heard, n, context.Cause(ctx))
		}
	}
}

// ready waits for the first call for updates, and tells how long after the
// start it came.
func (a *audience) ready(ctx context.Context, bot *process) (time.Duration, error) {
	for a.api.Stats().Calls["getUpdates"] == 0 {
		if err := errors.Join(bot.failed(), ctx.Err()); err != nil {
			return 0, err
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(bot.started), nil
}

// rehearse holds the conversation with one person, step by step, and keeps what
// the bot answered.
func (a *audience) rehearse(ctx context.Context, chat int64, bot *process) ([]reply, error) {
	var all []reply
	for _, said := range conversation {
		a.anew()
		a.api.Say(chat, said)
		if err := a.await(ctx, 1, bot); err != nil {
			return nil, fmt.Errorf("%q: %w", said, err)
		}
		a.mu.Lock()
		all = append(all, replyOf(said, a.replies[chat][0]))
		a.mu.Unlock()
	}
	return all, nil
}

// converse lets each of the chats hold the conversation, all first steps before
// the second ones, and tells how long the bot took. It fails unless every chat
// got its replies, in order.
func (a *audience) converse(ctx context.Context, chats []int64, script []reply, bot *process) (time.Duration, error) {
	a.anew()
	begin := time.Now()
	for _, said := range conversation {
		for _, chat := range chats {
			a.api.Say(chat, said)
		}
	}
	if err := a.await(ctx, len(chats)*len(conversation), bot); err != nil {
		return 0, err
	}
	took := time.Since(begin)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, chat := range chats {
		if !inOrder(a.replies[chat], script) {
			return 0, fmt.Errorf("chat %d did not get its replies in order", chat)
		}
	}
	return took, nil
}

// inOrder compares how the replies begin: in some, what follows are figures
// that grow from person to person.
func inOrder(got []bottest.Message, script []reply) bool {
	if len(got) != len(script) {
		return false
	}
	for i, m := range got {
		if i == recorded {
			continue
		}
		if head(html.EscapeString(m.Text)) != head(plain.Replace(script[i].Text)) {
			return false
		}
	}
	return true
}

// recorded is the step whose reply says how many others ask the same.
const recorded = 7

var plain = strings.NewReplacer("<b>", "", "</b>", "")

func head(s string) string { return s[:min(12, len(s))] }

// trickle asks at a steady rate for a time, each chat once, and gives the
// delays of the answers in ascending order. An answer that did not come within
// ten seconds counts as that.
func (a *audience) trickle(ctx context.Context, chats []int64, rate int, d time.Duration, bot *process) ([]time.Duration, error) {
	a.anew()
	const late = 10 * time.Second
	n := min(int(d.Seconds()*float64(rate)), len(chats))
	begin := time.Now()
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(rate))))
		a.api.Say(chats[i], "/start")
	}
	deadline := time.Now().Add(late)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		a.mu.Lock()
		left := len(a.asked)
		a.mu.Unlock()
		if left == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delays := slices.Clone(a.delays)
	for len(delays) < n {
		delays = append(delays, late)
	}
	slices.Sort(delays)
	return delays, errors.Join(ctx.Err(), bot.failed())
}

// p99 of delays in ascending order.
func p99(delays []time.Duration) time.Duration {
	if len(delays) == 0 {
		return 0
	}
	return delays[(len(delays)*99+99)/100-1]
}

// writeScript keeps the replies for the peer.
func writeScript(path string, script []reply) error {
	text, err := json.Marshal(script)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}
