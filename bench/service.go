package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"regia/bot/bottest"
)

// setup is what the runs share.
type setup struct {
	regia   string // the program
	grammy  string // folder of the peer
	dir     string // for everything that is written
	profile string // of regia's processor time, "" for none
}

const configuration = `[province]
id = "` + provinceID + `"
name = "Provincia di prova"
service = "ImperiaForma"
coordinators = ["ufficio@provincia.example"]

[telegram]
enabled = true
act = "misura"
opinion = "misura"
`

// startRegia starts the real program on a store that is there.
func (s *setup) startRegia(db *database, api *bottest.Server, limits bool) (*process, error) {
	dir, err := os.MkdirTemp(s.dir, "regia-")
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "regia.toml")
	if err := os.WriteFile(config, []byte(configuration), 0o600); err != nil {
		return nil, err
	}
	args := []string{"serve", "--config", config, "--bench-durability"}
	if !limits {
		args = append(args, "--bench-no-limits")
	}
	if s.profile != "" {
		args = append(args, "--cpuprofile", s.profile)
	}
	return launch(dir, "regia", []string{
		"REGIA_REDIS_URL=unix://" + db.socket, "REGIA_SECRET=" + secret, "REGIA_DATA=" + dir,
		"REGIA_TELEGRAM_API=" + api.URL(), "REGIA_TELEGRAM_TOKEN=" + api.Token(),
	}, s.regia, args...)
}

// startGrammy starts the peer, which answers with the replies of the script.
func (s *setup) startGrammy(db *database, api *bottest.Server, script []reply) (*process, error) {
	dir, err := os.MkdirTemp(s.dir, "grammy-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "replies.json")
	if err := writeScript(path, script); err != nil {
		return nil, err
	}
	return launch(dir, "grammy", []string{
		"NODE_ENV=production", "BENCH_REDIS=" + db.socket, "BENCH_REPLIES=" + path,
		"BENCH_API=" + api.URL(), "BENCH_TOKEN=" + api.Token(),
	}, "node", filepath.Join(s.grammy, "bot.mjs"))
}

// prepare starts a Redis and fills it with a province of that many people.
func (s *setup) prepare(ctx context.Context, fsync string, people int) (*database, error) {
	db, err := startRedis(ctx, s.dir, fsync)
	if err != nil {
		return nil, err
	}
	p, err := openProvince(ctx, db)
	if err == nil {
		err = p.populate(ctx, people)
		p.stop()
	}
	if err != nil {
		db.close()
		return nil, fmt.Errorf("a province of %d people: %w", people, err)
	}
	return db, nil
}
