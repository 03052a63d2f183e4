import { languageOf } from './index.js'

/** What the checkout says of paying. */
interface PayingWords {
  card: string
  cardText: string
  cardFields: string
  cardNeedsScript: string
  cardNotLoaded: string
  cardLoading: string
  cardRefused: string
  cardUnavailable: string
  working: string
  cartChanged: string
  outcomeUnknown: string
  outcomeUnknownTitle: string
  lookAgain: string
  button(total: string): string
}

const languages: Readonly<Record<string, PayingWords>> = {
  en: {
    card: 'Card',
    cardText: 'Credit or debit card. What you type goes to Stripe, and not to us.',
    cardFields: 'Card details',
    cardNeedsScript: 'Paying with a card needs JavaScript, which is switched off in this browser. Switch it on, or choose another way.',
    cardNotLoaded: 'The card fields could not be loaded. Nothing was charged. Choose another way to pay, or reload the page.',
    cardLoading: 'The card fields are loading.',
    cardRefused: 'The card was not accepted, or your bank did not confirm it. Nothing was charged. Try again, or take another card.',
    cardUnavailable: 'Cards cannot be taken at the moment. Nothing was charged. Choose another way to pay, or try again.',
    working: 'Paying. Please wait.',
    cartChanged: 'Your cart has changed while you were paying. Nothing was charged. Look at the total, then pay once more.',
    outcomeUnknown:
      'Your bank has not answered yet. Do not pay again: the order is placed when it answers, and the confirmation comes by e-mail.',
    outcomeUnknownTitle: 'Your payment is on its way',
    lookAgain: 'Look again',
    button: (total) => `Order and pay ${total}`,
  },
  de: {
    card: 'Karte',
    cardText: 'Kredit- oder Debitkarte. Was Sie eingeben, geht an Stripe und nicht an uns.',
    cardFields: 'Angaben zur Karte',
    cardNeedsScript:
      'Für die Zahlung mit Karte wird JavaScript gebraucht, das in diesem Browser ausgeschaltet ist. Schalten Sie es ein, oder wählen Sie eine andere Zahlungsart.',
    cardNotLoaded:
      'Die Felder für die Karte konnten nicht geladen werden. Es wurde nichts abgebucht. Wählen Sie eine andere Zahlungsart, oder laden Sie die Seite neu.',
    cardLoading: 'Die Felder für die Karte werden geladen.',
    cardRefused:
      'Die Karte wurde nicht angenommen oder von Ihrer Bank nicht bestätigt. Es wurde nichts abgebucht. Versuchen Sie es noch einmal, oder nehmen Sie eine andere Karte.',
    cardUnavailable:
      'Zahlungen mit Karte sind gerade nicht möglich. Es wurde nichts abgebucht. Wählen Sie eine andere Zahlungsart, oder versuchen Sie es noch einmal.',
    working: 'Die Zahlung läuft. Bitte warten Sie.',
    cartChanged:
      'Ihr Warenkorb hat sich während der Zahlung geändert. Es wurde nichts abgebucht. Prüfen Sie die Summe, und bezahlen Sie dann noch einmal.',
    outcomeUnknown:
      'Ihre Bank hat noch nicht geantwortet. Bezahlen Sie nicht noch einmal: Die Bestellung wird aufgegeben, sobald sie antwortet, und die Bestätigung kommt per E-Mail.',
    outcomeUnknownTitle: 'Ihre Zahlung ist unterwegs',
    lookAgain: 'Noch einmal nachsehen',
    button: (total) => `Zahlungspflichtig bestellen: ${total}`,
  },
  ar: {
    card: 'بطاقة',
    cardText: 'بطاقة ائتمان أو خصم. ما تكتبه يصل إلى Stripe ولا يصل إلينا.',
    cardFields: 'بيانات البطاقة',
    cardNeedsScript: 'الدفع بالبطاقة يحتاج إلى JavaScript، وهو متوقف في هذا المتصفح. شغّله أو اختر طريقة أخرى للدفع.',
    cardNotLoaded: 'تعذّر تحميل حقول البطاقة. لم يُخصم أي مبلغ. اختر طريقة أخرى للدفع أو أعد تحميل الصفحة.',
    cardLoading: 'يجري تحميل حقول البطاقة.',
    cardRefused: 'لم تُقبل البطاقة أو لم يؤكدها مصرفك. لم يُخصم أي مبلغ. حاول مرة أخرى أو استخدم بطاقة أخرى.',
    cardUnavailable: 'لا يمكن قبول البطاقات حاليًا. لم يُخصم أي مبلغ. اختر طريقة أخرى للدفع أو حاول مرة أخرى.',
    working: 'يجري الدفع. يرجى الانتظار.',
    cartChanged: 'تغيّرت سلتك أثناء الدفع. لم يُخصم أي مبلغ. راجع المجموع ثم ادفع مرة أخرى.',
    outcomeUnknown: 'لم يجب مصرفك بعد. لا تدفع مرة أخرى: يُسجَّل الطلب عندما يجيب، ويصلك التأكيد بالبريد الإلكتروني.',
    outcomeUnknownTitle: 'دفعتك في الطريق',
    lookAgain: 'تحقق مرة أخرى',
    button: (total) => `اطلب وادفع ${total}`,
  },
}

export function payingWordsOf(locale: string): PayingWords {
  return languages[languageOf(locale)] ?? (languages.en as PayingWords)
}
