package mail_test

import (
	"strings"
	"testing"

	"regia/mail"
)

// The lines by which programs introduce what they quote, with bars and without.
func TestHowQuotesBegin(t *testing.T) {
	const text = "Sì, per me va bene.\nA giovedì"
	const asked = "C'è un posto per te.\n1. Sì\n2. No\n"
	bars := "> " + strings.Join(strings.Split(strings.TrimSpace(asked), "\n"), "\n> ") + "\n"
	for _, intro := range []string{
		"Formazione <f@p.example> schrieb am Do., 11. März 2027, 09:12:",
		"ImperiaForma <f@p.example> ha scritto il 11/03/2027 alle 09:02:",
		"ImperiaForma ha scritto il 11/03/2027 09:02:",
		"Il giorno giovedì 11 marzo 2027 alle ore 09:02:11 UTC+1, ImperiaForma\n<f@p.example> ha scritto:",
		"Il giorno giovedì 11 marzo 2027 alle ore 09:02:11 UTC+1, ImperiaForma <f@p.example>\nha scritto:",
		"11 marzo 2027 09:02, \"ImperiaForma\" <f@p.example> ha scritto:",
		"Il 11.03.2027 09:02 f@p.example ha scritto:",
		"Il 11-03-2027 09:02 ImperiaForma ha scritto:",
		"Il 2027-03-11 09:02 ImperiaForma ha scritto:",
		"Il 11/03/2027 09:02 CET ImperiaForma <f@p.example> ha scritto:",
		"Il giovedì 11 marzo 2027 alle 9:02 AM, ImperiaForma <f@p.example> ha scritto:",
		"------- Original Message -------\nIl giovedì 11 marzo 2027 09:02, ImperiaForma <f@p.example> ha scritto:",
		"On Thursday, March 11th, 2027 at 09:02, ImperiaForma <f@p.example> wrote:",
		"Il 11 mar 2027, 09:02 +0100, ImperiaForma <f@p.example>, ha scritto:",
		"On 11 mar 2027, 09:02 +0100, ImperiaForma <f@p.example>, wrote:",
		"Giovedì 11 marzo 2027, 9:02:11, hai scritto:",
		"11 marzo 2027, 9:02:11, hai scritto:",
		"Thursday, March 11, 2027, 9:02:11 AM, you wrote:",
		"On Thu, Mar 11, 2027 at 09:02:11AM +0100, ImperiaForma wrote:",
		"Da:        ImperiaForma <f@p.example>\nPer:        Anna Verdi/Comune@Comune\nData:        11/03/2027 09.02\nOggetto:        Un posto",
		"Da:\tImperiaForma\nPer:\tAnna Verdi\nData:\t11/03/2027 09.02\nOggetto:\tUn posto",
		"From:   ImperiaForma <f@p.example>\nTo:     Anna\nDate:   11/03/2027 09:02\nSubject:        Un posto",
		"----Messaggio originale----\nDa: f@p.example\nData: 11-mar-2027 9.02\nA: <a@x.example>\nOgg: Un posto",
		"Da: f@p.example\nData: 11-mar-2027 9.02\nA: <a@x.example>\nOgg: Un posto",
		"Da: \"ImperiaForma\" <f@p.example>\nA: \"Anna Verdi\" <a@x.example>\nInviato: Giovedì, 11 marzo 2027 9:02:11\nOggetto: Un posto",
		"-------- Messaggio originale --------\nDa: ImperiaForma\nDate: gio 11 mar 2027, 09:02\nA: Anna\nCC: \nOggetto: Un posto",
		"Il giorno gio 11 mar 2027 alle ore 09:02 ImperiaForma, ufficio formazione della Provincia <\nf@p.example> ha scritto:",
		"Il giorno gio 11 mar 2027 alle ore 09:02 ImperiaForma, ufficio formazione della\nProvincia <f@p.example>\nha scritto:",
		"Il giorno gio 11 mar 2027 alle ore 09:02 'ImperiaForma' via Elenco Comuni <\nelenco@x.example> ha scritto:",
		"In data 11 marzo 2027 09:02:11 \"ImperiaForma\" <f@p.example> ha scritto:",
		"Il Gio 11 Mar 2027 9:02 AM ImperiaForma <f@p.example> ha scritto:",
		"Il Giovedì, 11 Marzo 2027 09:02, \"f@p.example\" ha scritto:",
		"Da: ImperiaForma <f@p.example>\nInviato: giovedì 11 marzo 2027 09:02\nA: Anna Verdi",
		"Da: ImperiaForma [mailto:f@p.example]\nInviato: giovedì 11 marzo 2027 09:02\nA: Anna Verdi\nCc: Bruno\nOggetto: Un posto\nAllegati: a.pdf\nPriorità: Alta\nRiservatezza: Personale",
		"Da: ImperiaForma <f@p.example>\nInviato: 11/03/2027 09:02:11\nA: a@x.example\nOggetto: Un posto",
		"Da : ImperiaForma <f@p.example>\nA : a@x.example\nData : 11/03/2027\nOggetto : Un posto",
		"> Da: ImperiaForma <f@p.example>\n> Data: 11/03/2027 09:02\n> A: a@x.example\n> Oggetto: Un posto",
		"Inizio messaggio inoltrato:\n\n> Da: ImperiaForma <f@p.example>",
		"Mittente: ImperiaForma <f@p.example>\nDestinatario: a@x.example\nData: 11/03/2027 09:02\nOggetto: Un posto",
		"De : ImperiaForma <f@p.example>\nEnvoyé : jeudi 11 mars 2027 09:02\nÀ : Anna\nObjet : Un posto",
		"-------- Inoltro messaggio --------\nOggetto: \tUn posto\nData: \tThu, 11 Mar 2027 09:02:11 +0100\nMittente: \tImperiaForma <f@p.example>\nA: \ta@x.example",
		"_____________________________________________\nDa: ImperiaForma\nInviato: giovedì 11 marzo 2027 09:02\nA: Anna\nOggetto: Un posto",
		"---------- Messaggio originale ----------\nDa: ImperiaForma <f@p.example>\nA: a@x.example\nData: 11 marzo 2027 alle 9.02\nOggetto: Un posto",
		"ImperiaForma, 11/03/2027 09:02:",
		"f@p.example il 11/03/2027 09:02 ha scritto:",
		"Citando ImperiaForma <f@p.example>:",
		"ImperiaForma wrote on 11/03/2027 09:02:",
		"Op do 11 mrt 2027 om 09:02 schreef ImperiaForma <f@p.example>:",
		"El jue, 11 mar 2027 a las 9:02, ImperiaForma (<f@p.example>) escribió:",
		"Il giorno 11 mar 2027, 09:02, alle ore 09:02, ImperiaForma <f@p.example> ha scritto:",
		"Il giorno Gio, 11/03/2027 alle 09.02, ImperiaForma ha\nscritto:",
		"-----Original Message-----\nFrom: ImperiaForma <f@p.example>\nSent: Thursday, March 11, 2027 9:02 AM\nTo: a@x.example\nSubject: Un posto",
		"-----Messaggio Originale----- \nFrom: ImperiaForma\nSent: Thursday, March 11, 2027 9:02 AM\nTo: a@x.example\nSubject: Un posto",
	} {
		// These say nothing without bars below.
		vague := strings.HasPrefix(intro, "Citando") || strings.HasPrefix(intro, "ImperiaForma, 11") || strings.Contains(intro, "> Da:")
		for _, quote := range []string{"\n\n" + bars, "\n" + bars, "\n\n" + asked} {
			if vague && strings.HasSuffix(quote, asked) {
				continue
			}
			for _, gap := range []string{"\n\n", "\n"} {
				if got, answers := mail.Reply(text + gap + intro + quote); got != text || answers != nil {
					t.Errorf("%q: %q %v", intro+quote, got, answers)
				}
			}
		}
	}
}

