/** Everything that mails to shoppers say by themselves. `order` is an order's number with its `#`, `shop` the store's name. */
export interface MailWords extends Readonly<typeof en> {}

export const en = {
  stillToPay: (amount: string) => `Still to be paid: ${amount}.`,
  payHere: 'Pay here',
  comesBack: (amount: string) => `You get ${amount} back, the way you paid.`,
  seeOrder: 'See your order',
  questions: (email: string) => `Questions? Answer this mail, or write to ${email}.`,

  confirmed: (order: string, shop: string) => `Your order ${order} at ${shop}`,
  thanks: (name: string) => (name === '' ? 'Thank you for your order.' : `Thank you for your order, ${name}.`),
  from: (vendor: string, part: string) => `From ${vendor} (${part})`,
  discount: 'Discount',
  tax: 'Sales tax',
  total: (amount: string) => `Total ${amount}`,
  containedTax: (amount: string) => `of which tax ${amount}`,
  ofCredit: (amount: string) => `${amount} of it paid with gift cards and store credit`,
  parcels: 'Each vendor sends its own parcel.',
  payByHand: (amount: string, order: string) => `Amount: ${amount}\nReference: ${order}`,

  sent: (vendor: string, order: string) => `${vendor} has sent your parcel (order ${order})`,
  onItsWay: (vendor: string) => `On its way from ${vendor}:`,
  tracking: (numbers: string) => `Tracking: ${numbers}`,

  giftCards: (count: number, shop: string, order: string) => `Your gift ${count === 1 ? 'card' : 'cards'} from ${shop} (order ${order})`,
  goodUntil: (day: string) => `good until ${day}`,
  giftHint: 'Whoever has a code can pay with it at the checkout, in one purchase or several. Keep it as you keep money.',

  changed: (order: string, shop: string) => `Your order ${order} at ${shop} was changed`,
  changedLead: (order: string, shop: string) => `Your order ${order} at ${shop} was changed.`,
  added: 'Added',
  changedLines: 'Changed',
  comesTo: (total: string) => `It comes to ${total}.`,
  proposed: (order: string, shop: string) => `A change to your order ${order} at ${shop}`,
  proposedLead: (order: string, shop: string) =>
    `We would like to change your order ${order} at ${shop}. Nothing is changed before you agree: answer this mail, or tell us.`,
  toBeAdded: 'To be added',
  toBeChanged: 'To be changed',
  wouldComeTo: (total: string) => `It would come to ${total}.`,
  wouldPay: (amount: string) => `${amount} would then be to be paid.`,
  wouldComeBack: (amount: string) => `You would get ${amount} back, the way you paid.`,

  exchange: (number: number, order: string, shop: string) => `Your exchange #${number} for order ${order} at ${shop}`,
  exchangeLead: (order: string, shop: string) => `We exchange goods of your order ${order} at ${shop}.`,
  claim: (number: number, order: string, shop: string) => `Your claim #${number} for order ${order} at ${shop}`,
  claimLead: (order: string, shop: string) => `We have noted your claim about goods of your order ${order} at ${shop}.`,
  claimed: 'Claimed',
  weSend: 'We send you',

  returned: (number: number, order: string, shop: string) => `Your return #${number} of order ${order} at ${shop}`,
  returnedLead: (order: string, shop: string) => `You return goods of your order ${order} at ${shop}.`,
  exchangeOff: (number: number, order: string, shop: string) => `Your exchange #${number} for order ${order} at ${shop} is called off`,
  claimOff: (number: number, order: string, shop: string) => `Your claim #${number} for order ${order} at ${shop} is closed without more`,
  swapOffLead: (order: string, shop: string) =>
    `What was agreed on for your order ${order} at ${shop} is called off: nothing is sent for it, and nothing is expected back.`,
  returnOff: (number: number, order: string, shop: string) => `Your return #${number} of order ${order} at ${shop} is called off`,
  returnOffLead: (order: string, shop: string) => `Nothing of your order ${order} at ${shop} is expected back with this return any more.`,
  offAnyway: 'If something is on its way back already, write to the store before you do anything else.',
  sendBack: (number: number) => `Please send back, with the number ${number} in the parcel`,
  how: 'How',
  /** `price` is '' where it costs nothing. */
  wayBack: (way: string, price: string) =>
    price === '' ? `${way}, free of charge` : `${way}, ${price}, which is kept from what you get back`,
  whereTo: 'Where to',
  addressFollows: (vendor: string) => `${vendor}: the address comes in a mail of its own.`,
  arrived: (number: number, order: string) => `Your return #${number} has arrived (order ${order})`,
  arrivedLead: (order: string, shop: string) => `Goods of your order ${order} at ${shop} are back with us.`,
  arrivedPieces: 'Arrived',
  ofPieces: (came: number, sent: number, title: string) => `${came} of ${sent} × ${title}`,
  damagedPieces: 'Arrived damaged',

  refunded: (amount: string, order: string) => `${amount} of your order ${order} come back to you`,
  refundedLead: (amount: string, order: string, shop: string) =>
    `We have given back ${amount} of your order ${order} at ${shop}, the way you paid. It can take some days until you see it.`,

  toPay: (order: string, shop: string) => `To be paid: your order ${order} at ${shop}`,
  toPayLead: (order: string, shop: string) => `This is your order ${order} at ${shop}.`,
  ordered: 'Ordered',

  paid: (order: string, shop: string) => `Your payment for order ${order} at ${shop} has arrived`,
  paidLead: (amount: string, order: string) => `Thank you. We have received ${amount} for your order ${order}.`,

  canceled: (order: string, shop: string) => `Order ${order} at ${shop} is canceled`,
  canceledLead: (order: string, shop: string) => `Your order ${order} at ${shop} is canceled. Nothing of it is sent.`,
  canceledMoney: 'What you have paid goes back the way you paid. It can take some days until you see it.',
  canceledUnpaid: 'Nothing is to be paid for it.',

  factorOn: (shop: string) => `The second step of your sign-in at ${shop} is on`,
  factorOnLead: (email: string) => `From now on, signing in as ${email} takes a code of your authenticator app beside the password.`,
  factorOff: (shop: string) => `A second step of your sign-in at ${shop} was removed`,
  factorOffLead: (email: string) => `An authenticator app was removed from the account ${email}: its codes are asked for no more.`,
  factorNotYou: 'If it was not you, set a new password at once, and tell us.',

  reset: (shop: string) => `Set a new password for ${shop}`,
  resetLead: 'Somebody, probably you, asked to set a new password for this address. It can be set within fifteen minutes, once:',
  resetNotYou: 'If it was not you, nothing has changed and nothing needs to be done.',
  verify: (shop: string) => `Confirm your email for ${shop}`,
  verifyLead: 'Confirm that this address is yours, within a day:',
  verifyNotYou: 'If you have no account here, nothing needs to be done.',
  transfer: (order: string, shop: string) => `Somebody asks for your order ${order} at ${shop}`,
  transferLead: (account: string, order: string) => `The account ${account} asks to take over your order ${order}.`,
  transferWhat: (order: string) => `Here you hand order ${order} over, or keep it:`,
  transferNotYou: 'If you do not know this account, do nothing, or decline: the order then stays yours.',
}
