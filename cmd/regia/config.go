package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"

	"regia/training"
)

// config is regia.toml: what a Province decides. Secrets and endpoints are in
// the environment.
type config struct {
	Province   provinceConfig   `toml:"province"`
	Telegram   telegramConfig   `toml:"telegram"`
	Mail       mailConfig       `toml:"mail"`
	Thresholds thresholdsConfig `toml:"thresholds"`
}

type provinceConfig struct {
	ID      string `toml:"id"`      // opens every key of the store
	Name    string `toml:"name"`    // «Provincia di Imperia»
	Service string `toml:"service"` // how messages are signed: «ImperiaForma»
	// Coordinators are the work addresses of those who run the office first.
	Coordinators []string              `toml:"coordinators"`
	Model        training.ServiceModel `toml:"model"` // of the UPI paper
	// TopicsFile is a catalogue of topics in place of the built-in one.
	TopicsFile string          `toml:"topics"`
	Patron     string          `toml:"patron"`
	Closures   []training.Span `toml:"closures"`
}

// telegramConfig turns the chat on. The Province decides it by an act of its
// own and asks its data protection officer first; both are named here, so that
// nobody turns it on by mistake.
type telegramConfig struct {
	Enabled bool   `toml:"enabled"`
	Act     string `toml:"act"`
	Opinion string `toml:"opinion"`
}

type mailConfig struct {
	// AuthservID is the name under which the Province's own server writes
	// Authentication-Results.
	AuthservID string `toml:"authserv_id"`
	// Shared says that people read the same mailbox: only what was understood
	// and answered is moved; the number of the rest is told to the office.
	Shared bool `toml:"shared"`
	// NoPlus is for servers that know no plus addresses.
	NoPlus bool `toml:"no_plus"`
	// Office is where people write about their data; the service's own address
	// when empty.
	Office string `toml:"office"`
}

type thresholdsConfig struct {
	Demand int `toml:"demand"` // fewest Comuni before a course is proposed
}

func defaultConfig() config {
	return config{
		Province:   provinceConfig{Model: training.Pilot},
		Thresholds: thresholdsConfig{Demand: 3},
	}
}

// configPath is where regia.toml is: the flag, the environment, or here.
func configPath(flagged string, env func(string) string) string {
	if flagged != "" {
		return flagged
	}
	if p := env("REGIA_CONFIG"); p != "" {
		return p
	}
	return "regia.toml"
}

// readConfig reads regia.toml. Whatever is wrong with it is one error a line.
func readConfig(path string) (config, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return config{}, fmt.Errorf("non trovo %s: scrivine uno con «regia init»", path)
	}
	if err != nil {
		return config{}, fmt.Errorf("non posso leggere %s: %w", path, err)
	}
	return parseConfig(path, string(data))
}

func parseConfig(path, text string) (config, error) {
	c := defaultConfig()
	meta, err := toml.Decode(text, &c)
	var syntax toml.ParseError
	if errors.As(err, &syntax) {
		return c, fmt.Errorf("%s, riga %d: %s", path, syntax.Position.Line, syntax.Message)
	}
	if err != nil {
		return c, fmt.Errorf("%s: un valore non è del tipo che serve, l'esempio è in «regia init» (%w)", path, err)
	}
	var wrong []error
	for _, key := range meta.Undecoded() {
		wrong = append(wrong, fmt.Errorf("%s, riga %d: non conosco «%s»", path, lineOf(text, key), key))
	}
	for _, w := range c.wrong() {
		wrong = append(wrong, fmt.Errorf("%s: %s", path, w))
	}
	return c, errors.Join(wrong...)
}

