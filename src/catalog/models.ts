import { BaseModel } from '../db/index.js'

/** Rows below a product, written through Objection; the product itself is written in commands/create-product.ts. */
export class ProductVariant extends BaseModel {
  static override tableName = 'product_variant'
  declare id: string
  declare vendor_id: string
  declare product_id: string
  declare price_set_id: string
  declare title: string
  declare sku: string | null
  declare barcode: string | null
  declare ean: string | null
  declare upc: string | null
  declare allow_backorder: boolean
  declare manage_inventory: boolean
  declare variant_rank: number
  declare weight: number | null
  declare metadata: object | null
}

export class ProductOption extends BaseModel {
  static override tableName = 'product_option'
  declare id: string
  declare vendor_id: string
  declare product_id: string
  declare title: string
  declare rank: number
}

export class ProductOptionValue extends BaseModel {
  static override tableName = 'product_option_value'
  declare id: string
  declare vendor_id: string
  declare option_id: string
  declare value: string
  declare rank: number
}

export class ProductImage extends BaseModel {
  static override tableName = 'product_image'
  declare id: string
  declare vendor_id: string
  declare product_id: string
  declare url: string
  declare rank: number
}

export class PriceSet extends BaseModel {
  static override tableName = 'price_set'
  declare id: string
  declare vendor_id: string
}

export class Price extends BaseModel {
  static override tableName = 'price'
  declare id: string
  declare vendor_id: string
  declare price_set_id: string
  declare currency_code: string
  declare amount_minor: bigint | string
  declare compare_at_minor: bigint | string | null
  declare min_quantity: number | null
  declare max_quantity: number | null
}

export class InventoryItem extends BaseModel {
  static override tableName = 'inventory_item'
  declare id: string
  declare vendor_id: string
  declare sku: string | null
  declare title: string | null
}

/** Links between two rows: their key is the pair. */
export class VariantOption extends BaseModel {
  static override tableName = 'product_variant_option'
  static override get idColumn() {
    return ['tenant_id', 'variant_id', 'option_id']
  }
  declare variant_id: string
  declare option_id: string
  declare option_value_id: string
  declare vendor_id: string
}

export class VariantInventoryItem extends BaseModel {
  static override tableName = 'variant_inventory_item'
  static override get idColumn() {
    return ['tenant_id', 'variant_id', 'inventory_item_id']
  }
  declare variant_id: string
  declare inventory_item_id: string
  declare vendor_id: string
}

export class InventoryLevel extends BaseModel {
  static override tableName = 'inventory_level'
  declare id: string
  declare vendor_id: string
  declare inventory_item_id: string
  declare location_id: string
  declare stocked_quantity: number
}
