import { type Language, spokenIn } from './index.js'

/** What pages say of an order that is still to be paid, in whole or in part. */
interface OrderPayingWords {
  title(number: string): string
  toPay(amount: string): string
  why: string
  pay: string
  button(amount: string): string
  amountChanged(amount: string): string
  noted: string
  paid: string
  onItsWay: string
  back: string
  howToPay: string
  amount: string
  reference: string
}

const languages: Readonly<Record<Language, OrderPayingWords>> = {
  en: {
    title: (number) => `Pay for order ${number}`,
    toPay: (amount) => `Still to be paid: ${amount}`,
    why: 'This is what of your order is not paid yet.',
    pay: 'Pay now',
    button: (amount) => `Pay ${amount}`,
    amountChanged: (amount) => `What is to be paid has changed to ${amount}. Nothing was charged. Look at your order, then pay.`,
    noted: 'Thank you. We have noted how you pay.',
    paid: 'Thank you. Your payment has arrived.',
    onItsWay: 'Your payment is on its way. Do not pay again: this page shows it when it has arrived.',
    back: 'Back to the order',
    howToPay: 'How to pay',
    amount: 'Amount',
    reference: 'Reference',
  },
  de: {
    title: (number) => `Bestellung ${number} bezahlen`,
    toPay: (amount) => `Noch zu bezahlen: ${amount}`,
    why: 'So viel von Ihrer Bestellung ist noch nicht bezahlt.',
    pay: 'Jetzt bezahlen',
    button: (amount) => `${amount} bezahlen`,
    amountChanged: (amount) =>
      `Zu bezahlen sind jetzt ${amount}. Es wurde nichts abgebucht. Sehen Sie sich Ihre Bestellung an, und bezahlen Sie dann.`,
    noted: 'Vielen Dank. Wir haben notiert, wie Sie bezahlen.',
    paid: 'Vielen Dank. Ihre Zahlung ist eingegangen.',
    onItsWay: 'Ihre Zahlung ist unterwegs. Bezahlen Sie nicht noch einmal: Diese Seite zeigt es, wenn sie eingegangen ist.',
    back: 'Zurück zur Bestellung',
    howToPay: 'So bezahlen Sie',
    amount: 'Betrag',
    reference: 'Verwendungszweck',
  },
  ar: {
    title: (number) => `دفع الطلب ${number}`,
    toPay: (amount) => `المبلغ المتبقي: ${amount}`,
    why: 'هذا ما لم يُدفع بعد من طلبك.',
    pay: 'ادفع الآن',
    button: (amount) => `ادفع ${amount}`,
    amountChanged: (amount) => `تغيّر المبلغ المطلوب إلى ${amount}. لم يُخصم أي مبلغ. راجع طلبك ثم ادفع.`,
    noted: 'شكرًا لك. سجّلنا طريقة دفعك.',
    paid: 'شكرًا لك. وصلت دفعتك.',
    onItsWay: 'دفعتك في الطريق. لا تدفع مرة أخرى: تظهر في هذه الصفحة عند وصولها.',
    back: 'العودة إلى الطلب',
    howToPay: 'طريقة الدفع',
    amount: 'المبلغ',
    reference: 'مرجع الدفع',
  },
  fr: {
    title: (number) => `Payer la commande ${number}`,
    toPay: (amount) => `Reste à payer : ${amount}`,
    why: 'Voici ce qui n’est pas encore payé de votre commande.',
    pay: 'Payer maintenant',
    button: (amount) => `Payer ${amount}`,
    amountChanged: (amount) => `Le montant à payer est désormais de ${amount}. Rien n’a été débité. Regardez votre commande, puis payez.`,
    noted: 'Merci. Nous avons noté comment vous payez.',
    paid: 'Merci. Votre paiement est arrivé.',
    onItsWay: 'Votre paiement est en route. Ne payez pas une seconde fois : cette page le montrera à son arrivée.',
    back: 'Retour à la commande',
    howToPay: 'Comment payer',
    amount: 'Montant',
    reference: 'Référence',
  },
  ja: {
    title: (number) => `ご注文 ${number} のお支払い`,
    toPay: (amount) => `お支払い残額：${amount}`,
    why: 'ご注文のうち、まだお支払いいただいていない金額です。',
    pay: '今すぐ支払う',
    button: (amount) => `${amount} を支払う`,
    amountChanged: (amount) => `お支払い額が ${amount} に変わりました。請求はされていません。ご注文を確認してからお支払いください。`,
    noted: 'ありがとうございます。お支払い方法を承りました。',
    paid: 'ありがとうございます。お支払いを確認しました。',
    onItsWay: 'お支払いを処理しています。もう一度支払わないでください。確認でき次第、このページに表示されます。',
    back: 'ご注文に戻る',
    howToPay: 'お支払い方法',
    amount: '金額',
    reference: '参照番号',
  },
}

export function orderPayingWordsOf(locale: string): OrderPayingWords {
  return languages[spokenIn(locale)]
}
