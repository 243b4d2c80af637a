package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"regia/training"
)

// Bounds of what `explain need` reads.
const (
	maxNeedLine  = 1 << 20 // bytes of one line of --jsonl
	maxNeedFile  = 4 << 20 // bytes of --topics
	maxNeedInput = 1 << 20 // bytes of a text from standard input
)

// explainedNeed is what `regia explain need` says of a text, one JSON object a
// line.
type explainedNeed struct {
	ID       string                `json:"id"`
	Topics   []training.TopicScore `json:"topics"`
	Negated  []string              `json:"negated"`
	Record   bool                  `json:"record"`
	Recorded []string              `json:"recorded"`
}

// explainNeed is `regia explain need [--jsonl] [--topics FILE] TEXT`: it shows
// which topics a text is understood to ask for. It needs no store. With
// --jsonl it reads lines {"id","text","office"}; a TEXT of «-» is read from in.
// It returns the exit status: 2 when the command line was not understood.
func explainNeed(args []string, in io.Reader, out, errw io.Writer) int {
	flags := flag.NewFlagSet("explain need", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	lines := flags.Bool("jsonl", false, "")
	topics := flags.String("topics", "", "")
	office := flags.String("office", "", "")
	usage := func(why string) int {
		fmt.Fprintf(errw, "regia: %s\nuso: regia explain need [--topics FILE] [--office UFFICIO] TESTO | - | --jsonl < FILE\n", why)
		return 2
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			usage("mostra quali temi capisce in un testo")
			return 0
		}
		return usage("opzione non capita: " + err.Error())
	}
	text := strings.Join(flags.Args(), " ")
	switch {
	case *lines && text != "" && text != "-":
		return usage("con --jsonl il testo arriva dall'ingresso, una riga per volta")
	case !*lines && strings.TrimSpace(text) == "":
		return usage("manca il testo")
	}

	catalogue, err := catalogueFrom(*topics)
	if err != nil {
		fmt.Fprintf(errw, "regia: catalogo %s: %v\n", *topics, err)
		return 1
	}
	reader := training.NewReader(catalogue)
	w := bufio.NewWriter(out)
	if *lines {
		err = explainLines(reader, in, w)
	} else {
		if text == "-" {
			var raw []byte
			raw, err = io.ReadAll(io.LimitReader(in, maxNeedInput))
			text = string(raw)
		}
		if err == nil {
			err = writeNeed(w, "", reader.Read(text, *office))
		}
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		fmt.Fprintf(errw, "regia: %v\n", err)
		return 1
	}
	return 0
}

// catalogueFrom reads a catalogue from a file, or gives the built-in one.
func catalogueFrom(path string) (training.Catalogue, error) {
	if path == "" {
		return training.BuiltinCatalogue(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return training.Catalogue{}, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxNeedFile))
	if err != nil {
		return training.Catalogue{}, err
	}
	return training.ParseCatalogue(raw)
}

// explainLines answers each line in order; a line that is not understood stops
// it, for the answers would no longer stand beside their questions.
func explainLines(reader *training.NeedReader, in io.Reader, w io.Writer) error {
	scanner := bufio.NewScanner(in)
	scanner.Buffer(make([]byte, 64<<10), maxNeedLine)
	n := 0
	for scanner.Scan() {
		n++
		line := bytes.TrimSpace(bytes.TrimPrefix(scanner.Bytes(), []byte("\ufeff")))
		if len(line) == 0 {
			continue
		}
		var asked struct {
			ID     string `json:"id"`
			Text   string `json:"text"`
			Office string `json:"office"`
		}
		if err := json.Unmarshal(line, &asked); err != nil {
			return fmt.Errorf("riga %d: non è un oggetto {\"id\",\"text\",\"office\"}: %w", n, err)
		}
		if err := writeNeed(w, asked.ID, reader.Read(asked.Text, asked.Office)); err != nil {
			return err
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("riga %d: %w", n+1, err)
	}
	return nil
}

func writeNeed(w io.Writer, id string, r training.Reading) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(explainedNeed{
		ID: id, Topics: r.Topics, Negated: r.Negated, Record: len(r.Recorded) > 0, Recorded: r.Recorded,
	})
}
