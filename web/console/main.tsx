import 'open-props/normalize.min.css';
import 'uplot/dist/uPlot.min.css';
import './console.css';
import { render } from 'preact';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { LeadPage } from './pages/lead.tsx';
import { LeadsPage } from './pages/leads.tsx';
import { MailboxPage } from './pages/mailbox.tsx';
import { QuarantinePage } from './pages/quarantine.tsx';
import { finishSignIn, signIn, signInError, token } from './session.ts';

function Nav() {
  const { path } = useLocation();
  const link = (href: string, text: string, active: boolean) => (
    <a href={href} aria-current={active ? 'page' : undefined}>
      {text}
    </a>
  );
  return (
    <header class="top">
      <a class="brand" href="/">
        <img src="/flame.svg" alt="" width="24" height="24" /> Kindling
      </a>
      <nav>
        {link('/', 'Leads', path === '/' || path.startsWith('/leads'))}
        {link('/mailbox', 'Mailbox', path === '/mailbox')}
        {link('/quarantine', 'Quarantine', path === '/quarantine')}
      </nav>
    </header>
  );
}

const NotFound = () => <p class="empty">There is no such page.</p>;

function Console() {
  if (signInError.value)
    return (
      <main class="empty">
        <p role="alert">Signing in did not work: {signInError.value}</p>
        <button
          onClick={() => {
            signInError.value = null;
            void signIn();
          }}
        >
          Try again
        </button>
      </main>
    );
  if (!token()) return <main class="empty">Signing in …</main>;
  return (
    <LocationProvider>
      <Nav />
      <main>
        <Router>
          <Route path="/" component={LeadsPage} />
          <Route path="/leads/:id" component={LeadPage} />
          <Route path="/mailbox" component={MailboxPage} />
          <Route path="/quarantine" component={QuarantinePage} />
          <Route default component={NotFound} />
        </Router>
      </main>
    </LocationProvider>
  );
}

const root = document.getElementById('app');
if (root) {
  await finishSignIn();
  if (!token() && !signInError.value) void signIn();
  render(<Console />, root);
}
