import 'open-props/normalize.min.css';
import './styles/base.css';
import './styles/lists.css';
import './styles/standing.css';
import './styles/lead.css';
import './styles/handoffs.css';
import './styles/journeys.css';
import './styles/mailbox.css';
import { render } from 'preact';
import { ErrorBoundary, lazy, LocationProvider, Route, Router } from 'preact-iso';
import { Nav } from './nav.tsx';
import LeadPage from './pages/lead.tsx';
import LeadsPage from './pages/leads.tsx';
import { useTitle } from './resource.tsx';
import { finishSignIn, signIn, signInError, token } from './session.ts';

// What everybody opens is there at once; each other page comes when it is asked for.
const AccountsPage = lazy(() => import('./pages/accounts.tsx'));
const AccountPage = lazy(() => import('./pages/account.tsx'));
const JourneysPage = lazy(() => import('./pages/journeys.tsx'));
const RulesPage = lazy(() => import('./pages/rules.tsx'));
const HandoffsPage = lazy(() => import('./pages/handoffs.tsx'));
const ReportPage = lazy(() => import('./pages/report.tsx'));
const MailsPage = lazy(() => import('./pages/mails.tsx'));
const MailboxPage = lazy(() => import('./pages/mailbox.tsx'));
const QuarantinePage = lazy(() => import('./pages/quarantine.tsx'));

function NotFound() {
  useTitle('No such page');
  return <p class="empty">There is no such page.</p>;
}

function Console() {
  if (signInError.value)
    return (
      <main class="empty">
        <p role="alert">Signing in did not work: {signInError.value}</p>
        <button
          type="button"
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
  // Whoever reads by ear or by keyboard goes on at the new page, not at the link that led there.
  const arrived = (): void => {
    document.getElementById('main')?.focus({ preventScroll: true });
  };
  return (
    <LocationProvider>
      <Nav />
      <main id="main" tabIndex={-1}>
        <ErrorBoundary>
          <Router onRouteChange={arrived}>
            <Route path="/" component={LeadsPage} />
            <Route path="/leads/:id" component={LeadPage} />
            <Route path="/accounts" component={AccountsPage} />
            <Route path="/accounts/:id" component={AccountPage} />
            <Route path="/journeys" component={JourneysPage} />
            <Route path="/rules" component={RulesPage} />
            <Route path="/handoffs" component={HandoffsPage} />
            <Route path="/report" component={ReportPage} />
            <Route path="/mails" component={MailsPage} />
            <Route path="/mailbox" component={MailboxPage} />
            <Route path="/quarantine" component={QuarantinePage} />
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
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
