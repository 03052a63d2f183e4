export { candidatesJsonSql, candidatesStatement, codeStatesStatement, type FoundCodes, refuseUnknownCodes } from './candidates.js'
export {
  type CampaignBudget,
  type CampaignInput,
  type CampaignPatch,
  changeCampaignPromotions,
  createCampaign,
  deleteCampaign,
  updateCampaign,
} from './commands/campaigns.js'
export { createPromotion, type PromotionInput, type RuleInput } from './commands/create-promotion.js'
export { fundByPlatform } from './commands/fund-by-platform.js'
export { changeRules, type RuleChanges, type RulePatch } from './commands/change-rules.js'
export { deletePromotion, type PromotionPatch, updatePromotion } from './commands/update-promotion.js'
export { type Adjustments, computeAdjustments, type Discountable, type NewAdjustment, type PromotedCart } from './compute-adjustments.js'
export {
  type AdjustmentParts,
  afterDiscount,
  divideDiscount,
  type FundedDiscount,
  sumByFunder,
  type Undiscounted,
} from './discount.js'
export {
  type Adjustment,
  budgetTypes,
  type CampaignState,
  type Funder,
  operators,
  type Promotion,
  type Rule,
  withoutLimits,
} from './promotion.js'
export { type CampaignRow, listCampaignsStatement, renderCampaign } from './queries/campaigns.js'
export { listPromotionsStatement, type PromotionRow, renderPromotion, renderRule } from './queries/promotions.js'
export { ruleValuesStatement } from './queries/rule-values.js'
export {
  allHold,
  attributeOf,
  type Facts,
  operatorLabel,
  type RuleAttribute,
  type RuledPromotion,
  ruleAttributes,
  type RuleType,
  ruleTypes,
} from './rules.js'
export { type AppliedPromotion, renderApplied } from './render-applied.js'
export { type Buyer, returnUses, takeUses, type Use } from './usage.js'