// The notes of offices and servers, above a quote and below it.
func TestNotesAreCutOff(t *testing.T) {
	const text, quote = "Sì, vengo.", "Il giorno 11 mar 2027 alle 09:02 X <x@ente.example> ha scritto:\n> Ciao\n> 1. Sì\n"
	for _, note := range []string{
		"RISERVATEZZA. Messaggio riservato. Chi lo riceve per errore lo cancelli.",
		"Avvertenza: i dati personali che possono trovarsi in questo scritto sono protetti. Non inoltrare a terzi.",
		"Scansionato dal gateway di posta della Provincia: nessuna minaccia rilevata.",
		"Messaggio esaminato dal sistema antispam dell'Unione.",
		"Hai ricevuto questo messaggio da un indirizzo istituzionale. Non rispondere se non riconosci il mittente. Note legali: www.ente.example",
		"Il Comune aderisce a Meno Carta: stampa solo se indispensabile.",
		"Il 5x1000 al tuo Comune aiuta la biblioteca. Codice fiscale 00123450083.",
		"Le informazioni trasmesse sono per le sole persone a cui sono indirizzate. Se non siete i destinatari, eliminatele.",
		"Pensez à l'environnement avant d'imprimer.",
		"Bitte denken Sie an die Umwelt, bevor Sie drucken.",
		"Questo messaggio è destinato esclusivamente alla persona indicata come destinatario.",
		"Questo messaggio di posta elettronica contiene informazioni riservate. Se lo avete ricevuto per errore siete pregati di distruggerlo.",
		"La presente comunicazione, che può contenere informazioni riservate e confidenziali, è rivolta unicamente al destinatario sopra indicato.",
		"Il contenuto della presente e-mail ed i suoi allegati sono diretti esclusivamente al destinatario e devono ritenersi riservati.",
		"Si precisa che le informazioni contenute in questo messaggio sono riservate e a uso esclusivo del destinatario.",
		"Si segnala che il presente messaggio e le risposte allo stesso potranno essere conosciute dall'organizzazione lavorativa di appartenenza del mittente.",
		"Qualora il presente messaggio Le fosse pervenuto per errore, La preghiamo di eliminarlo e di darne notizia al mittente.",
		"Se avete ricevuto questa e-mail per errore, vi preghiamo di informare il mittente e di cancellarla.",
		"Chi riceve il presente messaggio per errore è tenuto a comunicarlo al mittente.",
		"In ottemperanza al Regolamento UE 679/2016 (GDPR) le informazioni contenute in questa email sono riservate.",
		"Nel rispetto della normativa vigente in materia di protezione dei dati personali, le informazioni sono riservate.",
		"Informativa privacy ai sensi dell'art. 13 del Regolamento UE 2016/679: il Titolare del trattamento è il Comune di Dolcedo.",
		"Informativa ex art. 13 GDPR: i dati personali sono trattati dal Comune.",
		"Tutela della privacy: il presente messaggio è riservato.",
		"NOTA DI RISERVATEZZA: il messaggio contiene informazioni riservate.",
		"CLAUSOLA DI RISERVATEZZA - Questo messaggio è riservato.",
		"--- AVVISO DI RISERVATEZZA ---",
		"Avvertenze ai sensi del D.Lgs. 196/2003",
		"Avvertenza: questo messaggio è riservato",
		"D.Lgs 196/2003. Le informazioni contenute in questo messaggio sono da considerarsi strettamente riservate.",
		"Reg. UE 2016/679 - Le informazioni contenute nel messaggio sono riservate.",
		"Ai sensi dell'art. 616 c.p. la violazione della corrispondenza è punita.",
		"Ai sensi e per gli effetti della Legge sulla tutela della riservatezza personale (Reg. UE 2016/679) questa mail è destinata unicamente alle persone sopra indicate.",
		"Ai fini della normativa sulla privacy si precisa che le informazioni sono riservate.",
		"Le informazioni trasmesse attraverso la presente comunicazione ed i suoi allegati sono dirette esclusivamente al destinatario.",
		"I dati contenuti in questa comunicazione sono trattati secondo il Regolamento UE 2016/679.",
		"I dati personali forniti saranno trattati nel rispetto del GDPR dal Comune di Dolcedo.",
		"Il Comune di Dolcedo tratta i dati personali ai sensi del Regolamento UE 2016/679.",
		"P Rispetta l'ambiente: se non ti è necessario, non stampare questa mail.",
		"🌱 Prima di stampare, pensa all'ambiente.",
		"Please consider the environment before printing this email.",
		"Pensa all'ambiente prima di stampare questo messaggio",
		"Save a tree, don't print this e-mail",
		"Salva un albero: non stampare questa email se non necessario.",
		"Risparmia carta: stampa solo se serve.",
		"Mail priva di virus. www.avast.com",
		"Mail priva di virus.<https://www.avast.com/sig-email>www.avast.com",
		"Senza virus.www.avast.com",
		"Questo messaggio è stato analizzato da Libra ESVA ed è risultato non infetto.",
		"This message was scanned by Libra ESVA and is believed to be clean.",
		"Il messaggio è stato controllato da un antivirus.",
		"Nessun virus nel messaggio in uscita.",
		"Nessun virus nel messaggio. Controllato da AVG",
		"This email has been checked for viruses by Avast antivirus software.",
		"This message contains confidential information and is intended only for the individual named.",
		"The contents of this email message and any attachments are intended solely for the addressee(s).",
		"If you are not the intended recipient of this message, please notify the sender.",
		"If you have received this email in error, please delete it.",
		"CONFIDENTIALITY NOTICE: this message is confidential.",
		"Diese E-Mail enthält vertrauliche Informationen.",
		"Der Inhalt dieser E-Mail ist vertraulich und ausschließlich für den Adressaten bestimmt.",
		"Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires.",
		"Ce courriel est confidentiel.",
		"[Comune di Dolcedo] Il presente messaggio è riservato al destinatario.",
		"Le dichiarazioni contenute nel presente messaggio nonché nei suoi eventuali allegati devono essere attribuite esclusivamente al mittente e non possono essere considerate come trasmesse o autorizzate dal Comune.",
		"Dona il 5x1000 al tuo Comune: C.F. 00123456789",
	} {
		for _, mailed := range []string{text + "\n\n" + note + "\n\n" + quote, text + "\n\n" + quote + "\n" + note + "\n"} {
			if got, _ := mail.Reply(mailed); got != text {
				t.Errorf("%q: %q", note, got)
			}
		}
	}
}

