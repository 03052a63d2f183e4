/** Words of which a generated catalogue is made: enough that a search finds some products and not all. */
const list = (words: string): readonly string[] => words.split(/,\s+/)

export const adjectives = list(
  `Amber, Brisk, Calm, Coastal, Dusky, Everyday, Fine, Gentle, Harbour, Heavy, Hidden, Inland, Light, Lively, Lofty, Mellow, Misty,
   Narrow, Northern, Plain, Quiet, Rustic, Sturdy, Sunlit, Tidy, Upland, Warm, Wild`,
)
export const materials = list(
  `Ash, Bamboo, Brass, Canvas, Cashmere, Cedar, Copper, Cork, Cotton, Enamel, Felt, Glass, Hemp, Jute, Leather, Linen, Merino, Oak,
   Porcelain, Rattan, Silk, Slate, Steel, Stoneware, Walnut, Willow, Wool`,
)
export const nouns = list(
  `Apron, Basket, Bench, Blanket, Bottle, Bowl, Box, Brush, Candle Holder, Clock, Coaster, Cushion, Dish, Hook, Jug, Kettle, Lamp, Mat,
   Mirror, Mug, Notebook, Pan, Planter, Plate, Pouch, Rug, Runner, Scarf, Shelf, Stool, Teapot, Throw, Towel, Tray, Vase`,
)
export const uses = list(
  `for every day of the week, for the long table, for small kitchens, for the hall, for slow mornings, for the garden room,
   to be handed down, to be mended, for travelling light, for the reading corner`,
)
export const sizes = list('S, M, L, XL, XXL')
export const colours = list('Ivory, Charcoal, Moss, Rust, Indigo, Ochre, Plum, Sky, Sand, Teal')
