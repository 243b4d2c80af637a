package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// runBackup writes a copy of the province; the service may run meanwhile.
func runBackup(ctx context.Context, a *app, args []string) error {
	s, file, err := a.settingsAndFile("backup", args)
	if err != nil {
		return err
	}
	o, err := openProvince(ctx, s, true, a.toolLog())
	if err != nil {
		return err
	}
	defer o.Close()
	// The copy appears under its name only when it is whole and on disk.
	f, err := os.CreateTemp(filepath.Dir(file), ".regia-backup-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = o.store.Backup(ctx, f, time.Now())
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Copia scritta in %s. Contiene dati personali: tienila al sicuro.\n", file)
	return nil
}

// settingsAndFile reads the command line of backup and restore.
func (a *app) settingsAndFile(name string, args []string) (settings, string, error) {
	flags := a.flags(name)
	path := flags.String("config", "", "il file di configurazione")
	rest, err := a.parseFlags(flags, args)
	if err != nil {
		return settings{}, "", err
	}
	if len(rest) != 1 {
		return settings{}, "", usagef("scrivi un file")
	}
	s, err := readSettings(*path, a.env)
	return s, rest[0], err
}
