import type { MailWords } from './en.js'

export const ja: MailWords = {
  stillToPay: (amount) => `お支払い残額：${amount}`,
  payHere: 'お支払いはこちら',
  comesBack: (amount) => `${amount} を、お支払いと同じ方法で返金いたします。`,
  seeOrder: 'ご注文を見る',
  questions: (email) => `ご質問は、このメールに返信いただくか、${email} までお寄せください。`,

  confirmed: (order, shop) => `${shop} ご注文 ${order}`,
  thanks: (name) => (name === '' ? 'ご注文ありがとうございます。' : `${name} 様、ご注文ありがとうございます。`),
  from: (vendor, part) => `${vendor}から（${part}）`,
  discount: '割引',
  tax: '税',
  total: (amount) => `合計 ${amount}`,
  containedTax: (amount) => `うち消費税 ${amount}`,
  ofCredit: (amount) => `うち ${amount} はギフトカードとストアクレジットでお支払い済み`,
  parcels: '荷物はそれぞれの作り手からお届けします。',

  sent: (vendor, order) => `${vendor}が荷物を発送しました（ご注文 ${order}）`,
  onItsWay: (vendor) => `${vendor}から発送した商品：`,
  tracking: (numbers) => `追跡番号：${numbers}`,

  giftCards: (_count, shop, order) => `${shop} ギフトカード（ご注文 ${order}）`,
  goodUntil: (day) => `有効期限 ${day}`,
  giftHint: 'コードをお持ちの方は、一度または数回に分けてお支払いに使えます。現金と同じように大切に保管してください。',

  changed: (order, shop) => `${shop} ご注文 ${order} の内容が変わりました`,
  changedLead: (order, shop) => `${shop}のご注文 ${order} の内容が変わりました。`,
  added: '追加',
  changedLines: '変更',
  comesTo: (total) => `合計は ${total} です。`,
  proposed: (order, shop) => `${shop} ご注文 ${order} の変更のご提案`,
  proposedLead: (order, shop) =>
    `${shop}のご注文 ${order} の変更をご提案いたします。ご同意いただくまで何も変わりません。このメールに返信するか、ご連絡ください。`,
  toBeAdded: '追加するもの',
  toBeChanged: '変更するもの',
  wouldComeTo: (total) => `合計は ${total} になります。`,
  wouldPay: (amount) => `その場合、${amount} のお支払いが必要です。`,
  wouldComeBack: (amount) => `その場合、${amount} をお支払いと同じ方法で返金いたします。`,

  exchange: (number, order, shop) => `${shop} ご注文 ${order} の交換 #${number}`,
  exchangeLead: (order, shop) => `${shop}のご注文 ${order} の商品を交換いたします。`,
  claim: (number, order, shop) => `${shop} ご注文 ${order} のお申し出 #${number}`,
  claimLead: (order, shop) => `${shop}のご注文 ${order} の商品についてのお申し出を承りました。`,
  claimed: 'お申し出の商品',
  weSend: 'お送りする商品',

  returned: (number, order, shop) => `${shop} ご注文 ${order} の返品 #${number}`,
  returnedLead: (order, shop) => `${shop}のご注文 ${order} の返品を承りました。`,
  sendBack: (number) => `お送りいただく商品（荷物に番号 ${number} を入れてください）`,
  how: '返送方法',
  whereTo: '送り先',
  addressFollows: (vendor) => `${vendor}：送り先は別のメールでお知らせします。`,
  arrived: (number, order) => `返品 #${number} が到着しました（ご注文 ${order}）`,
  arrivedLead: (order, shop) => `${shop}のご注文 ${order} の商品が届きました。`,
  arrivedPieces: '到着した商品',
  ofPieces: (came, sent, title) => `${title}　${sent}点中${came}点`,
  damagedPieces: '破損して到着した商品',

  refunded: (amount, order) => `ご注文 ${order} の ${amount} を返金しました`,
  refundedLead: (amount, order, shop) =>
    `${shop}のご注文 ${order} について、${amount} をお支払いと同じ方法で返金しました。反映まで数日かかることがあります。`,

  toPay: (order, shop) => `${shop} ご注文 ${order} のお支払いのお願い`,
  toPayLead: (order, shop) => `${shop}のご注文 ${order} の内容です。`,
  ordered: 'ご注文の商品',

  paid: (order, shop) => `${shop} ご注文 ${order} のお支払いを確認しました`,
  paidLead: (amount, order) => `ありがとうございます。ご注文 ${order} について ${amount} のお支払いを確認しました。`,

  canceled: (order, shop) => `${shop} ご注文 ${order} の取り消し`,
  canceledLead: (order, shop) => `${shop}のご注文 ${order} は取り消されました。商品は発送されません。`,
  canceledMoney: 'お支払いいただいた金額は、同じ方法で返金いたします。反映まで数日かかることがあります。',
  canceledUnpaid: 'お支払いいただくものはありません。',

  factorOn: (shop) => `${shop} 2段階認証がオンになりました`,
  factorOnLead: (email) => `今後 ${email} でログインするときは、パスワードに加えて認証アプリのコードが必要です。`,
  factorOff: (shop) => `${shop} 2段階認証が削除されました`,
  factorOffLead: (email) => `アカウント ${email} から認証アプリが削除されました。そのコードは今後求められません。`,
  factorNotYou: 'お心当たりがない場合は、すぐに新しいパスワードを設定し、ご連絡ください。',

  reset: (shop) => `${shop} パスワードの再設定`,
  resetLead: 'このアドレスの新しいパスワードの設定が依頼されました。15分以内に一度だけ設定できます：',
  resetNotYou: 'お心当たりがない場合、何も変わっていません。何もする必要はありません。',
  verify: (shop) => `${shop} メールアドレスの確認`,
  verifyLead: 'このアドレスがご本人のものであることを、一日以内にご確認ください：',
  verifyNotYou: '当店にアカウントをお持ちでない場合、何もする必要はありません。',
  transfer: (order, shop) => `${shop} ご注文 ${order} の引き継ぎの依頼`,
  transferLead: (account, order) => `アカウント ${account} が、ご注文 ${order} の引き継ぎを希望しています。`,
  transferWhat: (id) => `こちらで、ご注文 ${id} を引き渡すか、そのままにするかを選べます：`,
  transferNotYou: 'このアカウントにお心当たりがない場合は、何もしないか、お断りください。ご注文はそのままです。',
}
