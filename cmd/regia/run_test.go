package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regia/bot/bottest"
	"regia/mail/mailtest"
)

// desk is a folder in which the program is run.
type desk struct {
	t   *testing.T
	dir string
	env map[string]string
}

func newDesk(t *testing.T) *desk {
	dir := t.TempDir()
	return &desk{t, dir, map[string]string{
		"REGIA_CONFIG": filepath.Join(dir, "regia.toml"), "REGIA_DATA": filepath.Join(dir, "data"),
	}}
}

// mail gives the desk a mail server, so that there is a channel.
func (k *desk) mail() *mailtest.Server {
	k.t.Helper()
	post, err := mailtest.Start("formazione@provincia.example", time.Now)
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = post.Close() })
	k.env["REGIA_IMAP_URL"], k.env["REGIA_SMTP_URL"], k.env["REGIA_MAIL_ADDRESS"] = post.IMAP(), post.SMTP(), "formazione@provincia.example"
	return post
}

// run runs the program and gives its exit status and all it wrote.
func (k *desk) run(args ...string) (int, string) {
	return k.runCtx(k.t.Context(), args...)
}

func (k *desk) runCtx(ctx context.Context, args ...string) (int, string) {
	var out bytes.Buffer
	status := run(ctx, args, func(name string) string { return k.env[name] }, strings.NewReader(""), &out, &out)
	return status, out.String()
}

func (k *desk) file(name, text string) string {
	k.t.Helper()
	path := filepath.Join(k.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
	return path
}

func needRedis(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err == nil {
		return
	}
	if os.Getenv("REGIA_TEST_REAL") != "" {
		t.Fatal("redis-server is missing")
	}
	t.Skip("skipped: redis-server is not installed")
}

func TestTheCommandLineSaysWhatItDoesNotUnderstand(t *testing.T) {
	k := newDesk(t)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{nil, exitUsage, "regia serve"},
		{[]string{"help"}, exitOK, "regia demo"},
		{[]string{"volare"}, exitUsage, "non conosco il comando «volare»"},
		{[]string{"serve", "--nome"}, exitUsage, "uso: regia serve"},
		{[]string{"serve"}, exitWrong, "regia init"},
		{[]string{"import"}, exitUsage, "manca il file"},
		{[]string{"import", "--people", "manca.csv"}, exitWrong, "non posso leggere"},
		{[]string{"dead", "gioca"}, exitUsage, "list, show ID o retry ID"},
		{[]string{"explain"}, exitUsage, "need o mail"},
		{[]string{"backup"}, exitUsage, "scrivi un file"},
	} {
		status, out := k.run(c.args...)
		if status != c.status || !strings.Contains(out, c.want) {
			t.Errorf("%v: %d %q, want %d %q", c.args, status, out, c.status, c.want)
		}
	}
}

func TestInitWritesAConfigurationOnce(t *testing.T) {
	k := newDesk(t)
	if status, out := k.run("init"); status != exitOK {
		t.Fatal(out)
	}
	if _, err := readConfig(k.env["REGIA_CONFIG"]); err != nil {
		t.Error(err)
	}
	if status, out := k.run("init"); status != exitWrong || !strings.Contains(out, "non lo tocco") {
		t.Errorf("again: %d %q", status, out)
	}
}

func TestADryImportListsEveryBadLineAndTouchesNothing(t *testing.T) {
	k := newDesk(t)
	path := k.file("enti.csv", "codice;nome;tipo\n1;Dolcedo;comune\n2;;comune\n3;Pigna;paese\n")
	status, out := k.run("import", "--organizations", path)
	if status != exitWrong || !strings.Contains(out, "riga 3: manca «nome»") || !strings.Contains(out, "riga 4: ") {
		t.Errorf("%d %q", status, out)
	}
	people := k.file("persone.csv", "ente;nome;cognome;email;rapporto\nDolcedo;Anna;Rossi;;dipendente\nAtlantide;Ugo;Neri;;dipendente\n")
	good := k.file("buoni.csv", "codice;nome;tipo\n1;Dolcedo;comune\n")
	if status, out := k.run("import", "--organizations", good, "--people", people); status != exitWrong || !strings.Contains(out, "riga 3: l'ente «Atlantide»") || strings.Contains(out, "riga 2") {
		t.Errorf("an unknown organization: %d %q", status, out)
	}
	if _, err := os.Stat(k.env["REGIA_DATA"]); err == nil {
		t.Error("a dry run made a data folder")
	}
}

func TestExplainMailWritesOneObjectALine(t *testing.T) {
	k := newDesk(t)
	path := k.file("a.eml", "From: Anna <anna@x.example>\r\nSubject: Re: corso\r\n\r\nsì, vengo\r\n\r\n> Vieni?\r\n")
	status, out := k.run("explain", "mail", path, filepath.Join(k.dir, "manca.eml"))
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if status != exitWrong || len(lines) != 2 { // one of them could not be read
		t.Fatalf("%d %q", status, out)
	}
	var x struct{ Kind, From, Reply string }
	if err := json.Unmarshal([]byte(lines[0]), &x); err != nil {
		t.Fatal(err)
	}
	if x.Kind != "reply" || x.From != "anna@x.example" || x.Reply != "sì, vengo" {
		t.Errorf("%+v", x)
	}
	if err := json.Unmarshal([]byte(lines[1]), &x); err != nil || x.Kind != "rejected" {
		t.Errorf("%q %v", lines[1], err)
	}
}

