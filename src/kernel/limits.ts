/** Every limit of the system in one place. Each bounds what one request, tenant or job can ask of the others. */
export const limits = {
  /** A page of a list. Storefronts ask for 100; exports go through jobs. */
  page: 200,
  offset: 1_000_000,
  /** JSON body of a request. */
  body_bytes: 1_000_000,
  /** Objects and arrays within one another. */
  bodyLevels: 64,
  /** A vendor's file. Shopify's own export of 5 000 variants is about 3 MB. */
  importFile_bytes: 10_000_000,
  importRows: 20_000,
  /** Files that a store keeps for imports, or imports of its own that wait to be confirmed; an older one makes room. */
  importFiles: 20,
  /** Columns of a file: what one product has most of are images and prices. */
  importColumns: 500,
  importFile_hours: 24,
  /** A spreadsheet opens a million; 100 000 rows of products are about 60 MB. */
  exportRows: 100_000,
  exportFile_hours: 24,
  /** Lines that differ, of the sales that a change of commission rules is tried on: some 100 bytes each. */
  simulatedLines: 50_000,
  simulated_days: 366,
  rulesTried: 100,
  /** Exports of a store that are queued or run at once. */
  exportsAtOnce: 5,
  picture_bytes: 5_000_000,
  /** Decoded, a pixel takes eight bytes for a moment. Phones take 12 to 24 million. */
  picturePixels: 24_000_000,
  pictureSide: 12_000,
  /** A body with pictures, its form included. */
  upload_bytes: 20_000_000,
  filesAtOnce: 20,
  /** Of a form, its files among them. */
  formParts: 50,
  importErrors: 1_000,
  /** Pieces of one line. */
  quantity: 100_000,
  /** Lines of one cart: totals, taxes and reservations are computed for all of them under one lock. */
  cartLines: 200,
  /** Rules of one shipping option beside is_return and enabled_in_store. */
  rulesOfShippingOption: 20,
  shippingMethods: 50,
  /** Of a store, that wait for an answer: anybody can ask. */
  openApplications: 500,
  /** People of one vendor, with those who are invited. */
  teamOfVendor: 100,
  documentsOfApplication: 10,
  variantsOfProduct: 250,
  /** Inventory items that one variant is made of. */
  itemsOfVariant: 20,
  optionsOfProduct: 10,
  imagesOfProduct: 50,
  /** Categories of a product, and its tags, and its sales channels. */
  linksOfProduct: 100,
  /** Things that one request makes, changes and removes. */
  batch: 250,
  pricesOfVariant: 100,
  rulesOfPrice: 20,
  /** Prices that one request adds to a list, changes in it, or takes out. */
  pricesInBatch: 1_000,
  /** Active promotions that start by themselves: every change of a cart considers them all. */
  automaticPromotions: 100,
  promotionCodes: 50,
  /** Gift cards that one cart pays with. */
  giftCardsOfCart: 20,
  /** Gift cards that one cart buys: each piece is a card of its own, and all are made at once and are in one mail. */
  giftCardsSold: 100,
  giftCardCode_characters: 64,
  promotionCode_characters: 100,
  rulesOfPromotion: 50,
  addressesOfCustomer: 100,
  idsInFilter: 200,
  title_characters: 500,
  text_characters: 20_000,
  name_characters: 200,
  email_characters: 254,
  metadata_characters: 16_000,
  fieldsParameter_characters: 4_000,
  search_characters: 200,
  /** Words of a search that lists look for; of more, the longest. */
  searchWords: 8,
  searchMatches: 2_000,
  /** API keys of one vendor that open something, those included that are about to end. */
  keysOfVendor: 50,
  /** How long a key that was replaced may still be used. */
  keyOverlap_s: 604_800,
  wishLists: 50,
  /** Webhook endpoints of a store, and of each of its vendors. */
  webhooks: 20,
  webhookUrl_characters: 2_000,
  webhookDescription_characters: 500,
  /** Kept of what an endpoint answers. */
  webhookAnswer_characters: 1_000,
  webhookDelivery_days: 30,
  wishListItems: 500,
  idempotencyKey_characters: 255,
  idempotencyKey_days: 1,
  /** Time for one request, its slowest statement included. */
  request_ms: 30_000,
  /**
   * The largest amount of money in one figure, in minor units. Fifteen digits are what a JSON number keeps wherever
   * their decimal point stands: with sixteen, two amounts a cent apart are the same number.
   */
  amount_minor: 999_999_999_999_999n,
} as const
