package mail_test

import (
	"testing"

	"regia/mail"
)

// The ways in which programs introduce what they quote, and what they add
// below a text. Each follows the same two lines and is cut off.
func TestWhatProgramsAddIsCutOff(t *testing.T) {
	const text = "Sì, per me va bene.\nA giovedì"
	quote := "\n\n> C'è un posto per te.\n> 1. Sì\n> 2. No\n"
	plainQuote := "\n\nC'è un posto per te.\n1. Sì\n2. No\n"
	for name, intro := range map[string]string{
		"gmail short":         "Il gio 11 mar 2027, 09:02 ImperiaForma <f@provincia.example> ha scritto:",
		"gmail no name":       "Il giorno gio 11 mar 2027 alle 09:02 <f@provincia.example> ha scritto:",
		"kmail":               "In data giovedì 11 marzo 2027 09:02:11 CET, ImperiaForma ha scritto:",
		"sylpheed":            "Il giorno Thu, 11 Mar 2027 09:02:11 +0100\nImperiaForma <f@provincia.example> ha scritto:",
		"k-9":                 "Il 11 marzo 2027 09:02:11 CET, ImperiaForma <f@provincia.example> ha scritto:",
		"zoho":                "---- Il giovedì, 11 mar 2027 09:02:11 +0100 ImperiaForma <f@provincia.example> ha scritto ----",
		"yahoo old":           "Il Giovedì 11 Marzo 2027 9:02, ImperiaForma <f@provincia.example> ha scritto:",
		"outlook mac":         "Il giorno 11/03/27, 09:02 \"ImperiaForma\" <f@provincia.example> ha scritto:",
		"evolution":           "Il giorno gio, 11/03/2027 alle 09.02 +0100, ImperiaForma ha scritto:",
		"horde":               "ImperiaForma <f@provincia.example> ha scritto:",
		"gmail de":            "Am Do., 11. März 2027 um 09:02 Uhr schrieb ImperiaForma <f@provincia.example>:",
		"apple de":            "Am 11.03.2027 um 09:02 schrieb ImperiaForma <f@provincia.example>:",
		"gmail fr":            "Le jeu. 11 mars 2027 à 09:02, ImperiaForma <f@provincia.example> a écrit :",
		"outlook en":          "From: ImperiaForma <f@provincia.example>\nSent: Thursday, March 11, 2027 9:02 AM\nTo: Anna Verdi\nSubject: Un posto per te",
		"outlook de":          "Von: ImperiaForma\nGesendet: Donnerstag, 11. März 2027 09:02\nAn: Anna\nBetreff: Un posto",
		"owa data":            "Da: ImperiaForma <f@provincia.example>\nData: giovedì, 11 marzo 2027 alle ore 09:02\nA: Anna Verdi <a@x.example>\nOggetto: Un posto per te",
		"owa priority":        "Da: ImperiaForma\nInviato: giovedì 11 marzo 2027 09:02\nA: Anna; Bruno\nCc: Carlo\nOggetto: Un posto\nPriorità: Alta",
		"outlook quoted bold": "*Da:*ImperiaForma [mailto:f@provincia.example]\n*Inviato:*giovedì 11 marzo 2027 09:02\n*A:*Anna\n*Oggetto:*Un posto",
		"dashes":              "----- Messaggio originale -----",
		"dashes capitals":     "-----MESSAGGIO ORIGINALE-----",
		"samsung new":         "-------- Messaggio originale --------\nDa: ImperiaForma <f@provincia.example>\nData: 11/03/27 09:02 (GMT+01:00)\nA: Anna\nOggetto: Un posto",
		"german dashes":       "-------- Ursprüngliche Nachricht --------",
		"french dashes":       "-------- Message d'origine --------",
		"forwarded":           "---------- Forwarded message ---------\nDa: ImperiaForma <f@provincia.example>",
		"forwarded it":        "---------- Messaggio inoltrato ----------",
		"marker":              "— Per rispondere scrivi sopra questa riga —",
		"marker, formal":      "-- Per rispondere, scrivere sopra questa riga --",
	} {
		for _, tail := range []string{quote, plainQuote} {
			if got, answers := mail.Reply(text + "\n\n" + intro + tail); got != text || answers != nil {
				t.Errorf("%s: %q %v", name, got, answers)
			}
		}
	}
	for _, foot := range []string{
		"Inviato da iPhone", "Inviato da iPad", "Inviato dal mio iPhone", "Inviato dal mio Galaxy", "Inviato dal mio dispositivo Android",
		"Inviato da Posta per Windows", "Inviato da Outlook per Android", "Ottieni Outlook per iOS", "Scarica Outlook per Android", "Inviato da Outlook",
		"Inviato dal mio smartphone Samsung Galaxy.", "Inviato dall'app Libero Mail", "Inviato da Libero Mail per Android", "Inviato da Yahoo Mail su Android",
		"Inviato con Proton Mail", "Inviato da TIM Mail", "Messaggio inviato da dispositivo mobile", "Inviata da dispositivo mobile", "Inviato da smartphone",
		"Sent from my iPhone", "Sent from Outlook for iOS", "Get Outlook for Android", "Gesendet mit der WEB.DE Mail App", "Von meinem iPhone gesendet",
		"Envoyé de mon iPhone", "Envoyé depuis Outlook pour Android", "Inviato dal mio Xiaomi", "Inviato da Huawei Mobile", "Inviato da webmail Aruba",
		"-- \nAnna Verdi\nComune di Dolcedo", "--\nAnna Verdi",
		"AVVISO DI RISERVATEZZA\nIl messaggio è riservato.",
		"Ai sensi del D.Lgs. 196/2003 le informazioni sono riservate.",
		"Le informazioni contenute in questa e-mail sono riservate e destinate esclusivamente al destinatario.",
		"Questo messaggio e i suoi allegati sono indirizzati esclusivamente alle persone indicate e hanno contenuto riservato.",
		"Il presente messaggio di posta elettronica contiene informazioni di carattere confidenziale rivolte al destinatario.",
		"Rispetta l'ambiente: non stampare questa mail se non è necessario.",
		"This e-mail and any attachments are confidential and intended solely for the addressee.",
		"*******************************\nAi sensi e per gli effetti del Regolamento UE 2016/679 si informa",
		"Anna Verdi\nUfficio Tributi\nComune di Dolcedo\nPiazza Doria 1\nTel. 0183 280004",
	} {
		if got, _ := mail.Reply(text + "\n\n" + foot + "\n"); got != text {
			t.Errorf("%q: %q", foot, got)
		}
	}
}

