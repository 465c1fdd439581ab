/** A task of the service, from its order to its end. */
export interface Task {
  state: 'starting' | 'running' | 'draining' | 'ended';
  /** Its image is being pulled from here on: what is billed begins. */
  readonly billedFromSeconds: number;
  readonly jobs: Set<Job>;
  /** Since when it has had no job; -Infinity where it never had one, and so never was protected. */
  idleSinceSeconds: number;
  /** Its place among the free ones; -1: not there. */
  place: number;
}

/** A worker that runs for a message, and the event of its end. */
export interface Job {
  readonly kind: 'done';
  readonly message: number;
  readonly task: Task;
  /** The task was taken from under it. */
  isLost: boolean;
}

export function createTask(billedFromSeconds: number): Task {
  return { state: 'starting', billedFromSeconds, jobs: new Set(), idleSinceSeconds: -Infinity, place: -1 };
}

/** Tasks that can take a message. SQS gives no order among those that poll, so any of them may get the next. */
export class FreeTasks {
  private readonly tasks: Task[] = [];

  get length(): number {
    return this.tasks.length;
  }

  at(index: number): Task {
    return this.tasks[index]!;
  }

  add(task: Task): void {
    if (task.place >= 0) return;
    task.place = this.tasks.length;
    this.tasks.push(task);
  }

  remove(task: Task): void {
    if (task.place < 0) return;
    const last = this.tasks.pop()!;
    if (last !== task) {
      this.tasks[task.place] = last;
      last.place = task.place;
    }
    task.place = -1;
  }
}
