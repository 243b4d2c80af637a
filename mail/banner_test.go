package mail_test

import (
	"testing"
	"unicode"

	"regia/mail"
)

// The warnings that gateways put above what comes from outside are no words of
// its writer, however they stand there.
func TestWarningsOfGatewaysAreCutOff(t *testing.T) {
	const text = "Sì, per me va bene.\nA giovedì"
	for _, warning := range []string{
		"[EXTERNAL]", "[External Email]", "[EXT]", "EXTERNAL EMAIL:", "*** MAIL ESTERNA ***", "[ESTERNO]", "<MITTENTE ESTERNO>", "CAUTION:\n[EXTERNAL]",
		"ATTENZIONE: questa email proviene dall'esterno. Non cliccate sui link se non conoscete chi scrive.",
		"ATTENZIONE: Questo messaggio è stato inviato da un mittente esterno all'ente.\nPrestare attenzione prima di aprire allegati o link.",
		"ATTENZIONE: questo messaggio proviene dall'esterno dell'ente. Non aprire collegamenti o allegati se non si riconosce il mittente.",
		"EMAIL ESTERNA: non aprire allegati di cui non sei sicuro.",
		"---------------------------\nMessaggio proveniente dall'esterno dell'organizzazione: usare cautela con link e allegati.\n---------------------------",
		"CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender and know the content is safe.",
		"This message was sent from outside the company. Please be careful with links.",
		"Non si ricevono spesso messaggi di posta elettronica da anna@comune.example. Informazioni sul perché è importante",
		"You don't often get email from anna@comune.example. Learn why this is important",
		"VORSICHT: Diese E-Mail stammt von außerhalb der Organisation. Klicken Sie nicht auf Links.",
		"Attention : ce courriel provient de l'extérieur. Ne cliquez pas sur les liens.",
	} {
		gaps := []string{"\n\n", "\n"}
		if unicode.IsLetter(rune(warning[len(warning)-1])) {
			gaps = gaps[:1] // nothing tells where one ends that has no full stop
		}
		for _, gap := range gaps {
			for _, tail := range []string{"", "\n\nIl giorno gio 11 mar 2027 alle 09:02 ImperiaForma <f@provincia.example> ha scritto:\n> C'è un posto per te.\n"} {
				if got, answers := mail.Reply(warning + gap + text + tail); got != text || answers != nil {
					t.Errorf("%q, %q: %q %v", warning, gap, got, answers)
				}
			}
		}
	}
	for _, written := range []string{
		"Il link della mail esterna non si apre.",
		"Attenzione: nella mail il link non funziona.",
		"Un corso per chi scrive all'esterno: mail, PEC, messaggi. Attenzione alla forma.",
		"Esterno", "ESTERNO", "(esterno)",
		"Attenzione: la vostra mail proviene da un indirizzo esterno e il nostro gateway la blocca.",
		"Ricevuto il messaggio del docente esterno, attenzione alle date: il 12 siamo chiusi",
		"La mail inviata al docente esterno è tornata indietro, attenzione",
		"Messaggio esterno: non rispondo",
		"non ricevo spesso le vostre mail: verificare l'indirizzo",
		"Non riceviamo spesso le vostre e-mail: potete verificare l'indirizzo",
		"Phishing: come riconoscere una email di un mittente esterno",
		"[Ufficio tributi]\nnessun bisogno",
		"Questa mail arriva da un ufficio esterno, attenzione: rispondiamo noi per il Comune?",
		"Ho ricevuto dall'esterno una mail con un link: non cliccare mi ha detto il CED. Un corso su questo?",
		"EXT",
	} {
		if got, _ := mail.Reply(written); got != written {
			t.Errorf("%q became %q", written, got)
		}
	}
}
