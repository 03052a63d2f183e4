// A stand-in for Stripe.js, so that pages pay without the internet. A classic script: it is served at /v3/ of the
// simulator and leaves `Stripe` on the window. Not verified against Stripe as of 2026-11-28.
{
  const origin = new URL(document.currentScript.src).origin
  const pollPause_ms = 400

  /** `{ a: { b: 1 } }` as `a[b]=1`, the way of Stripe's API. */
  const encode = (value, name, form) => {
    if (value === undefined || value === null) return form
    if (typeof value !== 'object') {
      form.append(name, String(value))
      return form
    }
    for (const [key, inner] of Object.entries(value)) encode(inner, name === '' ? key : `${name}[${key}]`, form)
    return form
  }

  /** As the real one, it speaks the language that the page names, and English otherwise: labels, then what is missing. */
  const languages = {
    en: {
      labels: ['Card number', 'Expiry date (MM / YY)', 'Security code'],
      missing: [
        'Your card number is incomplete.',
        "Your card's expiration date is incomplete.",
        "Your card's security code is incomplete.",
      ],
    },
    de: {
      labels: ['Kartennummer', 'Gültig bis (MM / JJ)', 'Prüfziffer'],
      missing: ['Die Kartennummer ist unvollständig.', 'Das Ablaufdatum ist unvollständig.', 'Die Prüfziffer ist unvollständig.'],
    },
    fr: {
      labels: ['Numéro de carte', 'Date d’expiration (MM / AA)', 'Code de sécurité'],
      missing: ['Le numéro de carte est incomplet.', 'La date d’expiration est incomplète.', 'Le code de sécurité est incomplet.'],
    },
    ar: {
      labels: ['رقم البطاقة', 'تاريخ الانتهاء (شهر / سنة)', 'رمز الأمان'],
      missing: ['رقم البطاقة غير مكتمل.', 'تاريخ الانتهاء غير مكتمل.', 'رمز الأمان غير مكتمل.'],
    },
    ja: {
      labels: ['カード番号', '有効期限（月 / 年）', 'セキュリティコード'],
      missing: ['カード番号が不完全です。', '有効期限が不完全です。', 'セキュリティコードが不完全です。'],
    },
  }
  const wordsIn = (locale = navigator.language) => languages[locale.split('-')[0]] ?? languages.en

  const intentId = (clientSecret) => clientSecret.split('_secret_')[0]

  /** What the shopper types. The real one keeps it in a frame of Stripe's; here it stays in the page. */
  class Element {
    constructor(type, words) {
      this.type = type
      this.words = words
      this.listeners = new Map()
      this.node = null
    }

    mount(target) {
      const holder = typeof target === 'string' ? document.querySelector(target) : target
      if (holder === null) throw new Error(`the element to mount on does not exist: ${target}`)
      this.node = document.createElement('div')
      this.node.className = 'StripeElement'
      const [number, expiry, cvc] = this.words.labels
      this.fields = {
        number: this.field(number, 'cc-number', '4242 4242 4242 4242'),
        expiry: this.field(expiry, 'cc-exp', '12 / 34'),
        cvc: this.field(cvc, 'cc-csc', '123'),
      }
      holder.replaceChildren(this.node)
      queueMicrotask(() => this.emit('ready', { elementType: this.type }))
    }

    field(label, autocomplete, placeholder) {
      const holder = document.createElement('label')
      const input = document.createElement('input')
      Object.assign(input, { autocomplete, placeholder, inputMode: 'numeric', type: 'text', dir: 'ltr' })
      Object.assign(holder.style, { display: 'block', marginBottom: '12px' })
      Object.assign(input.style, { display: 'block', width: '100%', boxSizing: 'border-box', padding: '8px', font: 'inherit' })
      input.addEventListener('input', () => this.changed())
      holder.append(label, input)
      this.node.append(holder)
      return input
    }

    changed() {
      const values = Object.values(this.fields).map((field) => field.value.trim())
      const value = {
        elementType: this.type,
        complete: this.problem() === null,
        empty: values.every((one) => one === ''),
        collapsed: false,
      }
      this.emit('change', { ...value, value: { type: 'card' } })
    }

    /** What is missing, in words for the shopper. */
    problem() {
      if (!this.node) return 'The card form is not shown.'
      const { number, expiry, cvc } = this.fields
      if (number.value.replaceAll(/\D/g, '').length < 13) return this.words.missing[0]
      if (!/^\s*(0?[1-9]|1[0-2])\s*\/?\s*\d{2}(\d{2})?\s*$/.test(expiry.value)) return this.words.missing[1]
      return /^\s*\d{3,4}\s*$/.test(cvc.value) ? null : this.words.missing[2]
    }

    methodData() {
      const { number, expiry, cvc } = this.fields
      const digits = expiry.value.replaceAll(/\D/g, '')
      const year = digits.length > 4 ? digits.slice(-4) : `20${digits.slice(-2)}`
      const exp_month = digits.slice(0, digits.length - (digits.length > 4 ? 4 : 2))
      return { type: 'card', card: { number: number.value.replaceAll(/\D/g, ''), exp_month, exp_year: year, cvc: cvc.value.trim() } }
    }

    on(event, listener) {
      this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener])
      return this
    }

    once(event, listener) {
      return this.on(event, listener)
    }

    off(event) {
      this.listeners.delete(event)
      return this
    }

    emit(event, value) {
      for (const listener of this.listeners.get(event) ?? []) listener(value)
    }

    unmount() {
      this.node?.remove()
      this.node = null
    }

    destroy() {
      this.unmount()
    }

    clear() {
      for (const field of Object.values(this.fields ?? {})) field.value = ''
    }

    focus() {
      this.fields?.number.focus()
    }

    blur() {
      document.activeElement?.blur()
    }

    collapse() {}

    update() {}
  }

  class Elements {
    constructor(options, words) {
      this.words = words
      this.options = options
      this.created = []
    }

    create(type) {
      const element = new Element(type, this.words)
      this.created.push(element)
      return element
    }

    getElement(type) {
      const wanted = typeof type === 'string' ? type : 'payment'
      return this.created.find((element) => element.type === wanted) ?? null
    }

    update(options) {
      Object.assign(this.options, options)
    }

    async fetchUpdates() {
      return {}
    }

    get form() {
      return this.created.find((element) => ['payment', 'card', 'cardNumber'].includes(element.type))
    }

    async submit() {
      const message = this.form?.problem() ?? null
      return message === null ? { selectedPaymentMethod: 'card' } : { error: invalid(message) }
    }
  }

  const invalid = (message) => ({ type: 'validation_error', code: 'incomplete_card', message })

  class Client {
    constructor(key, options = {}) {
      if (typeof key !== 'string' || !key.startsWith('pk_')) throw new Error('Stripe() needs a publishable key, which starts with pk_.')
      this.key = key
      this.account = options.stripeAccount
      this.words = wordsIn(options.locale === 'auto' ? undefined : options.locale)
    }

    async request(method, path, parameters) {
      const form = encode(parameters, '', new URLSearchParams())
      const headers = { authorization: `Bearer ${this.key}` }
      if (this.account !== undefined) headers['stripe-account'] = this.account
      const url = `${origin}/v1/${path}${method === 'GET' ? `?${form}` : ''}`
      try {
        const response = await fetch(url, { method, headers, ...(method === 'GET' ? {} : { body: form }) })
        const body = await response.json()
        return response.ok ? { value: body } : { error: body.error }
      } catch {
        return { error: { type: 'api_connection_error', message: 'Stripe could not be reached. Please try again.' } }
      }
    }

    elements(options = {}) {
      return new Elements({ ...options }, this.words)
    }

    registerAppInfo() {}

    _registerWrapper() {}

    /** With a form, or with a method that was made before. */
    method(given, elements) {
      if (typeof given === 'string') return { payment_method: given }
      const form = given?.card instanceof Element ? given.card : elements?.form
      if (form === undefined) return given === undefined ? {} : { payment_method_data: given }
      const problem = form.problem()
      if (problem !== null) return { error: invalid(problem) }
      const billing = given?.billing_details ?? given?.payment_method_data?.billing_details
      return { payment_method_data: { ...form.methodData(), ...(billing === undefined ? {} : { billing_details: billing }) } }
    }

    async createPaymentMethod(typeOrOptions, data) {
      const options = typeof typeOrOptions === 'string' ? { type: typeOrOptions, ...data } : typeOrOptions
      const { error, payment_method_data } = this.method({ ...options, ...options.params }, options.elements)
      if (error !== undefined) return { error }
      const made = await this.request('POST', 'payment_methods', payment_method_data)
      return made.error === undefined ? { paymentMethod: made.value } : { error: made.error }
    }

    async createToken() {
      return { error: { type: 'invalid_request_error', message: 'This stand-in makes no tokens: use createPaymentMethod.' } }
    }

    async createConfirmationToken({ elements, params = {} }) {
      const { error, ...method } = this.method(params.payment_method, elements)
      if (error !== undefined) return { error }
      const made = await this.request('POST', 'confirmation_tokens', { ...method, return_url: params.return_url })
      return made.error === undefined ? { confirmationToken: made.value } : { error: made.error }
    }

    async retrievePaymentIntent(clientSecret) {
      const found = await this.request('GET', `payment_intents/${intentId(clientSecret)}`, { client_secret: clientSecret })
      return found.error === undefined ? { paymentIntent: found.value } : { error: found.error }
    }

    async confirmPayment({ elements, clientSecret = elements?.options.clientSecret, confirmParams = {}, redirect = 'always' }) {
      const { payment_method, confirmation_token, ...parameters } = confirmParams
      const { error, ...method } = confirmation_token === undefined ? this.method(payment_method, elements) : { confirmation_token }
      if (error !== undefined) return { error }
      const result = await this.confirm(clientSecret, { ...parameters, ...method })
      if (result.error !== undefined || redirect === 'if_required' || parameters.return_url === undefined) return result
      return this.leave(returnAddress(parameters.return_url, result.paymentIntent))
    }

    async confirmCardPayment(clientSecret, data = {}, options = {}) {
      const { payment_method, ...parameters } = data
      const { error, ...method } = this.method(payment_method)
      if (error !== undefined) return { error }
      return this.confirm(clientSecret, { ...parameters, ...method }, options.handleActions)
    }

    async confirm(clientSecret, parameters, handleActions = true) {
      const answer = await this.request('POST', `payment_intents/${intentId(clientSecret)}/confirm`, {
        ...parameters,
        client_secret: clientSecret,
      })
      if (answer.error !== undefined) return { error: answer.error }
      if (answer.value.status !== 'requires_action' || !handleActions) return { paymentIntent: answer.value }
      return this.act(answer.value)
    }

    async handleNextAction({ clientSecret }) {
      const found = await this.retrievePaymentIntent(clientSecret)
      return found.error === undefined && found.paymentIntent.status === 'requires_action' ? this.act(found.paymentIntent) : found
    }

    handleCardAction(clientSecret) {
      return this.handleNextAction({ clientSecret })
    }

    /** Sends the shopper to the bank's page, or shows it over this one. */
    async act(intent) {
      const { redirect_to_url: redirection, use_stripe_sdk: shown } = intent.next_action
      if (redirection) return this.leave(redirection.url)
      const frame = document.createElement('iframe')
      Object.assign(frame, { src: shown.stripe_js, title: 'Authentication by your bank' })
      Object.assign(frame.style, {
        position: 'fixed',
        inset: '0',
        width: '100%',
        height: '100%',
        border: '0',
        background: 'white',
        zIndex: '2147483647',
      })
      document.body.append(frame)
      let current = intent
      while (current.status === 'requires_action') {
        await new Promise((resolve) => setTimeout(resolve, pollPause_ms))
        const found = await this.retrievePaymentIntent(intent.client_secret)
        if (found.error === undefined) current = found.paymentIntent
      }
      frame.remove()
      return current.last_payment_error ? { error: { ...current.last_payment_error, payment_intent: current } } : { paymentIntent: current }
    }

    /** The page goes away, so nothing is answered. */
    leave(address) {
      location.assign(address)
      return new Promise(() => {})
    }
  }

  const returnAddress = (return_url, intent) => {
    const address = new URL(return_url, location.href)
    address.searchParams.set('payment_intent', intent.id)
    address.searchParams.set('payment_intent_client_secret', intent.client_secret)
    address.searchParams.set('redirect_status', intent.status === 'requires_payment_method' ? 'failed' : 'succeeded')
    return address.href
  }

  window.Stripe = (key, options) => new Client(key, options)
  window.Stripe.version = 3
}
