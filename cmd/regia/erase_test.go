package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestNothingIsLeftOfWhoWasErased: after «cancellami», by chat or by mail, no
// value of the store holds name, address or words of the person, not even what
// is kept for an undo.
func TestNothingIsLeftOfWhoWasErased(t *testing.T) {
	d := newTestDemo(t)
	w := d.world()
	ctx := t.Context()
	stored := func(words string) (keys []string) {
		for _, key := range w.redis.Keys() {
			text, all, scored := w.client.Get(ctx, key).Val(), w.client.HGetAll(ctx, key).Val(), w.client.ZRange(ctx, key, 0, -1).Val()
			if strings.Contains(strings.ToLower(fmt.Sprint(key, text, all, scored, w.client.LRange(ctx, key, 0, -1).Val())), strings.ToLower(words)) {
				keys = append(keys, key)
			}
		}
		return keys
	}
	answer := func(id, words string) { // to the latest letter
		t.Helper()
		r, err := w.resident(id)
		must(t, err)
		box := w.post.Box(r.mail())
		must(t, w.reply(ctx, id, box[len(box)-1].ID, words))
	}

	must(t, w.say(ctx, "marta-ferrari", "assente dal 20 al 22 gennaio"))
	must(t, w.say(ctx, "marta-ferrari", "mi serve un corso di tombolo"))
	for _, say := range []string{"cancellami", "sì"} {
		must(t, w.say(ctx, "marta-ferrari", say))
	}
	must(t, w.reply(ctx, "franca-lanteri", "", "mi serve un corso di merletto"))
	must(t, w.reply(ctx, "franca-lanteri", "", "cancellami"))
	for range 2 { // it is asked back, and what came by mail has to be confirmed
		if !strings.Contains(read(t, d, "franca-lanteri"), "sono stati cancellati") {
			answer("franca-lanteri", "sì")
		}
	}
	for _, id := range []string{"marta-ferrari", "franca-lanteri"} {
		if text := read(t, d, id); !strings.Contains(text, "i tuoi dati sono stati cancellati") {
			t.Fatalf("%s reads %s", id, text)
		}
	}
	for _, key := range stored("Lanteri") {
		if !strings.Contains(key, ":doc:guest:") {
			t.Errorf("the address stands in %s", key)
		}
	}
	w.redis.FastForward(50 * time.Hour)
	for _, words := range []string{"Ferrari", "tombolo", "Lanteri", "merletto"} {
		if keys := stored(words); len(keys) > 0 {
			t.Errorf("%q stands in %v", words, keys)
		}
	}
	if keys := stored("Rossi"); len(keys) == 0 {
		t.Error("the search finds nobody")
	}
}
