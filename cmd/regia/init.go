package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

//go:embed sample/regia.toml
var sampleConfig []byte

// runInit writes a configuration to be completed; it overwrites nothing.
func runInit(_ context.Context, a *app, args []string) error {
	flags := a.flags("init")
	path := flags.String("config", "", "dove scrivere la configurazione")
	rest, err := a.parseFlags(flags, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("non capisco «%s»", rest[0])
	}
	to := configPath(*path, a.env)
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s c'è già: non lo tocco", to)
	}
	if err != nil {
		return err
	}
	if _, err := f.Write(sampleConfig); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Ho scritto %s. Completalo, poi prova con «regia check».\n", to)
	return nil
}