// What sounds like a note and was written.
func TestWhatSoundsLikeANoteStays(t *testing.T) {
	const quote = "Il giorno 11 mar 2027 alle 09:02 X <x@ente.example> ha scritto:\n> Ciao\n"
	for _, text := range []string{
		"Prego eliminare la mail precedente, contiene dati personali inviati per errore.",
		"cancellare il mio indirizzo di posta per la privacy",
		"gli allegati sono riservati, da non inoltrare ai comuni.",
		"il vostro messaggio è stato controllato dall'antispam e finito nella posta indesiderata.",
		"Elimino i dati personali dagli allegati e li rimando",
		"Inoltrate la mail anche al destinatario Luca Neri",
		"Inoltrerò la mail a tutti i destinatari del comune.",
		"- posta elettronica e phishing, con allegati verificati\n- privacy",
		"Trattamento dati personali e cancellazione nella posta elettronica",
		"Se non è questo l'ufficio destinatario, vi prego di inoltrare la richiesta.",
		"questa comunicazione non era rivolta a noi, cancellateci",
		"le informazioni riportate nel programma sono errate: fate comunicare la correzione",
		"Riservatezza. Per noi è il tema principale",
		"usiamo la carta. Stampare solo se serve: è il tema del corso che vorremmo",
		"Serve un corso su posta certificata, firma, allegati e privacy.",
		"La mail con gli allegati non è arrivata: il mittente risulta sconosciuto.",
		"L'allegato della mail è stato cancellato per errore.",
		"La mail sulla privacy l'ha cancellata per errore il collega.",
		"Il corso sul 5 per mille interessa anche a noi.",
		"Gestione della posta: protocollo, spam, virus.",
		"Ho ricevuto questa e-mail per errore: il destinatario giusto è Mario Rossi.",
		"Questo messaggio non era per me, avvisate la collega.",
		"Temi: GDPR, riservatezza, trattamento dei dati personali.",
		"Privacy e trasparenza, se possibile a maggio.",
		"Questa mail la giro al responsabile, grazie.",
		"Confermo la ricezione della presente comunicazione e inoltro ai colleghi.",
		"La presente per comunicare che il dipendente Rossi non potrà partecipare.",
		"Con la presente si comunica l'iscrizione di tre dipendenti.",
		"Si prega di cancellare l'iscrizione di Mario Rossi.",
		"A norma di regolamento interno serve il nulla osta del responsabile.",
		"Nota: arrivo alle 10.",
		"Nota di servizio: il 12 chiudiamo.",
		"Legge 241/1990 e accesso agli atti, grazie.",
		"Regolamento edilizio e SUE sono i temi che ci servono.",
		"Informativa privacy: vi serve qualcosa da parte mia?",
		"Il messaggio di ieri è arrivato due volte.",
		"Attenzione: il 25 è festa.",
		"Dichiarazione IMU e TARI.",
		"In questa comunicazione mancano gli orari, li inoltrate?",
	} {
		if got, _ := mail.Reply("Buongiorno,\n\n" + text + "\n\n" + quote); got != "Buongiorno,\n\n"+text {
			t.Errorf("above: %q", got)
		}
		if got, _ := mail.Reply(quote + "\n" + text); got != text {
			t.Errorf("below: %q became %q", text, got)
		}
	}
}

