package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"regia/storage"
)

// runRestore puts a copy into an empty province. What was erased since the
// copy was made is erased again.
func runRestore(ctx context.Context, a *app, args []string) error {
	s, file, err := a.settingsAndFile("restore", args)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("non posso leggere %s: %w", file, err)
	}
	defer f.Close()
	if client, err := storage.Attach(ctx, s.Data); err == nil {
		return errors.Join(errors.New("il servizio è acceso su questi dati: fermalo, poi riprova"), client.Close())
	}
	o, err := connect(ctx, s, false, a.toolLog())
	if err != nil {
		return err
	}
	err = storage.Restore(ctx, o.client, s.Province.ID, s.Data, f)
	if err = errors.Join(err, o.Close()); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, "Copia riportata. Ora puoi avviare il servizio.")
	return nil
}