// What looks like a quote or a footer and was written.
func TestWhatWasWrittenStays(t *testing.T) {
	for _, text := range []string{
		"Parteciperanno:\n\nMario Rossi\nUfficio Tributi\nComune di Dolcedo",
		"Buongiorno,\n\nMario Rossi\nUfficio Tributi",
		"I bisogni:\n------------\nUfficio tecnico: appalti.\nUfficio scuola: nulla per quest'anno.\n------------\nTutto qui.",
		"Il 12 marzo il sindaco mi ha scritto: serve un corso.\nPossiamo farlo?",
		"Da lunedì sono in ferie.\nA presto",
		"Date: 12 e 13 maggio\nOre: 9–13",
		"A: tutti i colleghi\nB: solo i tecnici",
		"Inviato ieri il modulo, grazie",
		"Ho inviato il modulo dal mio ufficio.",
		"Oggetto del corso: appalti",
		"Costa 10 > 5?",
		"Le informazioni mi servono entro lunedì.",
		"ok",
		"3",
		"sì - no - sì",
		"Vengo il 18/03/2027 alle 09:00.\nPorto Bruno.",
		"Scrivo a nome di bruno@comune.example: non viene.",
		"Tel. 0183 280004, chiamatemi",
		"Posso nei giorni:\n1-5\n2-9",
		"3-5\n8-9",
		"Cordiali saluti\nAnna\n\nP.S. L'ufficio chiude alle 13.",
		"Mi servono: Excel, Word\n\nUfficio tecnico: appalti\nUfficio tributi: IMU",
	} {
		if got, answers := mail.Reply(text); got != text || answers != nil {
			t.Errorf("%q became %q %v", text, got, answers)
		}
	}
}

// A signature that no mark announces is cut off, and nothing above it.
func TestASignatureWithoutAMark(t *testing.T) {
	for text, want := range map[string]string{
		"Hallo Adam\n\nGut, und dir?\n\nEva\n\nMag. Eva Musterfrau\nA-1000 Wien, Grüngasse 1\nTel: 0043 1 900333":            "Hallo Adam\n\nGut, und dir?\n\nEva",
		"Ciao Anna\n\nTutto bene?\n\nGeom. Bruno Neri\nComune di Pigna\nTel. 0184 241016":                                    "Ciao Anna\n\nTutto bene?",
		"Va bene.\n_____________________\n\nDott. Bruno Neri\nPigna":                                                         "Va bene.",
		"I temi:\n_____________________\nBilancio\nTributi":                                                                  "I temi:\n_____________________\nBilancio\nTributi",
		"Vengono:\n_____________________\nAnna Verdi, ragioneria\nBruno Neri, tributi":                                       "Vengono:\n_____________________\nAnna Verdi, ragioneria\nBruno Neri, tributi",
		"Iscrivo i seguenti dipendenti\n-----\nMario Rossi\nLuigi Bianchi":                                                   "Iscrivo i seguenti dipendenti\n-----\nMario Rossi\nLuigi Bianchi",
		"Nuovo responsabile\n=====\nLuca Neri":                                                                               "Nuovo responsabile\n=====\nLuca Neri",
		"Sì.\n\nAnna Verdi\nComune di Pigna\nTel. 0184 241016\n\nOrario: meglio se dalle 9 alle 12":                          "Sì.\n\nAnna Verdi\nComune di Pigna\nTel. 0184 241016\n\nOrario: meglio se dalle 9 alle 12",
		"Al corso del 12/03/2027 delle 9:30 iscrivo la collega (maria.rossi@ente.example):\nle serve il posto in prima fila": "Al corso del 12/03/2027 delle 9:30 iscrivo la collega (maria.rossi@ente.example):\nle serve il posto in prima fila",
		"Anna Verdi (anna@ente.example), corso del 12/03/2027 9:30-13:00:\nconfermo":                                         "Anna Verdi (anna@ente.example), corso del 12/03/2027 9:30-13:00:\nconfermo",
		"Sì.\nSent from my iMachine": "Sì.",
		"Ja.\nMit freundlichen Grüßen\nAm 20.06.27 um 16:20 schrieb ImperiaForma\nVon: \"ImperiaForma\"\nDatum: 20. Juni 2027\nAn: Anna\n": "Ja.\nMit freundlichen Grüßen",
	} {
		if got, _ := mail.Reply(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestTheMessageIDIsOneLine(t *testing.T) {
	m, err := mail.Understand([]byte("From: a@ente.example\r\nMessage-ID: <a@b>\r\r\xf2\r\n\r\nsì\r\n"), own, day)
	must(t, err)
	for _, r := range m.ID {
		if r < ' ' || r == '\uFFFD' {
			t.Errorf("%q", m.ID)
		}
	}
}
