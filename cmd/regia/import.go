package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"regia/dialog"
	"regia/training"
)

// importChunk is how many rows go into one message: no commit grows with the
// province.
const importChunk = 100

// maxImport is the most that is read of a file.
const maxImport = 8<<20 + 1

// runImport reads organizations and people. Without --apply it lists every bad
// line and changes nothing; with it, a file with a bad line changes nothing
// either, so that what is mended is the file and not the store.
func runImport(ctx context.Context, a *app, args []string) error {
	flags := a.flags("import")
	path := flags.String("config", "", "il file di configurazione")
	organizations := flags.String("organizations", "", "un CSV di enti")
	people := flags.String("people", "", "un CSV di persone")
	apply := flags.Bool("apply", false, "scrive davvero")
	dry := flags.Bool("dry-run", false, "dice che cosa cambierebbe, e non cambia niente (come senza --apply)")
	rest, err := a.parseFlags(flags, args)
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return usagef("non capisco «%s»", rest[0])
	case *organizations == "" && *people == "":
		return usagef("manca il file da leggere")
	case *apply && *dry:
		return usagef("--apply e --dry-run insieme non hanno senso")
	}
	s, settingsErr := readSettings(*path, a.env)
	if *apply && settingsErr != nil {
		return settingsErr
	}
	known := organizationNames{}
	if settingsErr == nil {
		if err := known.addStored(ctx, s, a.toolLog()); err != nil {
			return err
		}
	}
	var ins []dialog.In
	var total, bad int
	now := time.Now()
	for _, f := range []struct {
		kind training.RosterKind
		path string
	}{{training.Organizations, *organizations}, {training.People, *people}} {
		if f.path == "" {
			continue
		}
		data, err := a.readInput(f.path)
		if err != nil {
			return err
		}
		rows, wrong := training.ParseRoster(f.kind, data)
		rows, wrong = known.check(rows, wrong)
		for _, e := range wrong {
			fmt.Fprintf(a.stdout, "%s, %v\n", f.path, e)
		}
		fmt.Fprintf(a.stdout, "%s: righe buone %d, da correggere %d.\n", f.path, len(rows), len(wrong))
		total, bad = total+len(rows), bad+len(wrong)
		chunks, err := importInputs(data, rows, now)
		if err != nil {
			return err
		}
		ins = append(ins, chunks...)
	}
	switch {
	case bad > 0:
		fmt.Fprintln(a.stdout, "Non ho cambiato niente: correggi le righe e riprova.")
		return errSaid
	case !*apply:
		fmt.Fprintln(a.stdout, "Non ho cambiato niente: per scrivere davvero aggiungi --apply.")
		return nil
	}
	if err := submitFromOutside(ctx, s, ins, a.toolLog()); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Fatto: righe scritte %d. Ripetere lo stesso file non cambia niente.\n", total)
	return nil
}

// organizationNames are the codes and names by which a person's line may name
// an organization.
type organizationNames map[string]bool

func (n organizationNames) add(o training.Organization) {
	n[o.ID], n[training.Fold(o.Name)] = true, true
}

// addStored adds those of the store, if there is one already: a dry run makes
// none.
func (n organizationNames) addStored(ctx context.Context, s settings, log *slog.Logger) error {
	if _, err := os.Stat(filepath.Join(s.Data, "redis")); err != nil && s.RedisURL == "" {
		return nil
	}
	o, err := openProvince(ctx, s, true, log)
	if err != nil {
		return err
	}
	err = eachOrganization(o.store.Reader(ctx), func(org training.Organization) error {
		n.add(org)
		return nil
	})
	return errors.Join(err, o.Close())
}

// check learns the organizations of a list and names the people whose
// organization nobody knows.
func (n organizationNames) check(rows []training.Row, wrong []training.LineError) ([]training.Row, []training.LineError) {
	var good []training.Row
	for _, r := range rows {
		if r.Organization != nil {
			n.add(*r.Organization)
		}
		if r.Person != nil && !n[r.Person.Organization] && !n[training.Fold(r.Person.Organization)] {
			wrong = append(wrong, training.LineError{Line: r.Line, Text: fmt.Sprintf("l'ente «%s» non è nell'elenco degli enti", r.Person.Organization)})
			continue
		}
		good = append(good, r)
	}
	slices.SortStableFunc(wrong, func(a, b training.LineError) int { return a.Line - b.Line })
	return good, wrong
}

// importInputs cuts the rows into messages. Their ids come from the content of
// the file: the same file given twice is the same messages.
func importInputs(data []byte, rows []training.Row, now time.Time) ([]dialog.In, error) {
	sum := sha256.Sum256(data)
	var ins []dialog.In
	for n := 0; n*importChunk < len(rows); n++ {
		in, err := commandIn("import", rows[n*importChunk:min((n+1)*importChunk, len(rows))], now)
		if err != nil {
			return nil, err
		}
		in.ID = fmt.Sprintf("cli:import:%s#%d", hex.EncodeToString(sum[:16]), n)
		ins = append(ins, in)
	}
	return ins, nil
}

// commandIn is the message of a command, with an id made of what it says.
func commandIn(name string, body any, now time.Time) (dialog.In, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return dialog.In{}, err
	}
	sum := sha256.Sum256(text)
	return dialog.In{
		ID: fmt.Sprintf("cli:%s:%s#0", name, hex.EncodeToString(sum[:16])), At: now,
		Command: &dialog.Command{Name: name, Body: text},
	}, nil
}

// readInput reads a file, or the standard input for «-», within the limit.
func (a *app) readInput(path string) ([]byte, error) {
	r, err := a.open(path)
	if err != nil {
		return nil, fmt.Errorf("non posso leggere %s: %w", path, err)
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxImport))
}

// open opens a file, or the standard input for «-».
func (a *app) open(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(a.stdin), nil
	}
	return os.Open(path)
}
