package dialog

import (
	"crypto/subtle"
	"slices"
	"strconv"
	"strings"
	"time"

	"regia/training"
)

// ask is a question that was put to somebody: the acts its choices stand for,
// and the act that an answer in words goes to.
type ask struct {
	Out     string    `json:"out"`
	To      string    `json:"to"`
	Choices []Choice  `json:"choices,omitempty"`
	Free    *Act      `json:"free,omitempty"`
	By      Channel   `json:"by"`
	At      time.Time `json:"at"`
	Named   bool      `json:"named,omitempty"` // the reader of a shared address said who they are
	Schema  int       `json:"schema"`
}

// about tells whether the question leads to an act whose verb begins so.
func (q *ask) about(verb string) bool {
	if q.Free != nil && strings.HasPrefix(q.Free.Verb, verb) {
		return true
	}
	return slices.ContainsFunc(q.Choices, func(c Choice) bool { return strings.HasPrefix(c.Act.Verb, verb) })
}

// offers are choices that go with a message which asks nothing.
var offers = map[string]bool{
	"choice.undo": true, "choice.fix": true, "choice.give_up": true, "choice.give_up_n": true,
	"choice.reply": true, "choice.open_n": true, "choice.all_present": true,
}

// waits tells whether the message waits for an answer; one that only offers
// something does not.
func (q *ask) waits() bool {
	return q.Free != nil || len(q.Choices) > 0 && !offers[q.Choices[0].Text]
}

// scale tells whether the question waits for numbers: it comes out of the blue,
// and a command is no answer to it.
func (q *ask) scale() bool {
	if q.Free == nil || q.Free.Verb != "survey.answer" {
		return false
	}
	n, err := strconv.Atoi(q.Free.Arg)
	return err == nil && n >= 0 && n < len(training.Items) && !training.Items[n].Open
}

// Life of questions: a token of a mail for half a year, the last question in a
// chat for a week; a number or «sì» later than that could mean anything.
const (
	tokenLife = 180 * 24 * time.Hour
	talkLife  = 7 * 24 * time.Hour
)

// remember keeps the question of a message: as the last one of the person, and
// under the message's own id when a mail will carry it.
func (c *conv) remember(o Out) error {
	q := ask{Out: o.ID, To: o.To, Choices: o.Choices, Free: o.Free, By: o.Channel, At: c.now, Schema: 1}
	q.Named = c.shared != nil && c.person != nil && o.Reply
	if o.Channel == ByMail {
		c.Save(MakeRef("ask", o.ID), q, tokenLife)
	}
	last, err := load[ask](c, "talk", o.To)
	switch {
	case err != nil:
		return err
	case !o.Reply:
		if last != nil && c.now.Sub(last.At) < time.Hour && (last.waits() || !q.waits()) {
			return nil // a notice does not cut into a conversation
		}
	case !c.proven():
		// Whoever forges a mail has a question put to somebody by mail: the next
		// «sì» in the chat is not about it. Only a need goes on there.
		if !q.about("need.") || last != nil && last.By == ByChat {
			return nil
		}
	}
	c.Save(MakeRef("talk", o.To), q, talkLife)
	return nil
}

// Token is what brings an answer by mail back to its question: who reads the
// address (a person, or the guest that stands for a shared one), the message,
// and a proof of both. It is 48 characters of lower-case base32.
func Token(mac func(...string) string, reader, out string) string {
	return reader + out + mac("token", reader, out)[:16]
}

// openToken reads what a token stands for; ok is false for one that the service
// did not make.
func openToken(mac func(...string) string, token string) (reader, out string, ok bool) {
	if len(token) != 48 {
		return "", "", false
	}
	reader, out = token[:16], token[16:32]
	return reader, out, subtle.ConstantTimeCompare([]byte(token), []byte(Token(mac, reader, out))) == 1
}

// readToken finds the question that a mail answers. A token that is wrong, of
// somebody else, or too old opens none.
func (c *conv) readToken(token string) error {
	reader, out, ok := openToken(c.MAC, token)
	if !ok || reader != c.who() {
		return nil
	}
	q, err := load[ask](c, "ask", out)
	if err != nil || q == nil || c.now.Sub(q.At) > tokenLife {
		return err
	}
	c.asked = q
	return nil
}

