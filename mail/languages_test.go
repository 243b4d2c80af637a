package mail_test

import (
	"testing"

	"regia/mail"
)

// A quote is known in languages that nobody here speaks: by its verb, or by who
// and when, and a colon.
func TestQuotesInOtherLanguages(t *testing.T) {
	const text = "Sì, per me va bene.\nA giovedì"
	for name, intro := range map[string]string{
		"pl1": "W dniu 2016-12-08 o 14:02, ImperiaForma <f@provincia.example> pisze:",
		"pl2": "W dniu czwartek, 8 grudnia 2016 ImperiaForma <f@provincia.example> napisał(a):",
		"pl3": "8 gru 2016 14:02 \"ImperiaForma\" <f@provincia.example> napisał(a):",
		"pl4": "Dnia 8 grudnia 2016 14:02 ImperiaForma <f@provincia.example> napisał(a):",
		"pl5": "czw., 8 gru 2016 o 14:02 ImperiaForma <f@provincia.example> napisał(a):",
		"pl6": "Wiadomość napisana przez ImperiaForma <f@provincia.example> w dniu 8 gru 2016, o godz. 14:02:",
		"nl1": "Op 8 december 2016 om 14:02 schreef ImperiaForma <f@provincia.example>:",
		"nl2": "Op do 8 dec. 2016 om 14:02 schreef ImperiaForma <f@provincia.example>:",
		"nl3": "Op 8 dec. 2016, om 14:02 heeft ImperiaForma <f@provincia.example> het volgende geschreven:",
		"es1": "El 8 de diciembre de 2016, 14:02, ImperiaForma <f@provincia.example> escribió:",
		"es2": "El jue., 8 dic. 2016 a las 14:02, ImperiaForma (<f@provincia.example>) escribió:",
		"es3": "El 08/12/2016 a las 14:02, ImperiaForma escribió:",
		"pt1": "Em 8 de dezembro de 2016 14:02, ImperiaForma <f@provincia.example> escreveu:",
		"pt2": "Em qui., 8 de dez. de 2016 às 14:02, ImperiaForma <f@provincia.example> escreveu:",
		"pt3": "No dia 8 de dezembro de 2016 às 14:02, ImperiaForma <f@provincia.example> escreveu:",
		"da":  "Den tor. 8. dec. 2016 kl. 14.02 skrev ImperiaForma <f@provincia.example>:",
		"sv":  "Den tors 8 dec. 2016 kl 14:02 skrev ImperiaForma <f@provincia.example>:",
		"sv2": "8 dec 2016 kl. 14:02 skrev ImperiaForma <f@provincia.example>:",
		"no":  "tor. 8. des. 2016 kl. 14:02 skrev ImperiaForma <f@provincia.example>:",
		"no2": "På 8. desember 2016 skrev ImperiaForma <f@provincia.example>:",
		"fi1": "pe 2. jouluk. 2016 klo 14.02 ImperiaForma (f@provincia.example) kirjoitti:",
		"fi2": "ImperiaForma <f@provincia.example> kirjoitti 8.12.2016 kello 14.02:",
		"hu1": "2016. december 8. 14:02 ImperiaForma <f@provincia.example> írta:",
		"hu2": "ImperiaForma <f@provincia.example> ezt írta (időpont: 2016. dec. 8., Cs, 14:02):",
		"hu3": "2016-12-08 14:02 keltezéssel, ImperiaForma írta:",
		"cs1": "Dne 8. prosince 2016 14:02 ImperiaForma <f@provincia.example> napsal(a):",
		"cs2": "čt 8. 12. 2016 v 14:02 odesílatel ImperiaForma <f@provincia.example> napsal:",
		"sk":  "Dňa 8. decembra 2016 14:02 ImperiaForma <f@provincia.example> napísal(a):",
		"ro":  "Pe 8 decembrie 2016, 14:02, ImperiaForma <f@provincia.example> a scris:",
		"ro2": "În joi, 8 dec. 2016 la 14:02, ImperiaForma <f@provincia.example> a scris:",
		"tr":  "8 Aralık 2016 14:02 tarihinde ImperiaForma <f@provincia.example> yazdı:",
		"ru1": "8 декабря 2016 г., 14:02 пользователь ImperiaForma <f@provincia.example> написал:",
		"ru2": "чт, 8 дек. 2016 г. в 14:02, ImperiaForma <f@provincia.example>:",
		"ru3": "08.12.2016, 14:02, \"ImperiaForma\" <f@provincia.example>:",
		"uk":  "8 грудня 2016 р. 14:02 ImperiaForma <f@provincia.example> пише:",
		"bg":  "На 8 декември 2016 г., 14:02, ImperiaForma <f@provincia.example> написа:",
		"hr":  "Dana 8. prosinca 2016. u 14:02 ImperiaForma <f@provincia.example> je napisao/la:",
		"sl":  "V čet., 8. dec. 2016 ob 14:02 je oseba ImperiaForma <f@provincia.example> napisala:",
		"el":  "Στις 8 Δεκεμβρίου 2016, 14:02, ο χρήστης ImperiaForma <f@provincia.example> έγραψε:",
		"lt":  "2016 m. gruodžio 8 d. 14:02 ImperiaForma <f@provincia.example> rašė:",
		"et":  "8. detsember 2016 14:02 kirjutas ImperiaForma <f@provincia.example>:",
		"zh1": "在 2016年12月8日 14:02，ImperiaForma <f@provincia.example> 写道：",
		"zh2": "ImperiaForma <f@provincia.example> 於 2016年12月8日 週四 下午2:02寫道：",
		"zh3": "2016-12-08 14:02 GMT+08:00 ImperiaForma <f@provincia.example>:",
		"ja1": "2016年12月8日(木) 14:02 ImperiaForma <f@provincia.example>:",
		"ja2": "2016/12/08 14:02、ImperiaForma <f@provincia.example>のメール:",
		"ko1": "2016년 12월 8일 (목) 오후 2:02, ImperiaForma <f@provincia.example>님이 작성:",
		"ko2": "2016. 12. 8. 오후 2:02, ImperiaForma <f@provincia.example> 작성:",
		"vi":  "Vào 14:02, Th 5, 8 thg 12, 2016 ImperiaForma <f@provincia.example> đã viết:",
		"id":  "Pada tanggal Kam, 8 Des 2016 pukul 14.02 ImperiaForma <f@provincia.example> menulis:",
		"ar":  "في الخميس، 8 ديسمبر 2016 14:02 كتب ImperiaForma <f@provincia.example>:",
		"he":  "בתאריך יום ה׳, 8 בדצמ׳ 2016 ב-14:02 מאת ImperiaForma <f@provincia.example>:",
		"ca":  "El dj., 8 de des. 2016, 14:02, ImperiaForma <f@provincia.example> va escriure:",
		"th":  "ในวันที่ 8 ธันวาคม 2016 14:02 ImperiaForma <f@provincia.example> เขียนว่า:",
		"en0": "On Thu, Dec 8, 2016 at 2:02 PM, ImperiaForma <f@provincia.example> wrote:",
		"en1": "2016-12-08 14:02 GMT+01:00 ImperiaForma <f@provincia.example>:",
		"en3": "On 8 December 2016 at 14:02, ImperiaForma <\nf@provincia.example> wrote:",
		"de9": "ImperiaForma <f@provincia.example> schrieb am Do., 8. Dez. 2016, 14:02:",
		"fr9": "2016-12-08 14:02 GMT+01:00 ImperiaForma <f@provincia.example> :",
	} {
		for _, tail := range []string{"\n> Ciao\n> come va?\n", "\n\nCiao\ncome va?\n"} {
			if got, _ := mail.Reply(text + "\n\n" + intro + tail); got != text {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
	for name, block := range map[string]string{
		"pl":         "Od: ImperiaForma\nWysłano: czwartek, 8 grudnia 2016 14:02\nDo: Anna\nTemat: Prova",
		"es":         "De: ImperiaForma\nEnviado el: jueves, 8 de diciembre de 2016 14:02\nPara: Anna\nAsunto: Prova",
		"nl":         "Van: ImperiaForma\nVerzonden: donderdag 8 december 2016 14:02\nAan: Anna\nOnderwerp: Prova",
		"pt":         "De: ImperiaForma\nEnviada em: quinta-feira, 8 de dezembro de 2016 14:02\nPara: Anna\nAssunto: Prova",
		"sv":         "Från: ImperiaForma\nSkickat: den 8 december 2016 14:02\nTill: Anna\nÄmne: Prova",
		"da":         "Fra: ImperiaForma\nSendt: 8. december 2016 14:02\nTil: Anna\nEmne: Prova",
		"fi":         "Lähettäjä: ImperiaForma\nLähetetty: 8. joulukuuta 2016 14:02\nVastaanottaja: Anna\nAihe: Prova",
		"cs":         "Od: ImperiaForma\nOdesláno: 8. prosince 2016 14:02\nKomu: Anna\nPředmět: Prova",
		"hu":         "Feladó: ImperiaForma\nElküldve: 2016. december 8. 14:02\nCímzett: Anna\nTárgy: Prova",
		"ro":         "De la: ImperiaForma\nTrimis: joi, 8 decembrie 2016 14:02\nCătre: Anna\nSubiect: Prova",
		"ru":         "От: ImperiaForma\nОтправлено: 8 декабря 2016 г. 14:02\nКому: Anna\nТема: Prova",
		"zh":         "发件人: ImperiaForma\n发送时间: 2016年12月8日 14:02\n收件人: Anna\n主题: Prova",
		"tr":         "Kimden: ImperiaForma\nGönderildi: 8 Aralık 2016 14:02\nKime: Anna\nKonu: Prova",
		"dash-pl":    "----- Wiadomość oryginalna -----",
		"dash-es":    "-----Mensaje original-----",
		"dash-nl":    "-----Oorspronkelijk bericht-----",
		"dash-pt":    "-----Mensagem original-----",
		"dash-sv":    "-----Ursprungligt meddelande-----",
		"dash-da":    "-----Oprindelig meddelelse-----",
		"dash-cs":    "-----Původní zpráva-----",
		"dash-hu":    "-----Eredeti üzenet-----",
		"dash-fi":    "-----Alkuperäinen viesti-----",
		"dash-no":    "-----Opprinnelig melding-----",
		"dash-ru":    "-----Исходное сообщение-----",
		"dash-reply": "-----Reply message-----",
		"dash-fr":    "-----Message d'origine-----",
	} {
		if got, _ := mail.Reply(text + "\n\n" + block + "\n\nCiao\ncome va?\n"); got != text {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, foot := range []string{
		"Wysłane z iPhone'a", "Sendt fra min iPhone", "Skickat från min iPhone", "Verstuurd vanaf mijn iPhone", "Enviado desde mi iPhone", "Enviado do meu iPhone",
		"Отправлено с iPhone", "Lähetetty iPhonesta", "Odesláno z iPhonu", "Trimis de pe iPhone", "Poslano z mojega iPhone", "Küldve iPhone-ról",
	} {
		if got, _ := mail.Reply(text + "\n\n" + foot + "\n"); got != text {
			t.Errorf("%q: %q", foot, got)
		}
	}
}
