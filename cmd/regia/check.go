package main

import (
	"context"
	"errors"
	"fmt"
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
	c.telegram(ctx, s)
	c.imap(ctx, s)
	c.smtp(ctx, s)
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

func (c *checker) imap(ctx context.Context, s settings) {
	if !s.mail() {
		c.off("posta", "per accenderla servono REGIA_IMAP_URL, REGIA_SMTP_URL e REGIA_MAIL_ADDRESS")
		return
	}
	e, err := mail.ParseURL(string(s.IMAP))
	if err != nil {
		c.bad("posta in arrivo", fmt.Errorf("REGIA_IMAP_URL non si può leggere: scrivi imaps://utente:password@server:993/INBOX, con utente e password percent-encoded (%w)", err))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if err := mail.CheckIMAP(ctx, e); err != nil {
		c.bad("posta in arrivo", fmt.Errorf("%v: controlla nome del server, utente, password e casella in REGIA_IMAP_URL (%w)", e, err))
		return
	}
	c.good("posta in arrivo", e.String())
}

func (c *checker) smtp(ctx context.Context, s settings) {
	if !s.mail() {
		return
	}
	from, err := mail.ParseAddress(s.MailAddress)
	if err != nil {
		c.bad("posta in uscita", fmt.Errorf("REGIA_MAIL_ADDRESS non è un indirizzo (%w)", err))
		return
	}
	e, err := mail.ParseURL(string(s.SMTP))
	if err != nil {
		c.bad("posta in uscita", fmt.Errorf("REGIA_SMTP_URL non si può leggere: scrivi smtps://utente:password@server:465 (o smtp://…:587), con utente e password percent-encoded (%w)", err))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if err := mail.CheckSMTP(ctx, e, from); err != nil {
		c.bad("posta in uscita", fmt.Errorf("%v: controlla nome del server, utente e password in REGIA_SMTP_URL (%w)", e, err))
		return
	}
	c.good("posta in uscita", e.String())
}
