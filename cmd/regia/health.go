package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"time"
)

// healthHandler answers /healthz and /metrics with numbers only; nothing of it
// is about a person. With a rehearsal, /clock tells and moves the time.
func healthHandler(e *engine, rehearse *rehearsal) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(rw http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if _, _, err := e.store.Next(ctx); err != nil {
			http.Error(rw, "store", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(rw, "ok")
	})
	mux.HandleFunc("GET /metrics", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/plain; version=0.0.4")
		for _, c := range []struct {
			outcome string
			n       int64
		}{
			{"committed", e.count.committed.Load()},
			{"already", e.count.already.Load()},
			{"dead", e.count.died.Load()},
			{"temporary", e.count.temporary.Load()},
		} {
			fmt.Fprintf(rw, "regia_inputs_total{outcome=%q} %d\n", c.outcome, c.n)
		}
		if n, err := e.store.DeadCount(r.Context(), time.Time{}); err == nil {
			fmt.Fprintf(rw, "regia_dead_letters %d\n", n)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprintf(rw, "regia_memory_bytes %d\nregia_goroutines %d\n", m.Sys-m.HeapReleased, runtime.NumGoroutine())
	})
	if rehearse == nil {
		return mux
	}
	mux.HandleFunc("GET /clock", func(rw http.ResponseWriter, r *http.Request) {
		next, err := rehearse.next(r.Context())
		if err != nil {
			http.Error(rw, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(rw).Encode(map[string]time.Time{"now": rehearse.clock.Now(), "next": next})
	})
	mux.HandleFunc("POST /clock", func(rw http.ResponseWriter, r *http.Request) {
		to, err := time.Parse(time.RFC3339, r.URL.Query().Get("to"))
		if err != nil {
			http.Error(rw, "to: an instant, RFC 3339", http.StatusBadRequest)
			return
		}
		if err := rehearse.move(r.Context(), to); err != nil {
			http.Error(rw, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(rw, "ok")
	})
	return mux
}
