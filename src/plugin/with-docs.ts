import { docsLink } from '../config/docs';
import { UserError } from '../errors/user-error';

/** Runs a moment of the framework; a user's error tells where more is said about it. */
export async function withDocs(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw error instanceof UserError ? linked(error) : error;
  }
}

/** One line for all problems of an error: by the code of the only one, or by the one that they have in common. */
function linked(error: UserError): UserError {
  const { problems, message, cause } = error;
  const code = problems.length === 1 ? problems[0]!.code : error.code;
  return new UserError(error.code, `${message}\n\n${docsLink('troubleshooting', code)}`, { cause, problems });
}
