import { type Language, spokenIn } from './index.js'

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
  byAddress: string
}

const languages: Readonly<Record<Language, CounterWords>> = {
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
    byAddress: 'depends on the address',
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
    byAddress: 'nach der Adresse',
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
    byAddress: 'حسب العنوان',
  },
  fr: {
    keptAddress: 'Vos adresses',
    anotherAddress: 'Une autre adresse',
    useAddress: 'Utiliser cette adresse',
    keepAddress: 'Garder cette adresse pour la prochaine fois',
    addressChosen: 'L’adresse est maintenant celle que vous avez choisie. Vérifiez-la une dernière fois, puis commandez.',
    billing: 'Adresse de facturation',
    billingSame: 'La facture est envoyée à la même adresse',
    useCredit: (balance) => `Payer avec mon avoir (${balance})`,
    leaveCredit: 'Ne pas utiliser l’avoir',
    creditGone: 'Une carte cadeau ou votre avoir a été utilisé ailleurs entre-temps. Rien n’a été débité. Vérifiez ce qu’il reste à payer.',
    giftCards: 'Payé par cartes cadeaux',
    storeCredit: 'Payé par avoir',
    leftToPay: 'Reste à payer',
    paidOtherwise: 'Le reste',
    nothingLeft: 'Il ne reste rien à payer.',
    byAddress: 'selon l’adresse',
  },
  ja: {
    keptAddress: '登録済みの住所',
    anotherAddress: '別の住所',
    useAddress: 'この住所を使う',
    keepAddress: '次回のためにこの住所を保存する',
    addressChosen: '選んだ住所に変更しました。もう一度ご確認のうえ、ご注文ください。',
    billing: '請求先住所',
    billingSame: '請求先は同じ住所です',
    useCredit: (balance) => `ストアクレジットで支払う(${balance})`,
    leaveCredit: 'ストアクレジットを使わない',
    creditGone:
      'ギフトカードまたはストアクレジットが、その間に別のところで使われました。請求は行われていません。残りの金額をご確認ください。',
    giftCards: 'ギフトカードでのお支払い',
    storeCredit: 'ストアクレジットでのお支払い',
    leftToPay: '残りのお支払い',
    paidOtherwise: '残額',
    nothingLeft: 'お支払いはもうありません。',
    byAddress: '住所により決まります',
  },
}

export function counterWordsOf(locale: string): CounterWords {
  return languages[spokenIn(locale)]
}
