import { scorePorts } from './aws/score-ports.ts';
import { createErase } from './erasing/answer.ts';
import { tableSuppressions } from './mail/suppress.ts';

const ports = scorePorts();

/** `DELETE /api/leads/{id}`, `GET /api/leads/{id}/erasure`, `GET /api/erased`. */
export const handler = createErase({ ...ports, suppressions: tableSuppressions(ports.table) });
