package dialog

import "regia/training"

// braked tells whether an answer by mail for a reason must not go, because the
// address got too many: another program answers there. The office is told once
// a day.
func (c *conv) braked(reason string) (bool, error) {
	writer := c.writer
	if c.doubt {
		writer += ".doubt" // a forger does not use up the answers to whom they forge
	}
	b, err := load[training.Brake](c, "brake", writer)
	if err != nil {
		return false, err
	}
	if b == nil {
		b = &training.Brake{}
	}
	ok, first := b.Answer(reason, c.now)
	c.Save(MakeRef("brake", writer), b, training.BrakeLife)
	if ok || !first {
		return !ok, nil
	}
	if c.person != nil {
		return true, c.tellOffice(Out{Text: "brake.person", Args: Args{"person": c.person.ID}})
	}
	return true, c.tellOffice(Out{Text: "brake.guest", Args: Args{"guest": c.guest.ID}})
}
