export {
  allocateCredit,
  type CartCreditAccount,
  type CartCreditLine,
  cartCreditAccountsSql,
  type CreditTotals,
  renderCreditLines,
  sumCredit,
} from './cart-credit.js'
export { codeHash } from './codes.js'
export { claimGiftCard, correctAccount, ensureAccount, findGiftCard } from './commands/accounts.js'
export { createGiftCard, type NewGiftCard, updateGiftCard, voidCardsOfOrder, voidGiftCard } from './commands/gift-cards.js'
export { issueGiftCards } from './commands/issue-gift-cards.js'
export { giveBackCredit, takeCredit } from './move.js'
export { insertOrderCreditLinesStatement, openCreditLinesStatement, owedSql, returnCredit, takeCreditOff } from './order-credit.js'
export {
  type AccountRow,
  type GiftCardRow,
  giftCardStatement,
  listAccountsStatement,
  listGiftCardsStatement,
  listTransactionsStatement,
  ordersOfGiftCardStatement,
  renderAccount,
  renderGiftCard,
  renderTransaction,
} from './queries.js'
