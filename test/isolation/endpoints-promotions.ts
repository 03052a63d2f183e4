/** A promotion with rules of every kind, in a campaign of its own; it suits no cart. */
export function promotionOf(code: string, campaign_identifier: string) {
  const rule = { attribute: 'items.product.tags.id', operator: 'in', values: ['twin'] }
  return {
    code,
    type: 'buyget',
    limit: 5,
    campaign: { name: 'Twins', campaign_identifier },
    application_method: {
      type: 'percentage',
      target_type: 'items',
      value: 10,
      apply_to_quantity: 1,
      buy_rules_min_quantity: 1,
      target_rules: [rule],
      buy_rules: [rule, rule],
    },
    rules: [{ attribute: 'item_quantity', operator: 'gt', values: ['1000'] }],
  }
}
