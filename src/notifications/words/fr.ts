import type { MailWords } from './en.js'

export const fr: MailWords = {
  stillToPay: (amount) => `Reste à payer : ${amount}.`,
  payHere: 'Payer ici',
  comesBack: (amount) => `${amount} vous sont rendus par le moyen de votre paiement.`,
  seeOrder: 'Voir votre commande',
  questions: (email) => `Une question ? Répondez à ce courriel, ou écrivez à ${email}.`,

  confirmed: (order, shop) => `Votre commande ${order} chez ${shop}`,
  thanks: (name) => (name === '' ? 'Merci de votre commande.' : `Merci de votre commande, ${name}.`),
  from: (vendor, part) => `De ${vendor} (${part})`,
  discount: 'Remise',
  tax: 'Taxes',
  total: (amount) => `Total ${amount}`,
  containedTax: (amount) => `dont taxes ${amount}`,
  ofCredit: (amount) => `dont ${amount} payés par cartes cadeaux et avoir`,
  parcels: 'Chaque maison envoie son propre colis.',
  payByHand: (amount, order) => `Montant : ${amount}\nRéférence : ${order}`,

  sent: (vendor, order) => `${vendor} a envoyé votre colis (commande ${order})`,
  onItsWay: (vendor) => `En route depuis ${vendor} :`,
  tracking: (numbers) => `Suivi : ${numbers}`,

  giftCards: (count, shop, order) => `${count === 1 ? 'Votre carte cadeau' : 'Vos cartes cadeaux'} de ${shop} (commande ${order})`,
  goodUntil: (day) => `valable jusqu’au ${day}`,
  giftHint: 'Qui possède un code peut payer avec lui, en un achat ou plusieurs. Gardez-le comme de l’argent.',

  changed: (order, shop) => `Votre commande ${order} chez ${shop} a été modifiée`,
  changedLead: (order, shop) => `Votre commande ${order} chez ${shop} a été modifiée.`,
  added: 'Ajouté',
  changedLines: 'Modifié',
  comesTo: (total) => `Elle revient à ${total}.`,
  proposed: (order, shop) => `Une modification de votre commande ${order} chez ${shop}`,
  proposedLead: (order, shop) =>
    `Nous aimerions modifier votre commande ${order} chez ${shop}. Rien ne change sans votre accord : répondez à ce courriel, ou dites-le-nous.`,
  toBeAdded: 'À ajouter',
  toBeChanged: 'À modifier',
  wouldComeTo: (total) => `Elle reviendrait à ${total}.`,
  wouldPay: (amount) => `${amount} seraient alors à payer.`,
  wouldComeBack: (amount) => `${amount} vous seraient rendus par le moyen de votre paiement.`,

  exchange: (number, order, shop) => `Votre échange nº ${number} pour la commande ${order} chez ${shop}`,
  exchangeLead: (order, shop) => `Nous échangeons des articles de votre commande ${order} chez ${shop}.`,
  claim: (number, order, shop) => `Votre réclamation nº ${number} pour la commande ${order} chez ${shop}`,
  claimLead: (order, shop) => `Nous avons noté votre réclamation sur des articles de votre commande ${order} chez ${shop}.`,
  claimed: 'Réclamé',
  weSend: 'Nous vous envoyons',

  returned: (number, order, shop) => `Votre retour nº ${number} de la commande ${order} chez ${shop}`,
  returnedLead: (order, shop) => `Vous renvoyez des articles de votre commande ${order} chez ${shop}.`,
  exchangeOff: (number, order, shop) => `Votre échange nº ${number} pour la commande ${order} chez ${shop} est annulé`,
  claimOff: (number, order, shop) => `Votre réclamation nº ${number} pour la commande ${order} chez ${shop} est annulée`,
  swapOffLead: (order, shop) =>
    `Ce qui était convenu pour votre commande ${order} chez ${shop} est annulé : rien n’est expédié à ce titre, et rien n’est attendu en retour.`,
  returnOff: (number, order, shop) => `Votre retour nº ${number} de la commande ${order} chez ${shop} est annulé`,
  returnOffLead: (order, shop) => `Rien de votre commande ${order} chez ${shop} n’est plus attendu avec ce retour.`,
  offAnyway: 'Si quelque chose est déjà en route, écrivez d’abord à la boutique.',
  sendBack: (number) => `À renvoyer, avec le numéro ${number} dans le colis`,
  how: 'Comment',
  wayBack: (way, price) => (price === '' ? `${way}, gratuit` : `${way}, ${price}, retenus sur le remboursement`),
  whereTo: 'Où',
  addressFollows: (vendor) => `${vendor} : l’adresse arrive dans un autre courriel.`,
  arrived: (number, order) => `Votre retour nº ${number} est arrivé (commande ${order})`,
  arrivedLead: (order, shop) => `Des articles de votre commande ${order} chez ${shop} sont de retour chez nous.`,
  arrivedPieces: 'Arrivé',
  ofPieces: (came, sent, title) => `${came} sur ${sent} × ${title}`,
  damagedPieces: 'Arrivé abîmé',

  refunded: (amount, order) => `${amount} de votre commande ${order} vous sont rendus`,
  refundedLead: (amount, order, shop) =>
    `Nous avons rendu ${amount} de votre commande ${order} chez ${shop}, par le moyen de votre paiement. Cela peut prendre quelques jours.`,

  toPay: (order, shop) => `À payer : votre commande ${order} chez ${shop}`,
  toPayLead: (order, shop) => `Voici votre commande ${order} chez ${shop}.`,
  ordered: 'Commandé',

  paid: (order, shop) => `Votre paiement de la commande ${order} chez ${shop} est arrivé`,
  paidLead: (amount, order) => `Merci. Nous avons reçu ${amount} pour votre commande ${order}.`,

  canceled: (order, shop) => `La commande ${order} chez ${shop} est annulée`,
  canceledLead: (order, shop) => `Votre commande ${order} chez ${shop} est annulée. Rien n’en est envoyé.`,
  canceledMoney: 'Ce que vous avez payé est rendu par le même moyen. Cela peut prendre quelques jours.',
  canceledUnpaid: 'Il n’y a rien à payer.',

  factorOn: (shop) => `La seconde étape de votre connexion chez ${shop} est activée`,
  factorOnLead: (email) =>
    `Désormais, se connecter avec ${email} demande un code de votre application d’authentification en plus du mot de passe.`,
  factorOff: (shop) => `Une seconde étape de votre connexion chez ${shop} a été retirée`,
  factorOffLead: (email) => `Une application d’authentification a été retirée du compte ${email} : ses codes ne sont plus demandés.`,
  factorNotYou: 'Si ce n’était pas vous, choisissez aussitôt un nouveau mot de passe, et prévenez-nous.',

  reset: (shop) => `Un nouveau mot de passe pour ${shop}`,
  resetLead:
    'Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour cette adresse. Il peut être choisi une fois, dans les quinze minutes :',
  resetNotYou: 'Si ce n’était pas vous, rien n’a changé et il n’y a rien à faire.',
  verify: (shop) => `Confirmez votre adresse pour ${shop}`,
  verifyLead: 'Confirmez dans la journée que cette adresse est la vôtre :',
  verifyNotYou: 'Si vous n’avez pas de compte ici, il n’y a rien à faire.',
  transfer: (order, shop) => `Quelqu’un demande votre commande ${order} chez ${shop}`,
  transferLead: (account, order) => `Le compte ${account} demande à reprendre votre commande ${order}.`,
  transferWhat: (order) => `Ici, vous cédez la commande ${order}, ou la gardez :`,
  transferNotYou: 'Si vous ne connaissez pas ce compte, ne faites rien, ou refusez : la commande reste alors la vôtre.',
}
