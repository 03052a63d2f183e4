export { type CommissionRulePatch, deleteCommissionRule, updateCommissionRule } from './change-rule.js'
export { type Commission, type CommissionedLine, type CommissionRule, commissionFor, ruleFor } from './commission.js'
export { listCommissionRulesStatement } from './list.js'
export { type SimulatedCommission, simulateCommissions } from './simulate.js'
export {
  type CommissionRuleInput,
  type CommissionRuleRow,
  createCommissionRule,
} from './rules.js'