// understand turns words into an act: a command, an answer to the question
// that was asked, or a need told out of the blue.
func (c *conv) understand() error {
	q, err := c.question()
	if err != nil {
		return err
	}
	line := firstLine(c.text)
	if q != nil && !strings.HasPrefix(line, "/") {
		act, ok := q.choose(c.text)
		if !ok {
			if act, ok, err = c.labelled(q); err != nil {
				return err
			}
		}
		if ok {
			return c.answered(q, act)
		}
	}
	if act, ok := command(line, q); ok {
		return c.do(act)
	}
	if q != nil && q.scale() && c.person != nil {
		if act, ok := sentence(statement(c.text)); ok {
			return c.do(act)
		}
	}
	if q != nil && q.Free != nil {
		return c.answered(q, *q.Free)
	}
	if c.person == nil {
		return c.stranger()
	}
	if act, ok := sentence(statement(c.text)); ok {
		return c.do(act)
	}
	if act, ok := c.inWords(q); ok {
		return c.answered(q, act)
	}
	return c.spontaneous()
}

// inWords is the act of words that answer a message whose choices they are not:
// whoever answers the mail of an office note has pressed nothing first, who was
// missing is told by name, and a course is wanted «entro marzo».
func (c *conv) inWords(q *ask) (Act, bool) {
	if q == nil || len(q.Choices) == 0 {
		return Act{}, false
	}
	switch offer := q.Choices[0].Act; {
	case offer.Verb == "office.reply" && c.asked != nil:
		return Act{Verb: "office.reply_text", ID: offer.ID}, true
	case offer.Verb == "need.when":
		if u, ok := training.ReadUrgency(c.text, c.now); ok {
			return Act{Verb: "need.when", ID: offer.ID, Arg: string(u)}, true
		}
	case offer.Verb == "absent" && courtesies[bare(c.text)] == "":
		return Act{Verb: "absent", ID: offer.ID, Arg: statement(c.text)}, true
	}
	return Act{}, false
}

// question is what the words answer: by mail the question whose token came
// with them, and no other where it opens none; without a token the last one,
// where it was put in chat.
func (c *conv) question() (*ask, error) {
	if c.asked != nil || c.shared != nil || c.in.Mail != nil && c.in.Mail.Token != "" {
		return c.asked, nil
	}
	last, err := c.lastQuestion()
	if err != nil || last == nil || c.now.Sub(last.At) > talkLife {
		return nil, err
	}
	if c.channel == ByMail && (last.By != ByChat || c.person == nil) {
		return nil, nil
	}
	return last, nil
}

// answered does the act that a question foresaw. By mail it is sure when the
// token of a recent question came with it, from a writer who is not in doubt or
// to the question that asked for that; a mail that goes on with a question put
// in chat, without a proof of its writer, is asked back.
func (c *conv) answered(q *ask, act Act) error {
	if c.proven() {
		c.Delete(c.talk()) // the next «sì» is about something else
	}
	switch {
	case c.shared != nil: // never sure who it is
	case c.channel == ByChat, c.asked != nil && c.now.Sub(q.At) < freshLife && (!c.doubt || act.Verb == "sure"):
		c.sure = true
	case c.asked == nil && strings.HasPrefix(act.Verb, "survey."):
		return c.reply("survey.by_reply", nil) // an answer is kept nowhere but in its sheet
	case c.asked == nil && !c.proven():
		return c.confirm(act)
	}
	return c.do(act)
}

// pressed is answered for a button: the last question is over when the button
// was one of its choices.
func (c *conv) pressed(act Act) error {
	last, err := c.lastQuestion()
	if err != nil {
		return err
	}
	if last != nil && slices.ContainsFunc(last.Choices, func(choice Choice) bool { return choice.Act == act }) {
		c.Delete(c.talk())
	}
	return c.do(act)
}

// talk is the last question that was put to the writer.
func (c *conv) talk() Ref { return MakeRef("talk", c.who()) }

func (c *conv) lastQuestion() (*ask, error) { return load[ask](c, "talk", c.who()) }

func (c *conv) who() string {
	if c.person != nil {
		return c.person.ID
	}
	return c.guest.ID
}

func itoa[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }
