import { describe, expect, test } from 'vitest';
import { readEnv } from '../../functions/env.ts';

describe('the environment', () => {
  test('is read by name, as what it stands for', () => {
    const source = {
      TABLE_NAME: 't',
      DUE_SHARDS: '4',
      OTHER: 'x',
    };
    expect(readEnv(['TABLE_NAME', 'DUE_SHARDS', 'ALLOWED_ORIGINS', 'EVENTS_PER_SECOND'], source)).toEqual({
      TABLE_NAME: 't',
      DUE_SHARDS: 4,
      ALLOWED_ORIGINS: '*',
      EVENTS_PER_SECOND: 1000,
    });
  });

  test('tells of everything that is wrong with it at once', () => {
    const source = { DUE_SHARDS: '0', BAND_SHARDS: 'many', TABLE_NAME: '' };
    let message = '';
    try {
      readEnv(['TABLE_NAME', 'BUS_NAME', 'DUE_SHARDS', 'BAND_SHARDS'], source);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('BUS_NAME: is not set');
    for (const name of ['TABLE_NAME', 'DUE_SHARDS', 'BAND_SHARDS']) expect(message).toContain(`${name}: `);
  });
});
