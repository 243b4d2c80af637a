package training_test

import (
	"strings"
	"testing"

	"regia/training"
)

func TestTheBuiltinCatalogue(t *testing.T) {
	c := training.BuiltinCatalogue()
	if len(c.Topics) != 41 || len(c.Areas) != 10 {
		t.Fatalf("%d topics, %d areas", len(c.Topics), len(c.Areas))
	}
	fig, ok := c.Topic("SIC-FIG")
	if !ok || fig.RefreshYears != 2 || fig.AreaTitle != "Sicurezza sul lavoro" || fig.Mandatory != training.MandatoryByRole {
		t.Errorf("SIC-FIG: %+v", fig)
	}
	if _, ok := c.Topic("XXX"); ok {
		t.Error("a topic that is not there was found")
	}
}

const goodTopic = `{"id":"ABC-1","title":"T","area":"a","mandatory":"no","hours":4,"mode":["webinar"],"refresh_years":null}`

func TestACatalogueSaysWhatIsWrongAndWhere(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{`{"areas":{"a":"Area"},"topics":[` + goodTopic + `]}`, ""},
		{`{"topics":[]}`, `no "topics"`},
		{"{\n\"topics\":[\n{,}]}", "line 3"},
		{`{"topics":[{"id":7}]}`, "line 1"},
		{`{"topics":[` + goodTopic + `,` + goodTopic + `]}`, "topic 2 (ABC-1): same id as topic 1"},
		{`{"areas":{"b":"B"},"topics":[` + goodTopic + `]}`, `"area" "a" is not among "areas"`},
		{`{"topics":[` + strings.Replace(goodTopic, `"no"`, `"si"`, 1) + `]}`, `"mandatory" is "si"`},
		{`{"topics":[` + strings.Replace(goodTopic, `4`, `0`, 1) + `]}`, `"hours" is 0`},
		{`{"topics":[` + strings.Replace(goodTopic, `webinar`, `zoom`, 1) + `]}`, `"mode" "zoom"`},
		{`{"topics":[` + strings.Replace(goodTopic, `ABC-1`, `a b`, 1) + `]}`, `"id" must be`},
		{`{"topics":[{}]}`, "topic 1 (no id)"},
		{strings.Repeat(" ", 3<<20), "at most"},
	} {
		cat, err := training.ParseCatalogue([]byte(c.data))
		switch {
		case c.want == "" && (err != nil || cat.Topics[0].AreaTitle != "Area"):
			t.Errorf("%s: %v", c.data, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%.80s: %v, want %q", c.data, err, c.want)
		}
	}
}
