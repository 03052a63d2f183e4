import type { MailWords } from './en.js'

export const de: MailWords = {
  stillToPay: (amount) => `Noch zu zahlen: ${amount}.`,
  payHere: 'Hier bezahlen',
  comesBack: (amount) => `Sie erhalten ${amount} zurück, auf dem Weg, auf dem Sie bezahlt haben.`,
  seeOrder: 'Ihre Bestellung ansehen',
  questions: (email) => `Fragen? Antworten Sie auf diese E-Mail, oder schreiben Sie an ${email}.`,

  confirmed: (order, shop) => `Ihre Bestellung ${order} bei ${shop}`,
  thanks: (name) => (name === '' ? 'Vielen Dank für Ihre Bestellung.' : `Vielen Dank für Ihre Bestellung, ${name}.`),
  from: (vendor, part) => `Von ${vendor} (${part})`,
  discount: 'Nachlass',
  tax: 'Umsatzsteuer',
  total: (amount) => `Summe ${amount}`,
  containedTax: (amount) => `darin Mehrwertsteuer ${amount}`,
  ofCredit: (amount) => `davon ${amount} mit Gutscheinen und Guthaben bezahlt`,
  parcels: 'Jede Werkstatt schickt ihr eigenes Paket.',
  payByHand: (amount, order) => `Betrag: ${amount}\nVerwendungszweck: ${order}`,

  sent: (vendor, order) => `${vendor} hat Ihr Paket verschickt (Bestellung ${order})`,
  onItsWay: (vendor) => `Unterwegs von ${vendor}:`,
  tracking: (numbers) => `Sendungsverfolgung: ${numbers}`,

  giftCards: (count, shop, order) => `${count === 1 ? 'Ihr Gutschein' : 'Ihre Gutscheine'} von ${shop} (Bestellung ${order})`,
  goodUntil: (day) => `gültig bis ${day}`,
  giftHint: 'Wer einen Code hat, kann damit an der Kasse bezahlen, in einem Einkauf oder mehreren. Bewahren Sie ihn auf wie Geld.',

  changed: (order, shop) => `Ihre Bestellung ${order} bei ${shop} wurde geändert`,
  changedLead: (order, shop) => `Ihre Bestellung ${order} bei ${shop} wurde geändert.`,
  added: 'Hinzugekommen',
  changedLines: 'Geändert',
  comesTo: (total) => `Sie kostet jetzt ${total}.`,
  proposed: (order, shop) => `Eine Änderung Ihrer Bestellung ${order} bei ${shop}`,
  proposedLead: (order, shop) =>
    `Wir möchten Ihre Bestellung ${order} bei ${shop} ändern. Es ändert sich nichts, bevor Sie zustimmen: Antworten Sie auf diese E-Mail, oder sagen Sie es uns.`,
  toBeAdded: 'Soll hinzukommen',
  toBeChanged: 'Soll sich ändern',
  wouldComeTo: (total) => `Sie würde dann ${total} kosten.`,
  wouldPay: (amount) => `Dann wären noch ${amount} zu zahlen.`,
  wouldComeBack: (amount) => `Sie bekämen ${amount} zurück, auf dem Weg, auf dem Sie bezahlt haben.`,

  exchange: (number, order, shop) => `Ihr Umtausch Nr. ${number} zur Bestellung ${order} bei ${shop}`,
  exchangeLead: (order, shop) => `Wir tauschen Waren Ihrer Bestellung ${order} bei ${shop} um.`,
  claim: (number, order, shop) => `Ihre Reklamation Nr. ${number} zur Bestellung ${order} bei ${shop}`,
  claimLead: (order, shop) => `Wir haben Ihre Reklamation zu Waren Ihrer Bestellung ${order} bei ${shop} aufgenommen.`,
  claimed: 'Reklamiert',
  weSend: 'Wir schicken Ihnen',

  returned: (number, order, shop) => `Ihre Rücksendung Nr. ${number} zur Bestellung ${order} bei ${shop}`,
  returnedLead: (order, shop) => `Sie schicken Waren Ihrer Bestellung ${order} bei ${shop} zurück.`,
  exchangeOff: (number, order, shop) => `Ihr Umtausch Nr. ${number} zur Bestellung ${order} bei ${shop} findet nicht statt`,
  claimOff: (number, order, shop) => `Ihre Reklamation Nr. ${number} zur Bestellung ${order} bei ${shop} wurde zurückgenommen`,
  swapOffLead: (order, shop) =>
    `Was zu Ihrer Bestellung ${order} bei ${shop} vereinbart war, findet nicht statt: Dafür wird nichts verschickt, und nichts wird zurückerwartet.`,
  returnOff: (number, order, shop) => `Ihre Rücksendung Nr. ${number} zur Bestellung ${order} bei ${shop} wurde abgesagt`,
  returnOffLead: (order, shop) => `Von Ihrer Bestellung ${order} bei ${shop} wird mit dieser Rücksendung nichts mehr zurückerwartet.`,
  offAnyway: 'Wenn schon etwas unterwegs ist, schreiben Sie bitte zuerst dem Shop.',
  sendBack: (number) => `Bitte schicken Sie zurück, mit der Nummer ${number} im Paket`,
  how: 'Wie',
  wayBack: (way, price) => (price === '' ? `${way}, kostenlos` : `${way}, ${price}, die von der Erstattung abgezogen werden`),
  whereTo: 'Wohin',
  addressFollows: (vendor) => `${vendor}: Die Adresse kommt in einer eigenen E-Mail.`,
  arrived: (number, order) => `Ihre Rücksendung Nr. ${number} ist angekommen (Bestellung ${order})`,
  arrivedLead: (order, shop) => `Waren Ihrer Bestellung ${order} bei ${shop} sind wieder bei uns.`,
  arrivedPieces: 'Angekommen',
  ofPieces: (came, sent, title) => `${came} von ${sent} × ${title}`,
  damagedPieces: 'Beschädigt angekommen',

  refunded: (amount, order) => `${amount} Ihrer Bestellung ${order} kommen zu Ihnen zurück`,
  refundedLead: (amount, order, shop) =>
    `Wir haben ${amount} Ihrer Bestellung ${order} bei ${shop} erstattet, auf dem Weg, auf dem Sie bezahlt haben. Es kann einige Tage dauern, bis Sie es sehen.`,

  toPay: (order, shop) => `Zu bezahlen: Ihre Bestellung ${order} bei ${shop}`,
  toPayLead: (order, shop) => `Das ist Ihre Bestellung ${order} bei ${shop}.`,
  ordered: 'Bestellt',

  paid: (order, shop) => `Ihre Zahlung für die Bestellung ${order} bei ${shop} ist da`,
  paidLead: (amount, order) => `Vielen Dank. Wir haben ${amount} für Ihre Bestellung ${order} erhalten.`,

  canceled: (order, shop) => `Die Bestellung ${order} bei ${shop} ist storniert`,
  canceledLead: (order, shop) => `Ihre Bestellung ${order} bei ${shop} ist storniert. Es wird nichts davon verschickt.`,
  canceledMoney: 'Was Sie bezahlt haben, geht auf demselben Weg zurück. Es kann einige Tage dauern, bis Sie es sehen.',
  canceledUnpaid: 'Es ist nichts dafür zu zahlen.',

  factorOn: (shop) => `Der zweite Schritt Ihrer Anmeldung bei ${shop} ist eingeschaltet`,
  factorOnLead: (email) => `Wer sich als ${email} anmeldet, braucht von jetzt an neben dem Passwort einen Code Ihrer Authenticator-App.`,
  factorOff: (shop) => `Ein zweiter Schritt Ihrer Anmeldung bei ${shop} wurde entfernt`,
  factorOffLead: (email) => `Eine Authenticator-App wurde vom Konto ${email} entfernt: Nach ihren Codes wird nicht mehr gefragt.`,
  factorNotYou: 'Wenn Sie das nicht waren, setzen Sie sofort ein neues Passwort, und sagen Sie es uns.',

  reset: (shop) => `Neues Passwort für ${shop}`,
  resetLead:
    'Jemand, wahrscheinlich Sie selbst, möchte für diese Adresse ein neues Passwort setzen. Das geht einmal, innerhalb von fünfzehn Minuten:',
  resetNotYou: 'Wenn Sie das nicht waren, hat sich nichts geändert, und Sie müssen nichts tun.',
  verify: (shop) => `Bestätigen Sie Ihre E-Mail-Adresse für ${shop}`,
  verifyLead: 'Bestätigen Sie innerhalb eines Tages, dass diese Adresse Ihre ist:',
  verifyNotYou: 'Wenn Sie hier kein Konto haben, müssen Sie nichts tun.',
  transfer: (order, shop) => `Jemand möchte Ihre Bestellung ${order} bei ${shop} übernehmen`,
  transferLead: (account, order) => `Das Konto ${account} möchte Ihre Bestellung ${order} übernehmen.`,
  transferWhat: (order) => `Hier übergeben Sie die Bestellung ${order}, oder behalten sie:`,
  transferNotYou: 'Wenn Sie dieses Konto nicht kennen, tun Sie nichts, oder lehnen Sie ab: Dann bleibt die Bestellung Ihre.',
}
