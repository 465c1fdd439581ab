/** Of the answer of ECS's metadata endpoint: what is asked of it. */
interface ContainerMetadata {
  LogOptions?: { 'awslogs-stream'?: unknown };
}

/** The endpoint is on the same machine. */
const TIMEOUT_MS = 2_000;

/**
 * The name of the stream that this container's log goes to. Never rejects.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html
 * @param metadataUri `ECS_CONTAINER_METADATA_URI_V4`; absent outside ECS
 * @param otherwise some runtimes do not start without a name
 */
export async function findLogStream(metadataUri: string | undefined, otherwise: string): Promise<string> {
  if (metadataUri === undefined) return otherwise;
  try {
    const answer = await fetch(metadataUri, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { LogOptions } = (await answer.json()) as ContainerMetadata;
    const stream = LogOptions?.['awslogs-stream'];
    return typeof stream === 'string' ? stream : otherwise;
  } catch {
    return otherwise;
  }
}
