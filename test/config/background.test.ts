import { describe, expect, it } from '@jest/globals';
import { commandIsNotInBackground } from '../../src/config/rules/program';
import type { RuleSubject } from '../../src/config/rules/rule';

const problemsOf = (command: unknown) =>
  commandIsNotInBackground.check({
    worker: { command },
    at: (...keys: string[]) => ['watchbot', ...keys].join('.'),
  } as unknown as RuleSubject);

describe('a command whose job would be killed as soon as it has begun', () => {
  it.each([
    'python3 job.py &',
    'python3 job.py &   ',
    'python3 job.py & # in the background',
    'python3 job.py&',
    '(python3 job.py &)',
    '{ python3 job.py & }',
    '( (python3 job.py) & ) ;',
    'nohup python3 job.py &',
    'nohup python3 job.py > log 2>&1 &',
    'setsid python3 job.py &',
    'python3 job.py & disown',
    'python3 job.py & disown -h %1',
    'python3 job.py & exit 0',
    'cd /app && python3 job.py &',
    'cd /app\npython3 job.py &\n',
    'echo "a & b"; python3 job.py &',
    "sh -c 'python3 job.py' &",
  ])('is refused: %s', (command) => {
    expect(problemsOf(command)).toEqual([
      {
        code: 'WATCHBOT_MALFORMED',
        place: 'watchbot.command',
        given: JSON.stringify(command),
        allowed: 'a line that ends when its job has ended: what still runs then is killed',
        advice: 'remove the `&` at its end, or add `wait`',
      },
    ]);
  });

  it.each(['setsid python3 job.py', 'exec setsid -f python3 job.py'])('is refused: %s', (command) => {
    expect(problemsOf(command)).toMatchObject([{ advice: 'write `setsid --wait`, or remove `setsid`' }]);
  });

  it('is refused as an argument of a shell, too', () => {
    expect(problemsOf(['/bin/bash', '-ec', 'python3 job.py &'])).toHaveLength(1);
    expect(problemsOf(['sh', '-c', 'python3 job.py'])).toEqual([]);
    expect(problemsOf(['python3', 'job.py', '&'])).toEqual([]);
  });

  it.each([
    'python3 job.py',
    'python3 job.py && true',
    'python3 job.py 2>&1',
    'python3 job.py >&2',
    'server & python3 job.py',
    'python3 job.py & wait',
    'python3 job.py & wait $!',
    '(server &); python3 job.py',
    'echo "python3 job.py &"',
    "echo 'a &'",
    'echo a \\&',
    'python3 job.py # not with &',
    'cat <<EOF\npython3 job.py &\nEOF',
    'setsid --wait python3 job.py',
    'setsid -w python3 job.py',
    'curl "https://example.com/?a=1&b=2&"',
    undefined,
  ])('is none where it waits: %s', (command) => {
    expect(problemsOf(command)).toEqual([]);
  });
});