var (
	provinceID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)
	dayOfYear  = regexp.MustCompile(`^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)
	isoDate    = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)
)

// wrong says what cannot be worked with.
func (c config) wrong() []string {
	var w []string
	add := func(bad bool, format string, args ...any) {
		if bad {
			w = append(w, fmt.Sprintf(format, args...))
		}
	}
	p := c.Province
	add(!provinceID.MatchString(p.ID), "[province] id deve avere da 2 a 31 lettere minuscole, cifre o trattini, per esempio «imperia»")
	add(strings.TrimSpace(p.Name) == "", "[province] name: scrivi il nome della Provincia")
	add(strings.TrimSpace(p.Service) == "", "[province] service: scrivi il nome con cui il servizio firma i messaggi")
	add(len(p.Coordinators) == 0, "[province] coordinators: scrivi almeno un indirizzo email di chi coordina")
	for _, a := range p.Coordinators {
		add(strings.Count(a, "@") != 1 || strings.ContainsAny(a, " <>,"), "[province] coordinators: «%s» non è un indirizzo email", a)
	}
	add(!p.Model.Known(), "[province] model può essere A, B, C o D")
	add(p.Patron != "" && !dayOfYear.MatchString(p.Patron), "[province] patron: scrivi mese e giorno, per esempio 11-26")
	for _, s := range p.Closures {
		add(!isoDate.MatchString(s.From) || !isoDate.MatchString(s.To) || s.To < s.From, "[province] closures: da «%s» a «%s» non sono giorni (scrivi 2027-08-09)", s.From, s.To)
	}
	add(c.Telegram.Enabled && (c.Telegram.Act == "" || c.Telegram.Opinion == ""), "[telegram] per accendere la chat scrivi act (l'atto della Provincia) e opinion (il parere del DPO)")
	add(c.Thresholds.Demand < 1, "[thresholds] demand deve essere almeno 1")
	return w
}

// lineOf finds the line of a key that was not understood; the decoder does not
// keep it.
func lineOf(text string, key toml.Key) int {
	table, name := strings.Join(key[:len(key)-1], "."), key[len(key)-1]
	here := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			here = strings.Trim(line, "[] ")
			if here == key.String() {
				return i + 1
			}
			continue
		}
		word, _, found := strings.Cut(line, "=")
		if word = strings.Trim(word, ` "'`); found && (here == table && word == name || here == "" && word == key.String()) {
			return i + 1
		}
	}
	return 1
}

// secretText is a value that is never printed.
type secretText string

func (s secretText) String() string {
	if s == "" {
		return ""
	}
	return "(segreto)"
}

// GoString keeps it out of %#v too.
func (s secretText) GoString() string { return s.String() }

// LogValue keeps it out of the log.
func (s secretText) LogValue() slog.Value { return slog.StringValue(s.String()) }

// settings are the configuration and the environment together.
type settings struct {
	config
	Token       secretText
	TelegramAPI string
	RedisURL    secretText
	Mailbox     mailbox
	PEC         mailbox // of certified mail
	Secret      secretText
	Data        string
	HTTP        string
	Topics      training.Catalogue
}

// dataFolder is where everything is kept.
func dataFolder(env func(string) string) string {
	if d := env("REGIA_DATA"); d != "" {
		return d
	}
	return "./data"
}

// readSettings reads the file and the environment and says everything that is
// wrong with them at once.
func readSettings(flagged string, env func(string) string) (settings, error) {
	c, err := readConfig(configPath(flagged, env))
	s := settings{
		config:      c,
		Token:       secretText(env("REGIA_TELEGRAM_TOKEN")),
		TelegramAPI: env("REGIA_TELEGRAM_API"),
		RedisURL:    secretText(env("REGIA_REDIS_URL")),
		Mailbox:     mailboxFrom("REGIA_IMAP_URL", "REGIA_SMTP_URL", "REGIA_MAIL_ADDRESS", env),
		PEC:         mailboxFrom("REGIA_PEC_IMAP_URL", "REGIA_PEC_SMTP_URL", "REGIA_PEC_ADDRESS", env),
		Secret:      secretText(env("REGIA_SECRET")),
		Data:        dataFolder(env),
		HTTP:        env("REGIA_HTTP"),
	}
	wrong := []error{err}
	topics, err := catalogueFrom(c.Province.TopicsFile)
	if err != nil {
		wrong = append(wrong, fmt.Errorf("[province] topics: %w", err))
	}
	s.Topics = topics
	if s.RedisURL != "" && s.Secret == "" {
		wrong = append(wrong, errors.New("con REGIA_REDIS_URL serve anche REGIA_SECRET: una parola lunga e casuale, da non cambiare mai"))
	}
	if s.Secret != "" && len(s.Secret) < 16 {
		wrong = append(wrong, errors.New("REGIA_SECRET è troppo breve: almeno 16 caratteri"))
	}
	wrong = append(wrong, s.Mailbox.wrong("la posta"), s.PEC.wrong("la PEC"))
	if s.PEC.set() && !s.mail() {
		wrong = append(wrong, errors.New("la PEC si aggiunge alla posta: servono anche REGIA_IMAP_URL, REGIA_SMTP_URL e REGIA_MAIL_ADDRESS"))
	}
	if c.Province.ID != "" && !s.chat() && !s.mail() {
		wrong = append(wrong, errors.New("non c'è nessun canale: configura la posta (REGIA_IMAP_URL, REGIA_SMTP_URL, REGIA_MAIL_ADDRESS) o accendi la chat ([telegram] enabled e REGIA_TELEGRAM_TOKEN)"))
	}
	return s, errors.Join(wrong...)
}

// chat tells whether the service answers in Telegram.
func (s settings) chat() bool { return s.Telegram.Enabled && s.Token != "" }

// mail tells whether the service answers by mail.
func (s settings) mail() bool { return s.Mailbox.set() }