// Words that begin as an introduction does, directly above one.
func TestWordsAboveAnIntroductionStay(t *testing.T) {
	for _, text := range []string{"Il corso va bene", "In data da definire", "Le date vanno bene, mercoledì\nalle 9", "Lunedì ok\nmartedì no", "Am heutigen Tage"} {
		for _, intro := range []string{
			"Il giorno gio 11 mar 2027 alle ore 09:02 X <x@ente.example> ha scritto:", "Il 2027-03-11 09:02 X ha scritto:",
			"Il giorno gio 11 mar 2027 alle ore 09:02 ImperiaForma <\nx@ente.example> ha scritto:", "Am 11.03.2027 um 09:02 schrieb X:",
		} {
			if got, _ := mail.Reply(text + "\n" + intro + "\n> Ciao\n"); got != text {
				t.Errorf("%q above %q: %q", text, intro, got)
			}
		}
	}
}

// Numbers that number nothing.
func TestNumbersThatNumberNothing(t *testing.T) {
	const quote = "\n\nIl giorno gio 11 mar 2027 alle ore 09:02 X <x@ente.example> ha scritto:\n> C'è un posto per te.\n> 1. Sì\n> 2. No\n"
	for _, text := range []string{
		"n. 2 tecnici\nn. 3 operai", "8 a Imperia, 12 a Sanremo", "dalle 9 a 12, 14 e 30", "Vengo il 10 e il 12, poi il 15", "3 persone\n5 computer",
		"Siamo in 4: 1 tecnico, 2 operai, 1 amministrativo", "9-13 va bene\n14-18 no", "1 persona per ufficio", "Il 12.5 e il 13.5", "ore 9: arrivo, ore 10: corso",
		"art. 1, comma 2, e art. 3", "Tel. 0183 1234, int. 2", "1-3 aprile, 5-8 maggio", "Priorità: 1) appalti", "Come da accordi:\n12/3 mattina\n13/3 pomeriggio",
		"Piano 1, stanza 2; piano 2, stanza 4", "30 maggio: no\n31 maggio: sì", "Avrei tre domande:\n1. si paga?\n2. c'è il parcheggio?\n3. serve il pc?",
	} {
		if got, answers := mail.Reply(text + quote); answers != nil || got != text {
			t.Errorf("%q became %q %v", text, got, answers)
		}
	}
}
