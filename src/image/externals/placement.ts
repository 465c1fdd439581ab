import { type Closure, inside, type LockedNode, lookUp, nameOf } from './closure';

/** A package in the image, and its folder there. */
export interface Placed {
  location: string;
  node: LockedNode;
  /** Folders in the image of the packages that it needs, by name. */
  needs: ReadonlyMap<string, string>;
}

/** The greatest average number of copies of a package. */
const MOST_COPIES = 4;

/**
 * Places packages in one folder so that each finds the same packages as in the service. They stay where the lock file has
 * them; packages in the own folder of a workspace's service move to the top, and those that they displace move to the packages
 * that need them. Undefined if that is impossible, which can happen in workspaces only.
 */
export function place({ roots, nodes }: Pick<Closure, 'roots' | 'nodes'>): Placed[] | undefined {
  const placed = new Map<string, LockedNode>();
  const waiting: string[] = [];
  const put = (location: string, node: LockedNode) => {
    placed.set(location, node);
    waiting.push(location);
    // One archive contains all of them, in the same folders.
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
      // Versions that displace each other would go on forever.
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

/** The folder in the lock file, if the package is found there; otherwise one in the package that needs it. */
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

/** The folders of the packages that a package needs; undefined if it would find others. */
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
