/** A burst, if the command line does not say what comes in. */
export const DEFAULT_MESSAGES = 1_000;

/** If neither the command line nor `scaling` says how long a job takes. */
export const DEFAULT_JOB_SECONDS = 30;

/** The largest load, which is simulated in a minute or two, and fits into memory. */
export const MOST_MESSAGES = 20_000_000;

/** The longest load. */
export const MOST_DAYS = 31;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html: tasks of one service. */
export const MOST_TASKS = 5_000;

/** SQS holds a message for a receiver no longer: 12 hours. */
export const MOST_JOB_SECONDS = 43_200;
