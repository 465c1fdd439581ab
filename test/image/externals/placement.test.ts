import { expect, it } from '@jest/globals';
import { closureOf, inside, lookUp } from '../../../src/image/externals/closure';
import { place } from '../../../src/image/externals/placement';
import { fc } from '../../helpers/seeded';
import { locked, type Locked } from './support';

const NAMES = ['a', 'b', '@s/c', 'd', 'e'];
const SERVICE = 'services/tiles';

const anyName = fc.constantFrom(...NAMES);
/** Below the workspace or the service, up to three deep. */
const anyLocation = fc
  .tuple(fc.constantFrom('', SERVICE), fc.array(anyName, { minLength: 1, maxLength: 3 }))
  .map(([top, names]) => names.reduce(inside, top));

/** A tree in which every package has what it is below, as npm leaves it, and asks only for what it finds. */
const anyPackages: fc.Arbitrary<Locked> = fc
  .array(fc.tuple(anyLocation, fc.array(anyName)), { minLength: 1, maxLength: 25 })
  .map((drawn) => {
    const asked = new Map(drawn);
    for (const location of [...asked.keys()]) {
      const above = location.split('/node_modules/').slice(0, -1);
      for (let count = 1; count <= above.length; count++) {
        const each = above.slice(0, count).join('/node_modules/');
        if (each !== SERVICE && each !== '') asked.set(each, asked.get(each) ?? NAMES);
      }
    }
    return Object.fromEntries(
      [...asked].map(([location, names]) => {
        const found = names.filter((name) => lookUp((each) => asked.has(each), name, location) !== undefined);
        const dependencies = Object.fromEntries(found.map((name) => [name, '*']));
        return [location, locked('1.0.0', { dependencies })];
      }),
    );
  });

it('in the image every package finds what it finds at the service, whatever the lock file', () => {
  let without = 0;
  fc.assert(
    fc.property(anyPackages, fc.constantFrom('', SERVICE), (packages, service) => {
      const has = (location: string) => Object.hasOwn(packages, location);
      const external = NAMES.filter((name) => lookUp(has, name, service) !== undefined);
      const closure = closureOf(external, { packages, service }, 'arm64');
      const found = place(closure);
      // Two levels at once, of packages that all need each other in several versions: that is told.
      if (found === undefined) {
        expect(service).toBe(SERVICE);
        without++;
        return;
      }
      const placed = new Map(found.map((each) => [each.location, each.node.location]));
      const there = (location: string) => placed.has(location);
      for (const name of external) {
        expect(placed.get(inside('', name))).toBe(lookUp(has, name, service));
      }
      for (const [location, source] of placed) {
        for (const name of Object.keys(packages[source]!.dependencies!)) {
          expect(placed.get(lookUp(there, name, location)!)).toBe(lookUp(has, name, source));
        }
      }
      // Of a service at the top nothing moves.
      if (service === '') expect([...placed.keys()]).toEqual([...placed.values()]);
    }),
    { numRuns: 1_000 },
  );
  expect(without).toBeLessThan(100);
});
