// A product has options of its own, and shares others with products of its vendor. Of a shared one it has those values
// that it is linked to.

/**
 * SQL of a product's options as a JSON array, in their order; null for none. The two kinds are read apart: looked for by one list
 * of ids, a page of twenty products took the database 15 ms instead of 10. $1 is the tenant.
 * @param json columns of option `o`, and of its value `w`, as arguments of json_build_object
 */
export function optionsJsonSql(product: string, json: { option: string; value: string }): string {
  const optionOf = (values: string) => `json_build_object(${json.option}, 'values', coalesce((
        select json_agg(json_build_object(${json.value}) order by w.rank, w.id) from ${values} and w.deleted_at is null), '[]')) as option`
  return `(select json_agg(x.option order by x.rank, x.id) from (
      select o.rank, o.id, ${optionOf('product_option_value w where w.tenant_id = $1 and w.option_id = o.id')}
      from product_option o where o.tenant_id = $1 and o.product_id = ${product} and o.deleted_at is null
      union all
      select o.rank, o.id, ${optionOf(`product_shared_option u join product_option_value w on w.tenant_id = u.tenant_id and w.id = u.option_value_id
          where u.tenant_id = $1 and u.product_id = ${product} and u.option_id = o.id`)}
      from product_option o where o.tenant_id = $1 and o.deleted_at is null and o.id = any(array(
        select u.option_id from product_shared_option u where u.tenant_id = $1 and u.product_id = ${product}))) x)`
}
