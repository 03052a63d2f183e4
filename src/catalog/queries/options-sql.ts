// A product has options of its own, and shares others with products of its vendor. Of a shared one it has those values
// that it is linked to.

/** SQL of the ids of a product's options, as an array. $1 is the tenant. */
export const optionIdsSql = (product: string) => `array(
    select own.id from product_option own where own.tenant_id = $1 and own.product_id = ${product}
    union all select used.option_id from product_shared_option used where used.tenant_id = $1 and used.product_id = ${product})`

/** SQL for "value w of option o is one that the product has". */
export const hasValueSql = (product: string) => `(o.product_id is not null or exists (select 1 from product_shared_option used
    where used.tenant_id = $1 and used.product_id = ${product} and used.option_value_id = w.id))`
