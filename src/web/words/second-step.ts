import { type Language, spokenIn } from './index.js'

/** What pages say of the second step of a sign-in. */
interface SecondStepWords {
  title: string
  lead: string
  code: string
  codeHint: string
  wrong: string
  over: string
  tired: string
  go: string
  about: string
  off: string
  on: string
  begin: string
  scan: string
  picture: string
  key: string
  open: string
  firstCode: string
  firstCodeHint: string
  turnOn: string
  turnOff: string
  codeToTurnOff: string
  turnedOn: string
  turnedOff: string
  recoveryCodes: string
  recoveryLead: string
  newCodes: string
  newCodesLater: string
  kept: string
}

const languages: Readonly<Record<Language, SecondStepWords>> = {
  en: {
    title: 'One more step',
    lead: 'This account is protected by a second step. Open your authenticator app and type the code that it shows for this store.',
    code: 'Code',
    codeHint: 'Six digits from the app, or one of your recovery codes.',
    wrong: 'This code is not right, or was used already. Type the one that the app shows now.',
    over: 'That took too long, or too many codes were wrong. Sign in again.',
    tired: 'Too many wrong codes. Try again in a quarter of an hour.',
    go: 'Sign in',
    about:
      'With a second step, nobody gets into your account with the password alone: an authenticator app on your phone shows a code as well.',
    off: 'The second step is off.',
    on: 'The second step is on.',
    begin: 'Set up the second step',
    scan: 'Scan this with your authenticator app, or type the key into it. Then type the code that it shows.',
    picture: 'The key as a picture for your authenticator app',
    key: 'Key',
    open: 'Open the app on this device',
    firstCode: 'Code from the app',
    firstCodeHint: 'Six digits. They change every half minute.',
    turnOn: 'Switch it on',
    turnOff: 'Switch it off',
    codeToTurnOff: 'Code from the app, or a recovery code',
    turnedOn: 'The second step is on. The next sign-in asks for a code.',
    turnedOff: 'The second step is off. The password alone opens your account.',
    recoveryCodes: 'Your recovery codes',
    recoveryLead: 'Each opens your account once when the phone is lost. Write them down now: they are not shown again.',
    newCodes: 'Make new recovery codes',
    newCodesLater: 'To make new recovery codes, sign out, and sign in with a code.',
    kept: 'I have written them down',
  },
  de: {
    title: 'Noch ein Schritt',
    lead: 'Dieses Konto ist durch einen zweiten Schritt geschützt. Öffnen Sie Ihre Authenticator-App, und geben Sie den Code ein, den sie für diesen Laden zeigt.',
    code: 'Code',
    codeHint: 'Sechs Ziffern aus der App oder einer Ihrer Wiederherstellungscodes.',
    wrong: 'Dieser Code stimmt nicht oder wurde schon benutzt. Geben Sie den ein, den die App jetzt zeigt.',
    over: 'Das hat zu lange gedauert, oder zu viele Codes waren falsch. Melden Sie sich noch einmal an.',
    tired: 'Zu viele falsche Codes. Versuchen Sie es in einer Viertelstunde noch einmal.',
    go: 'Anmelden',
    about:
      'Mit einem zweiten Schritt kommt niemand mit dem Passwort allein in Ihr Konto: Eine Authenticator-App auf Ihrem Telefon zeigt zusätzlich einen Code.',
    off: 'Der zweite Schritt ist ausgeschaltet.',
    on: 'Der zweite Schritt ist eingeschaltet.',
    begin: 'Zweiten Schritt einrichten',
    scan: 'Scannen Sie das mit Ihrer Authenticator-App, oder geben Sie den Schlüssel dort ein. Geben Sie dann den Code ein, den sie zeigt.',
    picture: 'Der Schlüssel als Bild für Ihre Authenticator-App',
    key: 'Schlüssel',
    open: 'App auf diesem Gerät öffnen',
    firstCode: 'Code aus der App',
    firstCodeHint: 'Sechs Ziffern. Sie wechseln jede halbe Minute.',
    turnOn: 'Einschalten',
    turnOff: 'Ausschalten',
    codeToTurnOff: 'Code aus der App oder ein Wiederherstellungscode',
    turnedOn: 'Der zweite Schritt ist eingeschaltet. Die nächste Anmeldung fragt nach einem Code.',
    turnedOff: 'Der zweite Schritt ist ausgeschaltet. Das Passwort allein öffnet Ihr Konto.',
    recoveryCodes: 'Ihre Wiederherstellungscodes',
    recoveryLead:
      'Jeder öffnet Ihr Konto einmal, wenn das Telefon verloren ist. Schreiben Sie sie jetzt auf: Sie werden nicht noch einmal gezeigt.',
    newCodes: 'Neue Wiederherstellungscodes erstellen',
    newCodesLater: 'Für neue Wiederherstellungscodes melden Sie sich ab und mit einem Code wieder an.',
    kept: 'Ich habe sie aufgeschrieben',
  },
  ar: {
    title: 'خطوة أخرى',
    lead: 'هذا الحساب محمي بخطوة ثانية. افتح تطبيق المصادقة واكتب الرمز الذي يعرضه لهذا المتجر.',
    code: 'الرمز',
    codeHint: 'ستة أرقام من التطبيق، أو أحد رموز الاسترداد.',
    wrong: 'هذا الرمز غير صحيح أو استُخدم من قبل. اكتب الرمز الذي يعرضه التطبيق الآن.',
    over: 'طال الانتظار، أو كثرت الرموز الخاطئة. سجّل الدخول مرة أخرى.',
    tired: 'رموز خاطئة كثيرة. حاول مرة أخرى بعد ربع ساعة.',
    go: 'تسجيل الدخول',
    about: 'مع خطوة ثانية لا يدخل أحد إلى حسابك بكلمة المرور وحدها: يعرض تطبيق المصادقة في هاتفك رمزًا أيضًا.',
    off: 'الخطوة الثانية متوقفة.',
    on: 'الخطوة الثانية مفعّلة.',
    begin: 'إعداد الخطوة الثانية',
    scan: 'امسح هذه الصورة بتطبيق المصادقة، أو اكتب المفتاح فيه. ثم اكتب الرمز الذي يعرضه.',
    picture: 'المفتاح صورةً لتطبيق المصادقة',
    key: 'المفتاح',
    open: 'افتح التطبيق على هذا الجهاز',
    firstCode: 'الرمز من التطبيق',
    firstCodeHint: 'ستة أرقام تتغيّر كل نصف دقيقة.',
    turnOn: 'تفعيل',
    turnOff: 'إيقاف',
    codeToTurnOff: 'الرمز من التطبيق أو رمز استرداد',
    turnedOn: 'الخطوة الثانية مفعّلة. سيطلب تسجيل الدخول القادم رمزًا.',
    turnedOff: 'الخطوة الثانية متوقفة. كلمة المرور وحدها تفتح حسابك.',
    recoveryCodes: 'رموز الاسترداد',
    recoveryLead: 'كل رمز يفتح حسابك مرة واحدة إذا فقدت الهاتف. اكتبها الآن: لن تُعرض مرة أخرى.',
    newCodes: 'إنشاء رموز استرداد جديدة',
    newCodesLater: 'لإنشاء رموز جديدة سجّل الخروج ثم سجّل الدخول برمز.',
    kept: 'لقد كتبتها',
  },
  fr: {
    title: 'Encore une étape',
    lead: 'Ce compte est protégé par une seconde étape. Ouvrez votre application d’authentification et saisissez le code qu’elle affiche pour cette boutique.',
    code: 'Code',
    codeHint: 'Six chiffres de l’application, ou l’un de vos codes de secours.',
    wrong: 'Ce code n’est pas le bon, ou a déjà servi. Saisissez celui que l’application affiche maintenant.',
    over: 'Cela a pris trop de temps, ou trop de codes étaient faux. Connectez-vous de nouveau.',
    tired: 'Trop de codes faux. Réessayez dans un quart d’heure.',
    go: 'Se connecter',
    about:
      'Avec une seconde étape, personne n’entre dans votre compte avec le seul mot de passe : une application d’authentification sur votre téléphone affiche aussi un code.',
    off: 'La seconde étape est désactivée.',
    on: 'La seconde étape est activée.',
    begin: 'Configurer la seconde étape',
    scan: 'Scannez ceci avec votre application d’authentification, ou saisissez-y la clé. Saisissez ensuite le code qu’elle affiche.',
    picture: 'La clé sous forme d’image pour votre application d’authentification',
    key: 'Clé',
    open: 'Ouvrir l’application sur cet appareil',
    firstCode: 'Code de l’application',
    firstCodeHint: 'Six chiffres. Ils changent toutes les trente secondes.',
    turnOn: 'Activer',
    turnOff: 'Désactiver',
    codeToTurnOff: 'Code de l’application, ou code de secours',
    turnedOn: 'La seconde étape est activée. La prochaine connexion demandera un code.',
    turnedOff: 'La seconde étape est désactivée. Le mot de passe seul ouvre votre compte.',
    recoveryCodes: 'Vos codes de secours',
    recoveryLead: 'Chacun ouvre votre compte une fois si le téléphone est perdu. Notez-les maintenant : ils ne seront plus affichés.',
    newCodes: 'Créer de nouveaux codes de secours',
    newCodesLater: 'Pour créer de nouveaux codes de secours, déconnectez-vous, puis reconnectez-vous avec un code.',
    kept: 'Je les ai notés',
  },
  ja: {
    title: 'もう一段階の確認',
    lead: 'このアカウントは2段階認証で保護されています。認証アプリを開き、この店のコードを入力してください。',
    code: 'コード',
    codeHint: 'アプリの6桁の数字、またはリカバリーコード。',
    wrong: 'コードが正しくないか、すでに使われています。いまアプリに表示されているコードを入力してください。',
    over: '時間がかかりすぎたか、コードの間違いが続きました。もう一度ログインしてください。',
    tired: 'コードの間違いが続きました。15分後にもう一度お試しください。',
    go: 'ログイン',
    about:
      '2段階認証を使うと、パスワードだけでは誰もアカウントに入れません。スマートフォンの認証アプリに表示されるコードも必要になります。',
    off: '2段階認証はオフです。',
    on: '2段階認証はオンです。',
    begin: '2段階認証を設定する',
    scan: '認証アプリでこの画像を読み取るか、キーを入力してください。そのあと、表示されたコードを入力してください。',
    picture: '認証アプリ用のキーの画像',
    key: 'キー',
    open: 'この端末でアプリを開く',
    firstCode: 'アプリのコード',
    firstCodeHint: '6桁の数字です。30秒ごとに変わります。',
    turnOn: 'オンにする',
    turnOff: 'オフにする',
    codeToTurnOff: 'アプリのコードまたはリカバリーコード',
    turnedOn: '2段階認証をオンにしました。次回のログインからコードが必要です。',
    turnedOff: '2段階認証をオフにしました。パスワードだけでアカウントを開けます。',
    recoveryCodes: 'リカバリーコード',
    recoveryLead: 'スマートフォンをなくしたとき、それぞれ一度だけアカウントを開けます。再表示されないので、いま書き留めてください。',
    newCodes: '新しいリカバリーコードを作る',
    newCodesLater: '新しいリカバリーコードを作るには、いったんログアウトし、コードでログインしてください。',
    kept: '書き留めました',
  },
}

export function secondStepWordsOf(locale: string): SecondStepWords {
  return languages[spokenIn(locale)]
}
