package main

import (
	"context"
	"fmt"
	"time"

	"regia/training"
)

// runDead shows the inputs that could not be handled, and hands one in again.
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
	o, err := openProvince(ctx, s, true, a.toolLog())
	if err != nil {
		return err
	}
	defer o.Close()
	switch rest[0] {
	case "list":
		letters, err := o.store.DeadList(ctx, 1000)
		if err != nil {
			return err
		}
		if len(letters) == 0 {
			fmt.Fprintln(a.stdout, "Nessun messaggio: va tutto bene.")
		}
		for _, d := range letters {
			fmt.Fprintf(a.stdout, "%s\t%s\t%s\n", d.At.In(training.Rome()).Format(time.DateTime), d.ID, d.Class)
		}
		return nil
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
