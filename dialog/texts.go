package dialog

import (
	_ "embed"
	"fmt"

	"github.com/BurntSushi/toml"
)

//go:embed texts/it.toml
var itSource string

// catalogue of every sentence that a person reads, by key.
type catalogue struct {
	Text    map[string]string   `toml:"text"`
	Subject map[string]string   `toml:"subject"`
	Choice  map[string]string   `toml:"choice"`
	Words   map[string][]string `toml:"words"` // that stand for a choice, beside its label
	State   map[string]string   `toml:"state"`
}

var it = readTexts(itSource)

// readTexts reads the built-in catalogue; it is part of the program, so a
// mistake in it ends the program at once, in its tests.
func readTexts(source string) catalogue {
	var c catalogue
	meta, err := toml.Decode(source, &c)
	if err != nil || len(meta.Undecoded()) > 0 {
		panic(fmt.Sprintf("texts/it.toml: %v %v", err, meta.Undecoded()))
	}
	for key, label := range c.Choice {
		c.Words[key] = append(c.Words[key], bare(label))
	}
	return c
}

// words that stand for a choice.
func words(key string) []string { return it.Words[key[len("choice."):]] }