func TestCheckNamesWhatIsWrongAndHowToMendIt(t *testing.T) {
	needRedis(t)
	k := newDesk(t)
	if status, out := k.run("check"); status != exitWrong || !strings.Contains(out, "MALE    configurazione: non trovo") {
		t.Errorf("no configuration: %d\n%s", status, out)
	}
	k.run("init")
	k.mail()
	if status, out := k.run("check"); status != exitOK || strings.Contains(out, "MALE") || !strings.Contains(out, "Tutto a posto") {
		t.Errorf("all is well: %d\n%s", status, out)
	}
	k.env["REGIA_IMAP_URL"] = strings.Replace(k.env["REGIA_IMAP_URL"], ":demo@", ":sbagliata@", 1)
	k.env["REGIA_SMTP_URL"] = "smtp://u:segretissima@127.0.0.1:1?tls=off"
	status, out := k.run("check")
	if status != exitWrong || !strings.Contains(out, "rifiuta utente o password: controllali in REGIA_IMAP_URL") ||
		!strings.Contains(out, "non risponde: controlla nome e porta in REGIA_SMTP_URL") {
		t.Errorf("wrong password, no server: %d\n%s", status, out)
	}
	if strings.Contains(out, "sbagliata") || strings.Contains(out, "segretissima") {
		t.Errorf("a password is printed:\n%s", out)
	}
	k.file("regia.toml", "[province\n")
	if _, out := k.run("check"); !strings.Contains(out, "regia.toml, riga ") || strings.Contains(out, "authserv_id") || strings.Contains(out, "spento  Telegram") {
		t.Errorf("a file that cannot be read has decided something:\n%s", out)
	}
}

func TestWhatIsImportedIsExportedBackedUpAndRestored(t *testing.T) {
	needRedis(t)
	k := newDesk(t)
	k.run("init")
	k.mail()
	organizations := k.file("enti.csv", "codice,nome,tipo,popolazione,dipendenti,dominio,email_istituzionale,patrono\n008024,Dolcedo,comune,1300,6,,comune@comune-dolcedo.example,26/11\n")
	people := k.file("persone.csv", "ente,nome,cognome,email,tipo_indirizzo,ufficio,ruolo,rapporto,referente,coordinatore,preferisce\nDolcedo,Anna,Rossi,anna.rossi@comune-dolcedo.example,personale,Tecnico,geometra,dipendente,sì,,email\n")
	for range 2 {
		if status, out := k.run("import", "--organizations", organizations, "--people", people, "--apply"); status != exitOK {
			t.Fatal(out)
		}
	}
	want := "008024,Anna,Rossi,anna.rossi@comune-dolcedo.example,personale,Tecnico,geometra,dipendente,sì,,email"
	if status, out := k.run("export", "--people"); status != exitOK || strings.Count(out, want) != 1 {
		t.Fatalf("%d %s", status, out)
	}
	if status, out := k.run("dead", "list"); status != exitOK || !strings.Contains(out, "Nessun messaggio") {
		t.Errorf("%d %s", status, out)
	}
	copied := filepath.Join(k.dir, "copia")
	if status, out := k.run("backup", copied); status != exitOK {
		t.Fatal(out)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy can be read by others: %v %v", info, err)
	}
	if status, out := k.run("restore", copied); status != exitWrong {
		t.Errorf("restored over a province that is not empty: %s", out)
	}
	k.env["REGIA_DATA"] = filepath.Join(k.dir, "new")
	if status, out := k.run("restore", copied); status != exitOK {
		t.Fatal(out)
	}
	if status, out := k.run("export", "--people"); status != exitOK || strings.Count(out, want) != 1 {
		t.Errorf("after restoring: %d %s", status, out)
	}
}

func TestServeAnswersAndStopsInOrder(t *testing.T) {
	needRedis(t)
	k := newDesk(t)
	k.run("init")
	text, err := os.ReadFile(k.env["REGIA_CONFIG"])
	if err != nil {
		t.Fatal(err)
	}
	on := strings.NewReplacer("enabled = false\nact = \"\"\nopinion = \"\"", "enabled = true\nact = \"atto 1\"\nopinion = \"parere 1\"").Replace(string(text))
	k.file("regia.toml", on)
	k.mail()
	chat, err := bottest.Start(bottest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer chat.Close()
	k.env["REGIA_TELEGRAM_TOKEN"], k.env["REGIA_TELEGRAM_API"] = chat.Token(), chat.URL()
	heard, cancel := chat.Subscribe()
	defer cancel()

	ctx, stop := context.WithCancel(t.Context())
	type end struct {
		status int
		out    string
	}
	ended := make(chan end, 1)
	go func() {
		status, out := k.runCtx(ctx, "serve")
		ended <- end{status, out}
	}()
	chat.Say(7, "/start")
	for answered := false; !answered; {
		select {
		case m := <-heard:
			answered = m.FromBot
			if answered && !strings.Contains(m.Text, "email di lavoro") {
				t.Errorf("answered %q", m.Text)
			}
		case e := <-ended:
			t.Fatalf("ended at once: %d\n%s", e.status, e.out)
		}
	}
	// A tool reaches the running service.
	people := k.file("enti.csv", "codice,nome,tipo\n1,Dolcedo,comune\n")
	if status, out := k.run("import", "--organizations", people, "--apply"); status != exitOK {
		t.Errorf("import beside serve: %s", out)
	}
	stop()
	e := <-ended
	if e.status != exitOK || !strings.Contains(e.out, "regia stops") {
		t.Errorf("%d\n%s", e.status, e.out)
	}
	if strings.Contains(e.out, chat.Token()) {
		t.Error("the log holds the token")
	}
	// Nothing is left behind that would keep the next one from starting.
	if status, out := k.run("export", "--organizations"); status != exitOK || !strings.Contains(out, "Dolcedo") {
		t.Errorf("%d %s", status, out)
	}
}
