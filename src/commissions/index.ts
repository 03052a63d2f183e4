export { type Commission, type CommissionedLine, type CommissionRule, commissionFor, ruleFor } from './commission.js'
export {
  type CommissionRuleInput,
  type CommissionRuleRow,
  createCommissionRule,
  listCommissionRulesStatement,
} from './rules.js'
