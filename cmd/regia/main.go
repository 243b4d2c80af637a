// Command regia is the assistant of a Province's training service. This
// package wires the parts together: configuration, one file per subcommand,
// and no rule of the service.
//
// # Contract
//
// main calls run, which touches nothing but what it is given; tests start the
// program by calling it. The exit status is 0 when all went well, 1 when
// something is wrong that the message names, and 2 when the command line was
// not understood. Messages are in Italian, one line each, and say how to mend
// what is wrong. Nothing secret is ever printed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata" // Europe/Rome on machines that have no zones

	"github.com/redis/go-redis/v9"
)

func main() {
	redis.SetLogger(quiet{})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// quiet drops what the Redis client would write by itself. Its errors reach
// their caller, who says them once and in words.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

// Exit statuses.
const (
	exitOK    = 0
	exitWrong = 1
	exitUsage = 2
)

// app is what a subcommand may touch.
type app struct {
	env            func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// subcommand is one of the words that may follow regia.
type subcommand struct {
	name, args, what string
	run              func(ctx context.Context, a *app, args []string) error
}

func subcommands() []subcommand {
	return []subcommand{
		{"demo", "[--listen 127.0.0.1:8080]", "prova tutto su questo computer, con dati di esempio", runDemo},
		{"serve", "[--config regia.toml]", "avvia il servizio", runServe},
		{"check", "[--config regia.toml]", "controlla la configurazione e dice che cosa sistemare", runCheck},
		{"init", "[--config regia.toml]", "scrive una configurazione da completare", runInit},
		{"import", "--organizations FILE | --people FILE [--apply]", "legge enti e persone da un CSV; senza --apply non cambia niente", runImport},
		{"export", "[--organizations | --people]", "scrive enti o persone in CSV", runExport},
		{"backup", "FILE", "scrive una copia di tutto", runBackup},
		{"restore", "FILE", "riporta una copia in un archivio vuoto", runRestore},
		{"dead", "list | show ID | retry ID", "i messaggi che non si sono potuti trattare", runDead},
		{"explain", "need TESTO | mail FILE…", "mostra come viene capito un testo", runExplain},
	}
}

// usageError says that the command line was not understood.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// errSaid is returned by a subcommand that already told what is wrong.
var errSaid = errors.New("already said")

// exitStatus is an error that was told already, with its exit status.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// run is the program: it finds the subcommand and turns its error into an exit
// status.
func run(ctx context.Context, args []string, env func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{env: env, stdin: stdin, stdout: stdout, stderr: stderr}
	if len(args) == 0 {
		usage(stderr)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "--help", "aiuto":
		usage(stdout)
		return exitOK
	}
	for _, c := range subcommands() {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, a, args[1:])
		var wrong usageError
		var status exitStatus
		switch {
		case err == nil:
			return exitOK
		case errors.Is(err, flag.ErrHelp):
			return exitOK
		case errors.Is(err, errSaid):
			return exitWrong
		case errors.As(err, &status):
			return int(status)
		case errors.As(err, &wrong):
			fmt.Fprintf(stderr, "regia %s: %v\nuso: regia %s %s\n", c.name, wrong, c.name, c.args)
			return exitUsage
		default:
			fmt.Fprintf(stderr, "regia %s: %v\n", c.name, err)
			return exitWrong
		}
	}
	fmt.Fprintf(stderr, "regia: non conosco il comando «%s»\n", args[0])
	usage(stderr)
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "Regia: l'assistente del servizio formazione di una Provincia.")
	fmt.Fprintln(w)
	for _, c := range subcommands() {
		fmt.Fprintf(w, "  regia %-8s %s\n  %15s %s\n", c.name, c.args, "", c.what)
	}
}

// toolLog is the log of the subcommands that end by themselves: warnings only.
func (a *app) toolLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// flags is a flag set whose errors are usage errors; parse it with parseFlags.
func (a *app) flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet("regia "+name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

// parseFlags reads flags and arguments in any order and gives the arguments.
func (a *app) parseFlags(fs *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				fs.SetOutput(a.stdout)
				fs.PrintDefaults()
				return nil, err
			}
			return nil, usageError{err.Error()}
		}
		if fs.NArg() == 0 {
			return rest, nil
		}
		// What follows «--» is arguments only.
		if at := len(args) - fs.NArg(); at > 0 && args[at-1] == "--" {
			return append(rest, fs.Args()...), nil
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
}
