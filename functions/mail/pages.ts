/** The pages behind the links in our mails: plain, without scripts, readable on a phone and without sight. */

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; box-sizing: border-box;
    font: 1rem/1.6 system-ui, sans-serif; background: #f6f5f3; color: #24211e; }
  main { max-width: 28rem; background: #fff; padding: 2rem; border-radius: .75rem; border: 1px solid #e4e0da; }
  h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .75rem; }
  p { margin: 0 0 1rem; }
  p:last-child { margin-bottom: 0; }
  button { font: inherit; font-weight: 600; padding: .625rem 1.25rem; border: 0; border-radius: .5rem;
    background: #b5440f; color: #fff; cursor: pointer; }
  button:focus-visible { outline: 3px solid #e9a07c; outline-offset: 2px; }
  @media (prefers-color-scheme: dark) {
    body { background: #1b1917; color: #efece8; }
    main { background: #262320; border-color: #3a3632; }
  }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;

/** Asks; only its button acts. */
export const askPage = page(
  'Stop these mails?',
  `<p>We will send no more mails to your address. It takes effect at once.</p>
<form method="post"><input type="hidden" name="confirm" value="unsubscribe"><button type="submit">Unsubscribe</button></form>`,
);

export const donePage = page(
  'You are unsubscribed',
  '<p>We will send no more mails to your address. You can close this page.</p>',
);

export const brokenPage = page(
  'This link does not work',
  '<p>It is incomplete or was changed on its way. Please open it again from the mail, or use the unsubscribe button of your mail program.</p>',
);
