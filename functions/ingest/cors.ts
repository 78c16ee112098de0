import type { MiddlewareObj } from '@middy/core';
import httpCors from '@middy/http-cors';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** The headers that clients send: keys, types, and how often Segment's have tried. */
const HEADERS = 'authorization, content-type, x-retry-count';

/** `*`, or a list with commas between. */
export const originsOf = (allowed: string): readonly string[] =>
  allowed
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');

/** Lets pages of these origins send: answers their browsers' questions, and marks every answer. */
export const cors = (
  origins: readonly string[],
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> =>
  httpCors({
    disableBeforePreflightResponse: false,
    origins: [...origins],
    headers: HEADERS,
    methods: 'GET, POST, OPTIONS',
    exposeHeaders: 'retry-after',
    maxAge: 86_400,
  });

/** Whether a browser's key may be used from where the request says it comes from. */
export const isListed = (origins: readonly string[], origin: string | undefined): boolean =>
  origins.includes('*') || (origin !== undefined && origins.some((pattern) => matches(pattern, origin)));

/** A `*` in a listed origin stands for one label: `https://*.example.com`. */
const matches = (pattern: string, origin: string): boolean => {
  const wanted = pattern.toLowerCase().split('.');
  const given = origin.toLowerCase().split('.');
  return (
    wanted.length === given.length &&
    wanted.every((label, index) => {
      const star = label.indexOf('*');
      const part = given[index] ?? '';
      if (star < 0) return label === part;
      const before = label.slice(0, star);
      const after = label.slice(star + 1);
      return part.length > before.length + after.length && part.startsWith(before) && part.endsWith(after);
    })
  );
};
