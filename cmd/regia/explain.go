package main

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"regia/mail"
)

// runExplain shows how a text is understood; it needs no store.
func runExplain(_ context.Context, a *app, args []string) error {
	if len(args) == 0 {
		return usagef("scrivi need o mail")
	}
	switch args[0] {
	case "mail":
		return explainMail(a, args[1:])
	case "need":
		if status := explainNeed(args[1:], a.stdin, a.stdout, a.stderr); status != exitOK {
			return exitStatus(status)
		}
		return nil
	}
	return usagef("non capisco «%s»: scrivi need o mail", args[0])
}

// explainMail writes one JSON object a line for each file.
func explainMail(a *app, args []string) error {
	flags := a.flags("explain mail")
	address := flags.String("address", a.env("REGIA_MAIL_ADDRESS"), "l'indirizzo del servizio")
	server := flags.String("authserv-id", "", "il nome del server in Authentication-Results")
	files, err := a.parseFlags(flags, args)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return usagef("manca il file: scrivi un nome, o - per leggere da qui")
	}
	own, err := mail.ParseAddress(*address)
	if err != nil && *address != "" {
		return usagef("«%s» non è un indirizzo", *address)
	}
	out := json.NewEncoder(a.stdout)
	out.SetEscapeHTML(false)
	unread := false
	for _, file := range files {
		raw, err := a.readMail(file)
		x := mail.Explanation{File: file, Kind: mail.KindRejected}
		if err != nil {
			x.Error, unread = err.Error(), true
		} else {
			x = mail.Explain(file, raw, own, *server, time.Now())
		}
		if err := out.Encode(x); err != nil {
			return err
		}
	}
	if unread {
		return errSaid
	}
	return nil
}

// maxMail bounds a message that is explained, as the reader bounds those that
// it fetches.
const maxMail = 25 << 20

func (a *app) readMail(path string) ([]byte, error) {
	r, err := a.open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxMail))
}
