package main

import (
	"fmt"
	"io"
	"time"
)

// table prints rows as they become known.
type table struct {
	w io.Writer
}

const rowFormat = "%-38s | %10s | %16s | %6s | %8s | %s\n"

func newTable(w io.Writer) *table {
	fmt.Fprintf(w, rowFormat, "row", "regia", "peer", "ratio", "reach", "met")
	return &table{w}
}

// row prints a figure; a ratio of 0 is none.
func (t *table) row(name, regia, peer string, ratio float64, reach string, met bool) {
	shown, word := "", "yes"
	if ratio > 0 {
		shown = fmt.Sprintf("%.2f", ratio)
	}
	if !met {
		word = "no"
	}
	if peer == "absent" {
		shown, word = "", "?"
	}
	fmt.Fprintf(t.w, rowFormat, name, regia, peer, shown, reach, word)
}

func micros(d time.Duration) string { return fmt.Sprintf("%d µs", d.Microseconds()) }

func millis(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
