/** The AWS query protocol, as SES speaks it: a form in, XML out. */

import { AwsError } from '../service.ts';
import { type AwsReply } from '../endpoint.ts';

const NAMESPACE = 'http://ses.amazonaws.com/doc/2010-12-01/';

/** The values of `name.member.1`, `name.member.2`, … */
export const members = (form: URLSearchParams, name: string): string[] => {
  const values: string[] = [];
  for (let at = 1; ; at++) {
    const value = form.get(`${name}.member.${at}`);
    if (value === null) return values;
    values.push(value);
  }
};

export const required = (form: URLSearchParams, name: string): string => {
  const value = form.get(name);
  if (!value)
    throw new AwsError('ValidationError', `1 validation error detected: Value at '${name}' must not be null`);
  return value;
};

export const xmlAnswer = (
  action: string,
  requestId: string,
  result: Readonly<Record<string, string>>,
): AwsReply => ({
  body:
    `<${action}Response xmlns="${NAMESPACE}"><${action}Result>` +
    Object.entries(result)
      .map(([name, value]) => `<${name}>${escape(value)}</${name}>`)
      .join('') +
    `</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
});

export const xmlError = ({ code, message, status }: AwsError): AwsReply => ({
  status,
  body:
    `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>` +
    `<Code>${escape(code)}</Code><Message>${escape(message)}</Message></Error>` +
    `<RequestId>local</RequestId></ErrorResponse>`,
});

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
