import { LogicEngine } from 'json-logic-engine';
import { Engine as RulesEngine } from 'json-rules-engine';

import { blueprintOf } from '../../core/engine/blueprint.ts';
import type { LeadEvent } from '../../core/event.ts';
import { median } from '../median.ts';
import { chance, happening } from './events.ts';
import { condition, matchingRules } from './rules.ts';

