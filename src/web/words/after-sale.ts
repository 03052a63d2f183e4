import { type Language, spokenIn } from './index.js'

/** What pages say of what comes back of an order: goods and money. */
interface AfterSaleWords {
  writeTo: string
  returns: string
  returnNumber(number: number): string
  /** How far a return is; `day` is when that was. */
  asked(day: string): string
  partlyReceived: string
  received(day: string): string
  returnCanceled: string
  returnedMoney(amount: string): string
  /** What of a line came back, of how many that were sent. */
  pieces(came: number, sent: number): string
  /** How many pieces of a line came back: the line's price is of the others. */
  cameBack(pieces: number): string
  returnTo(vendor: string): string
  /** Before the numbers of so many parcels. */
  tracking(parcels: number): string
  /** `price` is '' where it costs nothing. */
  wayBack(way: string, price: string): string
  /** Before an address. */
  sendTo: string
  addressFollows(vendor: string): string
  paid: string
  refunded: string
  asCredit: string
  /** What an order became cheaper by after its sale. */
  takenOff: string
  canceledMoney: string
}

const languages: Readonly<Record<Language, AfterSaleWords>> = {
  en: {
    writeTo: 'Write to us',
    returns: 'Returns',
    returnNumber: (number) => `Return ${number}`,
    asked: (day) => `Asked for on ${day}. Send it with the number of the return in the parcel.`,
    partlyReceived: 'A part of it has arrived.',
    received: (day) => `Arrived on ${day}.`,
    returnCanceled: 'This return was canceled.',
    returnedMoney: (amount) => `${amount} were given back for it.`,
    pieces: (came, sent) => `${came} of ${sent} arrived`,
    cameBack: (pieces) => `Sent back: ${pieces}`,
    returnTo: (vendor) => `Back to ${vendor}`,
    tracking: (parcels) => (parcels === 1 ? 'Tracking number:' : 'Tracking numbers:'),
    wayBack: (way, price) => (price === '' ? `${way}: free of charge.` : `${way}: ${price}, which is kept from what you get back.`),
    sendTo: 'Send it to:',
    addressFollows: (vendor) => `${vendor} writes to you where to send it.`,
    paid: 'Paid',
    refunded: 'Refunded',
    asCredit: 'Given back as credit',
    takenOff: 'Credited',
    canceledMoney: 'This order was canceled. What was paid for it goes back the way it came.',
  },
  de: {
    writeTo: 'Schreiben Sie uns',
    returns: 'Rücksendungen',
    returnNumber: (number) => `Rücksendung ${number}`,
    asked: (day) => `Angemeldet am ${day}. Legen Sie die Nummer der Rücksendung ins Paket.`,
    partlyReceived: 'Ein Teil davon ist angekommen.',
    received: (day) => `Angekommen am ${day}.`,
    returnCanceled: 'Diese Rücksendung wurde storniert.',
    returnedMoney: (amount) => `Dafür wurden ${amount} erstattet.`,
    pieces: (came, sent) => `${came} von ${sent} angekommen`,
    cameBack: (pieces) => `Zurückgeschickt: ${pieces}`,
    returnTo: (vendor) => `Zurück an ${vendor}`,
    tracking: (parcels) => (parcels === 1 ? 'Sendungsnummer:' : 'Sendungsnummern:'),
    wayBack: (way, price) => (price === '' ? `${way}: kostenlos.` : `${way}: ${price}, die von der Erstattung abgezogen werden.`),
    sendTo: 'Schicken Sie es an:',
    addressFollows: (vendor) => `${vendor} schreibt Ihnen, wohin es gehen soll.`,
    paid: 'Bezahlt',
    refunded: 'Erstattet',
    asCredit: 'Als Guthaben erstattet',
    takenOff: 'Gutschrift',
    canceledMoney: 'Diese Bestellung wurde storniert. Was dafür bezahlt wurde, geht auf demselben Weg zurück.',
  },
  ar: {
    writeTo: 'اكتب إلينا',
    returns: 'المرتجعات',
    returnNumber: (number) => `الإرجاع ${number}`,
    asked: (day) => `طُلب في ${day}. ضع رقم الإرجاع داخل الطرد.`,
    partlyReceived: 'وصل جزء منه.',
    received: (day) => `وصل في ${day}.`,
    returnCanceled: 'أُلغي هذا الإرجاع.',
    returnedMoney: (amount) => `رُدّ مقابله ${amount}.`,
    pieces: (came, sent) => `وصل ${came} من ${sent}`,
    cameBack: (pieces) => `المُعاد: ${pieces}`,
    returnTo: (vendor) => `إرجاع إلى ${vendor}`,
    tracking: (parcels) => (parcels === 1 ? 'رقم التتبع:' : 'أرقام التتبع:'),
    wayBack: (way, price) => (price === '' ? `${way}: مجانًا.` : `${way}: ${price}، تُخصم مما يُرد إليك.`),
    sendTo: 'أرسله إلى:',
    addressFollows: (vendor) => `يكتب إليك ${vendor} إلى أين ترسله.`,
    paid: 'المدفوع',
    refunded: 'المردود',
    asCredit: 'رُدّ رصيدًا',
    takenOff: 'مخصوم بعد الشراء',
    canceledMoney: 'أُلغي هذا الطلب، ويُرد ما دُفع بالطريقة نفسها.',
  },
  fr: {
    writeTo: 'Écrivez-nous',
    returns: 'Retours',
    returnNumber: (number) => `Retour ${number}`,
    asked: (day) => `Demandé le ${day}. Indiquez le numéro du retour dans le colis.`,
    partlyReceived: 'Une partie est arrivée.',
    received: (day) => `Arrivé le ${day}.`,
    returnCanceled: 'Ce retour a été annulé.',
    returnedMoney: (amount) => `${amount} ont été remboursés.`,
    pieces: (came, sent) => `${came} sur ${sent} arrivés`,
    cameBack: (pieces) => `Retourné : ${pieces}`,
    returnTo: (vendor) => `Retour à ${vendor}`,
    tracking: (parcels) => (parcels === 1 ? 'Numéro de suivi :' : 'Numéros de suivi :'),
    wayBack: (way, price) => (price === '' ? `${way} : gratuit.` : `${way} : ${price}, retenus sur le remboursement.`),
    sendTo: 'Envoyez-le à :',
    addressFollows: (vendor) => `${vendor} vous écrit où l’envoyer.`,
    paid: 'Payé',
    refunded: 'Remboursé',
    asCredit: 'Rendu en avoir',
    takenOff: 'Déduit après l’achat',
    canceledMoney: 'Cette commande a été annulée. Ce qui a été payé est rendu par le même moyen.',
  },
  ja: {
    writeTo: 'お問い合わせ',
    returns: '返品',
    returnNumber: (number) => `返品 ${number}`,
    asked: (day) => `${day}に受け付けました。返品番号を書いた紙を荷物に入れてお送りください。`,
    partlyReceived: '一部が到着しました。',
    received: (day) => `${day}に到着しました。`,
    returnCanceled: 'この返品は取り消されました。',
    returnedMoney: (amount) => `${amount} を返金しました。`,
    pieces: (came, sent) => `${sent}点中${came}点が到着`,
    cameBack: (pieces) => `返品済み：${pieces}点`,
    returnTo: (vendor) => `${vendor}への返品`,
    tracking: () => '追跡番号：',
    wayBack: (way, price) => (price === '' ? `${way}：無料` : `${way}：${price}（返金額から差し引かれます）`),
    sendTo: '送り先：',
    addressFollows: (vendor) => `送り先は${vendor}からお知らせします。`,
    paid: 'お支払い済み',
    refunded: '返金',
    asCredit: 'ストアクレジットで返金',
    takenOff: 'ご購入後の値引き',
    canceledMoney: 'このご注文は取り消されました。お支払いいただいた金額は、同じ方法で返金されます。',
  },
}

export function afterSaleWordsOf(locale: string): AfterSaleWords {
  return languages[spokenIn(locale)]
}
