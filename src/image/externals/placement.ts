import type { Closure, LockedNode } from './closure';
import { inside, lookUp, nameOf } from './closure';

/** A package in the image: its folder there, and what it is. */
export interface Placed {
  location: string;
  node: LockedNode;
  /** Folders in the image of what it needs, by name. */
  needs: ReadonlyMap<string, string>;
}

/** How often each package may be there, on the average. */
const MOST_COPIES = 4;

/**
 * Puts packages so below one folder that each finds what it finds at the service. They stay where the lock file has them;
 * what a workspace's service has for itself comes to the top, and what it so drives out from there goes to whoever needs
 * it. Undefined if there is no such way, which only a workspace can come to.
 */
export function place({ roots, nodes }: Pick<Closure, 'roots' | 'nodes'>): Placed[] | undefined {
  const placed = new Map<string, LockedNode>();
  const waiting: string[] = [];
  const put = (location: string, node: LockedNode) => {
    placed.set(location, node);
    waiting.push(location);
    // One archive has them all, at the same places in it.
    for (const other of nodes.values()) {
      if (other.locked.inBundle !== true || !other.location.startsWith(`${node.location}/`)) continue;
      const within = location + other.location.slice(node.location.length);
      placed.set(within, other);
      waiting.push(within);
    }
  };
  for (const [name, target] of roots) put(inside('', name), nodes.get(target)!);
  for (let location = waiting.shift(); location !== undefined; location = waiting.shift()) {
    for (const [name, target] of placed.get(location)!.needs) {
      const found = lookUp((each) => placed.has(each), name, location);
      if (found !== undefined && placed.get(found)!.location === target) continue;
      const place = placeFor({ name, target, from: location, found });
      // Versions that drive each other out would go on for ever.
      if (placed.has(place) || placed.size > MOST_COPIES * nodes.size) return undefined;
      put(place, nodes.get(target)!);
    }
  }
  const all = [...placed].map(([location, node]) => ({
    location,
    node,
    needs: neededBy(location, node, placed),
  }));
  if (!all.every(isPlaced)) return undefined;
  return all.sort((a, b) => (a.location < b.location ? -1 : 1));
}

const isPlaced = (each: { needs: Placed['needs'] | undefined }): each is Placed => each.needs !== undefined;

/** Where the lock file has it, if it is seen from there; else below whoever needs it. */
function placeFor({
  name,
  target,
  from,
  found,
}: {
  name: string;
  target: string;
  from: string;
  found: string | undefined;
}): string {
  const usual = target.replace(/^.*?(?<![^/])node_modules\//, 'node_modules/');
  const holder = usual.slice(0, -nameOf(usual).length - 'node_modules/'.length);
  const isSeen = `${from}/`.startsWith(holder) && nameOf(usual) === name;
  const isNearer = found === undefined || found.length < usual.length;
  return isSeen && isNearer ? usual : inside(from, name);
}

/** Undefined if it would find something else. */
function neededBy(
  location: string,
  { needs }: LockedNode,
  placed: ReadonlyMap<string, LockedNode>,
): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [name, target] of needs) {
    const at = lookUp((each) => placed.has(each), name, location);
    if (at === undefined || placed.get(at)!.location !== target) return undefined;
    found.set(name, at);
  }
  return found;
}
