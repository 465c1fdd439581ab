import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDeferred } from './deferred';
import { ROOT } from './framework';

const SERVER = path.join(ROOT, 'node_modules/yaml-language-server/bin/yaml-language-server');

export interface Diagnostic {
  message: string;
  range: { start: { line: number } };
}
export interface Completion {
  label: string;
  insertText: string;
  documentation: string | { value: string };
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

/** A client of the YAML language server that VS Code's extension starts. It sends what VS Code sends. */
export class LanguageServer {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly diagnosed = new Map<string, (diagnostics: Diagnostic[]) => void>();
  private buffer = Buffer.alloc(0);
  private lastId = 0;

  /** @param settings of the extension, `yaml` in VS Code's settings.json */
  constructor(
    private readonly folder: string,
    private readonly settings: object,
  ) {
    this.child = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout!.on('data', (data: Buffer) => {
      this.read(data);
    });
  }

  async start(): Promise<void> {
    const uri = pathToFileURL(this.folder).href;
    await this.ask('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'service' }],
      capabilities: {
        workspace: { configuration: true },
        textDocument: {
          hover: { contentFormat: ['markdown'] },
          completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
        },
      },
    });
    this.send({ method: 'initialized', params: {} });
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'close');
    this.child.kill();
    await ended;
  }

  /** Opens a document. @returns what is wrong with it */
  async open(name: string, text: string): Promise<Diagnostic[]> {
    const diagnostics = createDeferred<Diagnostic[]>();
    this.diagnosed.set(this.uri(name), diagnostics.resolve);
    const textDocument = { uri: this.uri(name), languageId: 'yaml', version: 1, text };
    this.send({ method: 'textDocument/didOpen', params: { textDocument } });
    return diagnostics.promise;
  }

  async complete(name: string, line: number, character: number): Promise<Completion[]> {
    const list = await this.askAt('textDocument/completion', { name, line, character });
    return (list as { items: Completion[] }).items;
  }

  async hover(name: string, line: number, character: number): Promise<string> {
    const hover = await this.askAt('textDocument/hover', { name, line, character });
    return (hover as { contents: { value: string } }).contents.value;
  }

  private askAt(method: string, { name, ...position }: { name: string; line: number; character: number }) {
    return this.ask(method, { textDocument: { uri: this.uri(name) }, position });
  }

  private uri(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href;
  }

  private async ask(method: string, params: object): Promise<unknown> {
    const answer = createDeferred<Message>();
    const id = (this.lastId += 1);
    this.waiting.set(id, answer.resolve);
    this.send({ id, method, params });
    const { result, error } = await answer.promise;
    if (error !== undefined) throw new Error(error.message);
    return result;
  }

  private send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.child.stdin!.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  /** Reads messages from the stream. Each is a header with its length, an empty line, and JSON. */
  private read(data: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (;;) {
      const begin = this.buffer.indexOf('\r\n\r\n') + 4;
      const length = Number(/Content-Length: (\d+)/.exec(this.buffer.subarray(0, begin).toString())?.[1]);
      if (begin < 4 || this.buffer.length < begin + length) return;
      const text = this.buffer.subarray(begin, begin + length).toString();
      this.buffer = this.buffer.subarray(begin + length);
      this.take(JSON.parse(text) as Message);
    }
  }

  private take({ id, method, params, ...answer }: Message): void {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: Diagnostic[] };
      this.diagnosed.get(uri)?.(diagnostics);
    } else if (method === 'workspace/configuration') {
      const { items } = params as { items: { section: string }[] };
      const sections = items.map(({ section }) => (section === 'yaml' ? this.settings : null));
      this.send({ id: id!, result: sections });
    } else if (method !== undefined && id !== undefined) {
      this.send({ id, result: null });
    } else if (id !== undefined) {
      this.waiting.get(id)?.(answer);
    }
  }
}
