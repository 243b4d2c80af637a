package storagetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"regia/dialog"
	"regia/storage"
)

func listPages(t *testing.T, client redis.UniversalClient) {
	h := newHouse(t, client)
	h.do("seed", func(tx dialog.Tx) {
		for i := range 10 {
			tx.Enlist("l", fmt.Sprint(i))
		}
	})
	h.on("edit", func(tx dialog.Tx, in dialog.In) error {
		tx.Delist("l", "0")
		tx.Delist("l", "2")
		tx.Enlist("l", "15")
		tx.Enlist("l", "99")
		return nil
	})
	h.on("read", func(tx dialog.Tx, in dialog.In) error {
		tx.Delist("l", "9")
		var all []string
		after := ""
		for {
			page, err := tx.List("l", after, 3)
			if err != nil || len(page) == 0 {
				break
			}
			all = append(all, page...)
			after = page[len(page)-1]
		}
		tx.Save("read:1", all, 0)
		return nil
	})
	h.send(storage.Committed, command("1", "edit"), command("2", "read"))
	var all []string
	if _, err := h.store.Reader(context.Background()).Load("read:1", &all); err != nil {
		t.Fatal(err)
	}
	want := []string{"1", "15", "3", "4", "5", "6", "7", "8", "99"}
	if !slices.Equal(all, want) || !slices.Equal(h.list("l"), want) {
		t.Fatalf("read %v, stored %v", all, h.list("l"))
	}
}
