package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"regia/bot"
	"regia/mail"
	"regia/storage"
)

// runCheck tries everything that serve needs and writes one line for each:
// what is right, or what is wrong and how to mend it.
func runCheck(ctx context.Context, a *app, args []string) error {
	flags := a.flags("check")
	path := flags.String("config", "", "il file di configurazione")
	rest, err := a.parseFlags(flags, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("non capisco «%s»", rest[0])
	}
	c := checker{app: a}
	s, err := readSettings(*path, a.env)
	if err != nil {
		// Each mistake of the configuration is a line of its own.
		for line := range strings.Lines(err.Error()) {
			c.bad("configurazione", errors.New(strings.TrimSpace(line)))
		}
	} else {
		c.good("configurazione", s.Province.Name+", "+s.Province.Service)
	}
	c.data(s)
	c.redis(ctx, s)
	read := s.Province.ID != "" // what regia.toml did not say is not told as its choice
	if read {
		c.telegram(ctx, s)
	}
	if s.mail() {
		c.imap(ctx, "posta in arrivo", s.Mailbox)
		c.smtp(ctx, "posta in uscita", s.Mailbox)
		if read {
			c.identity(s)
		}
	} else {
		c.off("posta", "per accenderla servono REGIA_IMAP_URL, REGIA_SMTP_URL e REGIA_MAIL_ADDRESS")
	}
	if s.PEC.set() {
		c.imap(ctx, "PEC in arrivo", s.PEC)
		c.smtp(ctx, "PEC in uscita", s.PEC)
	}
	if c.wrong {
		return errSaid
	}
	fmt.Fprintln(a.stdout, "Tutto a posto: puoi avviare «regia serve».")
	return nil
}

type checker struct {
	*app
	wrong bool
}

func (c *checker) good(what, how string) { fmt.Fprintf(c.stdout, "bene    %s: %s\n", what, how) }
func (c *checker) off(what, how string)  { fmt.Fprintf(c.stdout, "spento  %s: %s\n", what, how) }

func (c *checker) bad(what string, err error) {
	c.wrong = true
	fmt.Fprintf(c.stdout, "MALE    %s: %v\n", what, err)
}

// checkTime bounds each trial.
const checkTime = 15 * time.Second

func (c *checker) data(s settings) {
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		c.bad("cartella dei dati", fmt.Errorf("non posso creare %s: scegline un'altra con REGIA_DATA (%w)", s.Data, err))
		return
	}
	f, err := os.CreateTemp(s.Data, ".check-*")
	if err != nil {
		c.bad("cartella dei dati", fmt.Errorf("non posso scrivere in %s: dalla all'utente del servizio (%w)", s.Data, err))
		return
	}
	err = errors.Join(f.Close(), os.Remove(f.Name()))
	if err != nil {
		c.bad("cartella dei dati", err)
		return
	}
	c.good("cartella dei dati", s.Data)
}

func (c *checker) redis(ctx context.Context, s settings) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	o, err := connect(ctx, s, true, c.toolLog())
	if err != nil {
		c.bad("Redis", err)
		return
	}
	defer o.Close()
	if err := o.client.Ping(ctx).Err(); err != nil {
		c.bad("Redis", fmt.Errorf("non risponde: controlla REGIA_REDIS_URL e che il server sia acceso (%w)", err))
		return
	}
	if err := storage.CheckDurability(ctx, o.client, c.toolLog()); err != nil {
		c.bad("Redis", fmt.Errorf("imposta appendonly yes, appendfsync always, maxmemory-policy noeviction (%w)", err))
		return
	}
	switch {
	case s.RedisURL != "":
		c.good("Redis", "quello di REGIA_REDIS_URL, scrive su disco prima di rispondere")
	case o.elsewhere:
		c.good("Redis", "quello del servizio, che è acceso")
	default:
		c.good("Redis", "privato, nella cartella dei dati")
	}
}

func (c *checker) telegram(ctx context.Context, s settings) {
	switch {
	case !s.Telegram.Enabled:
		c.off("Telegram", "per accenderlo servono l'atto della Provincia e il parere del DPO ([telegram] enabled, act, opinion)")
		return
	case s.Token == "":
		c.bad("Telegram", errors.New("è acceso ma manca REGIA_TELEGRAM_TOKEN: lo dà @BotFather"))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	name, err := bot.Check(ctx, bot.Config{Token: string(s.Token), API: s.TelegramAPI, Log: c.toolLog()})
	if err != nil {
		c.bad("Telegram", fmt.Errorf("non risponde o rifiuta il token: controlla REGIA_TELEGRAM_TOKEN e che la rete lasci uscire verso api.telegram.org (%w)", err))
		return
	}
	c.good("Telegram", "@"+name)
}

func (c *checker) imap(ctx context.Context, what string, m mailbox) {
	e, err := mail.ParseURL(string(m.IMAP))
	if err != nil {
		c.bad(what, fmt.Errorf("%s non si può leggere: scrivi imaps://utente:password@server:993/INBOX, con utente e password percent-encoded (%w)", m.names[0], err))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if err := mail.CheckIMAP(ctx, e); err != nil {
		c.bad(what, fmt.Errorf("%v: %s (%w)", e, mend(err, m.names[0]), err))
		return
	}
	c.good(what, e.String())
}

func (c *checker) smtp(ctx context.Context, what string, m mailbox) {
	from, err := mail.ParseAddress(m.Address)
	if err != nil {
		c.bad(what, fmt.Errorf("%s non è un indirizzo (%w)", m.names[2], err))
		return
	}
	e, err := mail.ParseURL(string(m.SMTP))
	if err != nil {
		c.bad(what, fmt.Errorf("%s non si può leggere: scrivi smtps://utente:password@server:465 (o smtp://…:587), con utente e password percent-encoded (%w)", m.names[1], err))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if err := mail.CheckSMTP(ctx, e, from); err != nil {
		c.bad(what, fmt.Errorf("%v: %s (%w)", e, mend(err, m.names[1]), err))
		return
	}
	c.good(what, e.String())
}

// mend says what to look at when a mail server named by a variable did not let
// the service in.
func mend(err error, variable string) string {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var network *net.OpError
	switch {
	case errors.Is(err, mail.ErrLogin):
		return "il server rifiuta utente o password: controllali in " + variable
	case errors.As(err, &name):
		return "non trovo questo server: controlla il nome in " + variable
	case errors.As(err, &certificate):
		return "il certificato del server non vale per questo nome: controlla il nome in " + variable
	case errors.As(err, &network), errors.Is(err, context.DeadlineExceeded):
		return "il server non risponde: controlla nome e porta in " + variable + ", e che la rete lasci uscire"
	}
	return "controlla nome del server, porta, utente, password e casella in " + variable
}

// identity says what a mail must bring for its sender to be believed, and who else
// reads it.
func (c *checker) identity(s settings) {
	if s.Mail.Shared {
		c.good("casella", "la leggono anche le persone ([mail] shared): il servizio tratta solo quello che è chiaramente per lui, e lascia il resto dov'è, non letto")
	}
	always := "comandi dell'ufficio, azioni sui colleghi, collegamento della chat e cancellazione si confermano sempre con una email"
	if id := s.Mail.AuthservID; id != "" {
		c.good("identità di chi scrive", fmt.Sprintf("conta il giudizio di «%s» (Authentication-Results): se manca o è negativo, chiediamo conferma; %s", id, always))
		return
	}
	c.good("identità di chi scrive", "[mail] authserv_id è vuoto: per le proprie iscrizioni e richieste bastano l'indirizzo dell'elenco e il codice della nostra email; "+always)
}
