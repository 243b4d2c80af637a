package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestTheConfigurationThatInitWritesIsGood(t *testing.T) {
	c, err := parseConfig("regia.toml", string(sampleConfig))
	if err != nil {
		t.Fatal(err)
	}
	if c.Province.ID != "imperia" || c.Telegram.Enabled || c.Thresholds.Demand != 3 {
		t.Errorf("%+v", c)
	}
}

func TestConfigurationSaysWhatIsWrongAndWhere(t *testing.T) {
	good := string(sampleConfig)
	for _, c := range []struct{ from, to, want string }{
		{"service =", "servizio =", `riga 9: non conosco «province.servizio»`},
		{"[thresholds]", "[thresholds]\nanswer = 5", "non conosco «thresholds.answer»"},
		{"[mail]", "[posta]", "non conosco «posta"},
		{"demand = 3", "demand = 0", "almeno 1"},
		{`id = "imperia"`, `id = "Imperia {1}"`, "[province] id"},
		{`patron = "11-26"`, `patron = "26/11"`, "[province] patron"},
		{"enabled = false", "enabled = true", "parere del DPO"},
		{"closures = []", `closures = [{ from = "2027-08-20", to = "2027-08-09" }]`, "non sono giorni"},
		{`model = "D"`, `model = "Z"`, "A, B, C o D"},
		{`coordinators = ["nome.cognome@provincia.example"]`, `coordinators = []`, "almeno un indirizzo"},
		{`name = "Provincia di Imperia"`, `name = `, "riga 7"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if text == good {
			t.Fatalf("%q is not in the sample", c.from)
		}
		_, err := parseConfig("regia.toml", text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.to, err, c.want)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	s := settings{Token: "123:hidden", RedisURL: "redis://:hidden@x", Mailbox: mailbox{IMAP: "imaps://a:hidden@x", SMTP: "smtps://a:hidden@x"}, Secret: "hidden hidden hidden"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, s); strings.Contains(got, "hidden") {
			t.Errorf("%s prints %s", format, got)
		}
	}
}
