import { languageOf } from './index.js'

/** What the checkout says of kept addresses, bills and credit. */
interface CounterWords {
  keptAddress: string
  anotherAddress: string
  useAddress: string
  keepAddress: string
  addressChosen: string
  billing: string
  billingSame: string
  useCredit(balance: string): string
  leaveCredit: string
  creditGone: string
  giftCards: string
  storeCredit: string
  leftToPay: string
  paidOtherwise: string
  nothingLeft: string
}

const languages: Readonly<Record<string, CounterWords>> = {
  en: {
    keptAddress: 'Your addresses',
    anotherAddress: 'Another address',
    useAddress: 'Use this address',
    keepAddress: 'Keep this address for the next time',
    addressChosen: 'The address is now the one that you chose. Look at it once more, then place the order.',
    billing: 'Billing address',
    billingSame: 'The bill goes to the same address',
    useCredit: (balance) => `Pay with my store credit (${balance})`,
    leaveCredit: 'Do not use store credit',
    creditGone: 'A gift card or your store credit was used elsewhere meanwhile. Nothing was charged. Look at what is left to pay.',
    giftCards: 'Paid with gift cards',
    storeCredit: 'Paid with store credit',
    leftToPay: 'Left to pay',
    paidOtherwise: 'The rest',
    nothingLeft: 'Nothing is left to pay.',
  },
  de: {
    keptAddress: 'Ihre Adressen',
    anotherAddress: 'Eine andere Adresse',
    useAddress: 'Diese Adresse nehmen',
    keepAddress: 'Diese Adresse für das nächste Mal merken',
    addressChosen: 'Die Adresse ist jetzt die, die Sie gewählt haben. Prüfen Sie sie noch einmal, und bestellen Sie dann.',
    billing: 'Rechnungsadresse',
    billingSame: 'Die Rechnung geht an dieselbe Adresse',
    useCredit: (balance) => `Mit meinem Guthaben bezahlen (${balance})`,
    leaveCredit: 'Guthaben nicht verwenden',
    creditGone:
      'Ein Gutschein oder Ihr Guthaben wurde inzwischen anderswo verwendet. Es wurde nichts abgebucht. Prüfen Sie, was noch zu zahlen ist.',
    giftCards: 'Mit Gutscheinen bezahlt',
    storeCredit: 'Mit Guthaben bezahlt',
    leftToPay: 'Noch zu zahlen',
    paidOtherwise: 'Der Rest',
    nothingLeft: 'Es ist nichts mehr zu zahlen.',
  },
  ar: {
    keptAddress: 'عناوينك',
    anotherAddress: 'عنوان آخر',
    useAddress: 'استخدم هذا العنوان',
    keepAddress: 'احفظ هذا العنوان للمرة القادمة',
    addressChosen: 'أصبح العنوان هو الذي اخترته. راجعه مرة أخرى ثم أرسل الطلب.',
    billing: 'عنوان الفاتورة',
    billingSame: 'ترسل الفاتورة إلى العنوان نفسه',
    useCredit: (balance) => `ادفع من رصيدي (${balance})`,
    leaveCredit: 'لا تستخدم الرصيد',
    creditGone: 'استُخدمت بطاقة هدية أو رصيدك في مكان آخر في هذه الأثناء. لم يُخصم أي مبلغ. راجع المبلغ المتبقي.',
    giftCards: 'مدفوع ببطاقات الهدايا',
    storeCredit: 'مدفوع من الرصيد',
    leftToPay: 'المبلغ المتبقي',
    paidOtherwise: 'الباقي',
    nothingLeft: 'لم يبق شيء للدفع.',
  },
}

export function counterWordsOf(locale: string): CounterWords {
  return languages[languageOf(locale)] ?? (languages.en as CounterWords)
}
