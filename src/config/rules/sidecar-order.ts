import type { Problem } from '../../errors/problem';
import { CONTAINER_NAME } from '../names';
import { isOfEnd, type Condition, type Sidecar } from '../sidecars';
import { didYouMean } from '../suggest';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

/** That one container waits for something of another one. */
interface Wait {
  /** Where it is said. */
  place: string;
  by: string;
  of: string;
  condition: Condition;
}

function waitsOf({ worker: { sidecars }, at }: RuleSubject): Wait[] {
  const others = sidecars.filter(({ name }) => name !== CONTAINER_NAME);
  return others.flatMap(({ name, dependsOn, watcherWaits }): Wait[] => [
    ...Object.entries(dependsOn).map(([of, condition]) => ({
      place: at('sidecars', name, 'dependsOn', of),
      by: name,
      of,
      condition,
    })),
    ...(watcherWaits === undefined
      ? []
      : [
          {
            place: at('sidecars', name, 'watcherWaits'),
            by: CONTAINER_NAME,
            of: name,
            condition: watcherWaits,
          },
        ]),
  ]);
}

const othersAreThere: WorkerRule = {
  reads: ['sidecars.*'],
  check: (subject) => {
    const names = [CONTAINER_NAME, ...subject.worker.sidecars.map(({ name }) => name)];
    return waitsOf(subject)
      .filter(({ of }) => !names.includes(of))
      .map(({ place, by, of }) => ({
        code: 'WATCHBOT_NOT_ALLOWED' as const,
        place,
        given: of,
        allowed: `one of ${names.filter((name) => name !== by).join(', ')}`,
        advice: didYouMean(of, names) ?? `remove it, or add the sidecar; ${CONTAINER_NAME} is the watcher`,
      }));
  },
};

/** What ECS would wait for without end: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
const whatIsAwaitedComes: WorkerRule = {
  reads: ['sidecars.*', 'healthCheck'],
  check: (subject) => {
    const { worker } = subject;
    const hasCheck = (of: string) =>
      of === CONTAINER_NAME
        ? worker.healthCheck !== undefined
        : worker.sidecars.find(({ name }) => name === of)?.healthCheck !== undefined;
    const isThere = (of: string) => of === CONTAINER_NAME || worker.sidecars.some(({ name }) => name === of);
    return waitsOf(subject)
      .filter(({ of }) => isThere(of))
      .flatMap(({ place, of, condition }): Problem[] => [
        ...problemIf(condition === 'HEALTHY' && !hasCheck(of), {
          code: 'WATCHBOT_CONTRADICTION',
          place,
          given: `HEALTHY of ${of}, which has no health check`,
          allowed:
            'HEALTHY of a container with `healthCheck`: without one it never is, and no task would start',
          advice:
            of === CONTAINER_NAME
              ? 'remove `healthCheck: false`'
              : `give ${of} a \`healthCheck\`, or wait for START`,
        }),
        ...problemIf(isOfEnd(condition) && isEssential(of, worker.sidecars), {
          code: 'WATCHBOT_CONTRADICTION',
          place,
          given: `${condition} of ${of}, which is essential`,
          allowed: `${condition} of a sidecar that is not \`essential\`: a task ends with those that are`,
          advice:
            of === CONTAINER_NAME
              ? 'wait for START or HEALTHY'
              : `remove \`essential\` of ${of}, or wait for START`,
        }),
      ]);
  },
};

const isEssential = (of: string, sidecars: readonly Sidecar[]): boolean =>
  of === CONTAINER_NAME || sidecars.some(({ name, essential }) => name === of && essential);

/** One that ends and is started again has not ended. */
const awaitedEndIsOne: WorkerRule = {
  reads: ['sidecars.*'],
  check: (subject) => {
    const waits = waitsOf(subject);
    return subject.worker.sidecars.flatMap(({ name, restart }) => {
      const wait = waits.find(({ of, condition }) => of === name && isOfEnd(condition));
      return problemIf(restart && wait !== undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place: subject.at('sidecars', name, 'restart'),
        given: `true, although ${wait?.by === CONTAINER_NAME ? 'the watcher' : wait?.by} waits for its end`,
        allowed: 'false for a sidecar whose end somebody waits for',
        advice: 'remove `restart`',
      });
    });
  },
};

/** ECS refuses a task definition in which containers wait for one another in a circle. */
const noCircles: WorkerRule = {
  reads: ['sidecars.*'],
  check: (subject) => {
    const waits = waitsOf(subject);
    const circle = subject.worker.sidecars
      .map(({ name }) => circleOf(name, waits))
      .find((found) => found !== undefined);
    if (circle === undefined) return [];
    const [first = '', next = ''] = circle;
    const wait = waits.find(({ by, of }) => by === first && of === next);
    return [
      {
        code: 'WATCHBOT_CONTRADICTION',
        place: wait?.place ?? subject.at('sidecars'),
        given: circle.map((name) => (name === CONTAINER_NAME ? 'the watcher' : name)).join(' waits for '),
        allowed: 'containers that do not wait for one another in a circle: none of them would start',
        advice: 'remove one of these: `dependsOn`, or `watcherWaits`',
      },
    ];
  },
};

/** The names on the way from one container back to it. */
function circleOf(name: string, waits: readonly Wait[], way: readonly string[] = []): string[] | undefined {
  if (way[0] === name) return [...way, name];
  if (way.includes(name)) return undefined;
  for (const { by, of } of waits) {
    const circle = by === name ? circleOf(of, waits, [...way, name]) : undefined;
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/**
 * The health of a sidecar counts for the task if no essential container has a check.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 */
const healthIsTheWatchers: WorkerRule = {
  reads: ['sidecars.*', 'healthCheck'],
  check: ({ worker: { healthCheck, sidecars }, at }) =>
    sidecars.flatMap((sidecar) =>
      problemIf(healthCheck === undefined && sidecar.healthCheck !== undefined && !sidecar.essential, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('sidecars', sidecar.name, 'healthCheck'),
        given: 'the check of a sidecar, with `healthCheck: false` of the worker',
        allowed:
          'a check of the watcher, too: if it has none, ECS takes the health of the sidecar for that of the task, and ends jobs with it',
        advice: 'remove `healthCheck: false`; or set `essential: true` if that is meant',
      }),
    ),
};

export const SIDECAR_ORDER_RULES: readonly WorkerRule[] = [
  othersAreThere,
  whatIsAwaitedComes,
  awaitedEndIsOne,
  noCircles,
  healthIsTheWatchers,
];
