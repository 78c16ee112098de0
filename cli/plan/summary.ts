import type { Impact } from '../../core/impact/report.ts';
import { count, number } from './words.ts';

/** `12 leads change, 5 into another band, 3 qualify; at once 3 handoffs, and 5 leads into journeys (9 mails).` */
export function summary({ bands, qualified, handoffs, mails, accounts, touched }: Impact): string {
  const moved = bands.moves.reduce((sum, { count: leads }) => sum + leads, 0);
  const joint = accounts?.handoffs.now ?? 0;
  const begin = mails.begin.now;
  const letters = mails.now + mails.following;
  const atOnce = [
    handoffs.now > 0 && count(handoffs.now, 'handoff'),
    joint > 0 && count(joint, 'account handoff'),
    begin > 0 && `${count(begin, 'journey')}${letters > 0 ? ` (${count(letters, 'mail')})` : ''}`,
  ].filter((text) => text !== false);
  const leads = [
    touched === 0 ? 'No lead changes' : `${count(touched, 'lead')} ${touched === 1 ? 'changes' : 'change'}`,
    moved > 0 && `${number(moved)} into another band`,
    qualified.enter > 0 && `${number(qualified.enter)} ${qualified.enter === 1 ? 'qualifies' : 'qualify'}`,
    qualified.leave > 0 &&
      `${number(qualified.leave)} no longer ${qualified.leave === 1 ? 'qualifies' : 'qualify'}`,
  ].filter((text) => text !== false);
  const begins = atOnce.length === 0 ? nothing(mails) : `${atOnce.join(' and ')} at once`;
  return `${leads.join(', ')}; ${begins}.`;
}

const nothing = ({ perWeekBefore, perWeekAfter }: Impact['mails']): string =>
  perWeekBefore === perWeekAfter
    ? 'nothing is sent at once'
    : `nothing is sent at once, and ${number(perWeekBefore)} → ${number(perWeekAfter)} mails a week`;
