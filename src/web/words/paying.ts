import { type Language, spokenIn } from './index.js'

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

const languages: Readonly<Record<Language, PayingWords>> = {
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
  fr: {
    card: 'Carte',
    cardText: 'Carte de crédit ou de débit. Ce que vous saisissez va à Stripe, et pas à nous.',
    cardFields: 'Carte bancaire',
    cardNeedsScript: 'Le paiement par carte demande JavaScript, désactivé dans ce navigateur. Activez-le, ou choisissez un autre moyen.',
    cardNotLoaded:
      'Les champs de la carte n’ont pas pu être chargés. Rien n’a été débité. Choisissez un autre moyen, ou rechargez la page.',
    cardLoading: 'Les champs de la carte se chargent.',
    cardRefused:
      'La carte n’a pas été acceptée, ou votre banque n’a pas confirmé. Rien n’a été débité. Réessayez, ou prenez une autre carte.',
    cardUnavailable: 'Le paiement par carte est indisponible pour le moment. Rien n’a été débité. Choisissez un autre moyen, ou réessayez.',
    working: 'Paiement en cours. Veuillez patienter.',
    cartChanged: 'Votre panier a changé pendant le paiement. Rien n’a été débité. Vérifiez le total, puis payez de nouveau.',
    outcomeUnknown:
      'Votre banque n’a pas encore répondu. Ne payez pas de nouveau : la commande est passée dès qu’elle répond, et la confirmation arrive par courriel.',
    outcomeUnknownTitle: 'Votre paiement est en route',
    lookAgain: 'Vérifier de nouveau',
    button: (total) => `Commander et payer ${total}`,
  },
  ja: {
    card: 'カード',
    cardText: 'クレジットカードまたはデビットカード。入力内容はStripeに送られ、当店には届きません。',
    cardFields: 'カード情報',
    cardNeedsScript: 'カード払いにはJavaScriptが必要ですが、このブラウザーでは無効です。有効にするか、別の方法をお選びください。',
    cardNotLoaded: 'カードの入力欄を読み込めませんでした。請求はされていません。別の方法を選ぶか、ページを再読み込みしてください。',
    cardLoading: 'カードの入力欄を読み込んでいます。',
    cardRefused:
      'カードが承認されなかったか、銀行の確認が取れませんでした。請求はされていません。もう一度お試しいただくか、別のカードをお使いください。',
    cardUnavailable: 'ただいまカードをご利用いただけません。請求はされていません。別の方法を選ぶか、もう一度お試しください。',
    working: 'お支払い中です。お待ちください。',
    cartChanged: 'お支払いの間にカートの内容が変わりました。請求はされていません。合計をご確認のうえ、もう一度お支払いください。',
    outcomeUnknown:
      '銀行からの回答を待っています。もう一度お支払いにならないでください。回答があり次第ご注文が確定し、確認メールが届きます。',
    outcomeUnknownTitle: 'お支払いを確認しています',
    lookAgain: 'もう一度確認する',
    button: (total) => `${total}を支払って注文を確定する`,
  },
}

export function payingWordsOf(locale: string): PayingWords {
  return languages[spokenIn(locale)]
}
