import { beforeAll, describe, expect, it } from '@jest/globals';
import { packagedCorpus, type PackagedService } from '../helpers/corpus';
import { packagedFiles } from '../helpers/rebuild';
import { pluginOutputOf } from '../helpers/template-difference';
import { byName, idsIn, textOf } from './compare';

/**
 * Services that resemble products, and those with the most variables and functions. All services would take too long.
 */
const PRODUCTS = [
  'fleet-telemetry',
  'intrinsics',
  'invoice-mailer',
  'map-tiles',
  'model-training',
  'nightly-report',
  'payment-intake',
  'photo-shop',
  'scanned-mail',
  'stages',
  'variables',
  'video-transcoder',
] as const;

describe('packaged by serverless 3', () => {
  let services: Map<string, PackagedService>;
  let others: Map<string, PackagedService>;
  beforeAll(async () => {
    services = byName(await packagedCorpus('osls', PRODUCTS));
    others = byName(await packagedCorpus('serverless', PRODUCTS));
  }, 900_000);

  it.each(PRODUCTS)('%s has the same bytes as with osls', (name) => {
    const first = services.get(name)!;
    const other = others.get(name)!;
    const ids = idsIn(pluginOutputOf(first));
    expect(textOf(other.template, ids)).toBe(textOf(first.template, ids));
    expect(pluginOutputOf(other)).toStrictEqual(pluginOutputOf(first));
    expect(packagedFiles(other.folder)).toEqual(packagedFiles(first.folder));
  });
});
