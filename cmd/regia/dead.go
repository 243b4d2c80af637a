package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"regia/mail"
	"regia/storage"
	"regia/training"
)

// runDead shows the inputs that could not be handled, and the mail that could
// not be read, and hands one in again.
func runDead(ctx context.Context, a *app, args []string) error {
	flags := a.flags("dead")
	path := flags.String("config", "", "il file di configurazione")
	rest, err := a.parseFlags(flags, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 || rest[0] == "list" && len(rest) > 1 || rest[0] != "list" && len(rest) != 2 {
		return usagef("scrivi list, show ID o retry ID")
	}
	s, err := readSettings(*path, a.env)
	if err != nil {
		return err
	}
	if len(rest) == 2 && mail.IsHeld(rest[1]) {
		return deadMail(ctx, a, s, rest[0], rest[1])
	}
	o, err := openProvince(ctx, s, true, a.toolLog())
	if err != nil {
		return err
	}
	defer o.Close()
	switch rest[0] {
	case "list":
		return deadList(ctx, a, s, o.store)
	case "show":
		d, found, err := o.store.Dead(ctx, rest[1])
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("non c'è nessun messaggio %s", rest[1])
		}
		// What the person wrote is shown only here, to whoever asks for it.
		fmt.Fprintf(a.stdout, "id: %s\nda: %s\nquando: %s\nerrore: %s\n\n%s\n", d.ID, d.Source, d.At.In(training.Rome()).Format(time.DateTime), d.Class, d.Raw)
		return nil
	case "retry":
		found, err := o.store.DeadRetry(ctx, rest[1])
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("non c'è nessun messaggio %s", rest[1])
		}
		fmt.Fprintln(a.stdout, "Rimesso in coda: il servizio lo tratta entro un secondo, o quando riparte.")
		return nil
	}
	return usagef("non capisco «%s»", rest[0])
}

// deadList shows what is in the store and what is in the mailbox.
func deadList(ctx context.Context, a *app, s settings, store *storage.Store) error {
	letters, err := store.DeadList(ctx, 1000)
	if err != nil {
		return err
	}
	line := func(at time.Time, id, why string) {
		fmt.Fprintf(a.stdout, "%s\t%s\t%s\n", at.In(training.Rome()).Format(time.DateTime), id, why)
	}
	for _, d := range letters {
		line(d.At, d.ID, d.Class)
	}
	var held []mail.Held
	if s.mail() {
		q, err := quarantine(ctx, s)
		if err != nil {
			return err
		}
		defer q.Close()
		if held, err = q.List(ctx); err != nil {
			return fmt.Errorf("casella di posta: %w", err)
		}
	}
	for _, h := range held {
		line(h.At, h.ID, fmt.Sprintf("email in quarantena, %d kB", (h.Size+1023)/1024))
	}
	if len(letters)+len(held) == 0 {
		fmt.Fprintln(a.stdout, "Nessun messaggio: va tutto bene.")
	}
	return nil
}

func quarantine(ctx context.Context, s settings) (*mail.Shelf, error) {
	in, _, err := s.Mailbox.open()
	if err != nil {
		return nil, err
	}
	q, err := mail.OpenQuarantine(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("casella di posta: %w", err)
	}
	return q, nil
}

// deadMail shows one message of the quarantine, or puts it back into the
// mailbox.
func deadMail(ctx context.Context, a *app, s settings, verb, id string) error {
	q, err := quarantine(ctx, s)
	if err != nil {
		return err
	}
	defer q.Close()
	switch verb {
	case "show":
		raw, tooLarge, err := q.Read(ctx, id)
		if errors.Is(err, mail.ErrNotHeld) {
			return fmt.Errorf("non c'è nessun messaggio %s", id)
		}
		if err != nil {
			return fmt.Errorf("il server non dà il messaggio, ed è per questo che è qui: %w", err)
		}
		own, err := mail.ParseAddress(s.Mailbox.Address)
		if err != nil {
			return err
		}
		x := mail.Explain(id, raw, own, s.Mail.AuthservID, time.Now())
		why := "il server non lo dava; ora lo dà, e si può rimettere nella casella"
		switch {
		case tooLarge:
			why, x.Reply = "è troppo grande: ne leggiamo solo l'intestazione", ""
		case x.Error != "":
			why = "non si può leggere: " + x.Error
		case x.Kind == mail.KindReply && x.Reason != "":
			why = x.Reason // a proposal of another time, for one
		case x.Kind == mail.KindCalendarReply:
			why = "risponde a un invito che è cambiato o non è di chi scrive: sentite che cosa intendeva"
		}
		fmt.Fprintf(a.stdout, "id: %s\nperché: %s\ncome lo capiamo: ", id, why)
		out := json.NewEncoder(a.stdout)
		out.SetEscapeHTML(false)
		if err := out.Encode(x); err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "\n%s\n", mail.Header(raw))
		return err
	case "retry":
		if err := q.Release(ctx, id); errors.Is(err, mail.ErrNotHeld) {
			return fmt.Errorf("non c'è nessun messaggio %s", id)
		} else if err != nil {
			return fmt.Errorf("casella di posta: %w", err)
		}
		_, err = io.WriteString(a.stdout, "Rimesso nella casella: il servizio lo legge di nuovo, o quando riparte.\n")
		return err
	}
	return usagef("non capisco «%s»", verb)
}
