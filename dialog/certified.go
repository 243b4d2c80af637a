package dialog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"regia/training"
)

func init() { timers["certified"] = certifiedLate }

// certifiedWait is how long the operators of certified mail may take: after it
// the receipt of delivery, or of failure, must be there.
const certifiedWait = 24 * time.Hour

// watch has the office told of a message that leaves by certified mail, if it
// does not arrive.
func (c *conv) watch(o Out) error {
	if !c.s.Certified {
		return nil
	}
	p, err := load[training.Person](c, "person", o.To)
	if err != nil || p == nil {
		return err
	}
	if address, _ := p.Mail(); p.Certified(address) {
		leaves := c.now
		if o.NotBefore.After(leaves) {
			leaves = o.NotBefore
		}
		c.SetTimer("certified", o.ID, leaves.Add(certifiedWait))
	}
	return nil
}

// accepted takes the receipt of the sender's operator.
func (c *conv) accepted(m Mail) error {
	_, out, _, _, err := c.openReturn(m.Token)
	if err != nil || out == "" {
		return err
	}
	sent, err := load[mailed](c, "mailed", out)
	if err == nil && sent != nil {
		sent.Accepted = c.now
		c.Save(MakeRef("mailed", out), sent, mailedLife)
	}
	return err
}

// delivered takes the receipt of delivery.
func (c *conv) delivered(m Mail) error {
	_, out, _, _, err := c.openReturn(m.Token)
	if err == nil && out != "" {
		c.ended(out)
	}
	return err
}

// certifiedLate notes a message that has no receipt of delivery yet.
func certifiedLate(c *conv, id string) error {
	sent, err := load[mailed](c, "mailed", id)
	if err != nil || sent == nil {
		return err
	}
	if sent.Accepted.IsZero() {
		return c.noteUndelivered(sent.Out.To, "unaccepted", c.now.Add(-certifiedWait))
	}
	return c.noteUndelivered(sent.Out.To, "accepted", sent.Accepted)
}

// maxUndelivered is how many messages by certified mail one summary names.
const maxUndelivered = 20

// noteUndelivered notes «person.state.instant» for the summary.
func (c *conv) noteUndelivered(person, state string, at time.Time) error {
	return c.noteForSummary(func(d *deadLetters) {
		if d.Undelivered++; len(d.Certified) < maxUndelivered {
			d.Certified = append(d.Certified, fmt.Sprintf("%s.%s.%d", person, state, at.Unix()))
		}
	})
}

// receipt is a field of such a note in words.
func (v view) receipt(field, id string) (string, error) {
	parts := strings.SplitN(id, ".", 3)
	if len(parts) != 3 {
		return "", fmt.Errorf("no receipt %q", id)
	}
	switch field {
	case "name":
		return v.value("person.name", Args{"person": parts[0]})
	case "state":
		return it.State[parts[1]], nil
	case "at":
		at, err := strconv.ParseInt(parts[2], 10, 64)
		return training.DateWords(time.Unix(at, 0).In(training.Rome())), err
	}
	return "", fmt.Errorf("a receipt has no %q", field)
}
