/** The made-up seller of the sample: "Lantern", software for planning and analytics, and what its website offers. */
export const SITE = 'https://www.lantern.example';

export const PRODUCTS = ['planner', 'insights', 'connect'] as const;
export type Product = (typeof PRODUCTS)[number];

export const POSTS = [
  'seven-signs-your-planning-is-stuck',
  'forecasting-without-spreadsheets',
  'how-we-run-weekly-reviews',
  'capacity-planning-for-beginners',
  'what-good-dashboards-leave-out',
  'from-tickets-to-outcomes',
  'a-short-history-of-the-gantt-chart',
  'buying-software-as-a-team',
  'when-to-hire-an-operations-lead',
  'metrics-that-survive-a-reorg',
  'the-cost-of-late-data',
  'security-reviews-made-easy',
].map((slug) => `/blog/${slug}`);

export const CASES = ['harbour-freight-line', 'mill-and-mason', 'oakfield-clinics', 'polar-rail'].map(
  (slug) => `/customers/${slug}`,
);

export const GUIDES = [
  { guide: 'planning-handbook', funnel: 'top' },
  { guide: 'forecasting-workbook', funnel: 'top' },
  { guide: 'buyers-checklist', funnel: 'bottom' },
  { guide: 'roi-template', funnel: 'bottom' },
] as const;

export const WEBINARS = ['plan-the-quarter', 'dashboards-that-decide', 'ask-an-architect'] as const;

export const productPage = (product: Product): string => `/product/${product}`;
