// What can be covered of a source: the points at which a count is to be taken.
import ts from 'typescript';

const { SyntaxKind } = ts;

/** Statements that do nothing when they are reached, or are there for their parts only. */
const NOT_RUN = new Set([
  SyntaxKind.Block,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.EmptyStatement,
  SyntaxKind.ExportDeclaration,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.ImportDeclaration,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  // Each of its declarations is a point.
  SyntaxKind.VariableStatement,
]);

const LOGICAL = new Set([
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
]);

/**
 * A line is one on which a statement begins, a value that something has initially, or what an arrow function gives: as
 * Istanbul has it. A branch is a way out of an `if` (the `else` that is not written, too), of a conditional or a `switch`,
 * or what is on the right of `&&`, `||`, `??`. Default values of parameters are none: V8 does not count them.
 * @returns {{ kind: 'line' | 'branch', line: number, start: number, end: number, less?: { start: number, end: number },
 *   within?: number, after?: number, waits?: number[] }[]} `less`: passed as often as the one place less the other;
 *   `within`, `after`: indices of the statement around it, and of that before it in its block; `waits`: of branches of the
 *   latter that may not come back. Without them, it may be left in other ways.
 */
export function pointsOf(text) {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const points = [];
  const branches = new Map();
  const rangeOf = (node) => ({ start: node.getStart(source), end: node.end });
  const add = (kind, node, more) => {
    const { start, end } = rangeOf(node);
    points.push({ kind, line: source.getLineAndCharacterOfPosition(start).line + 1, start, end, ...more });
  };
  const visit = (node, given) => {
    if (ts.isTypeNode(node) || isDeclared(node)) return;
    // What is in a function runs at another time.
    let place = ts.isFunctionLike(node) || ts.isPropertyDeclaration(node) ? {} : given;
    if (isRun(node)) {
      add('line', node, place);
      const index = points.length - 1;
      place = ts.isTryStatement(node) ? { within: index, after: index, waits: [] } : { within: index };
    }
    for (const way of waysOf(node)) {
      branches.set(way, points.length);
      add('branch', way, { within: place.within });
    }
    if (ts.isIfStatement(node) && node.elseStatement === undefined) {
      add('branch', node, { after: place.within, waits: [], less: rangeOf(node.thenStatement) });
    }
    ts.forEachChild(node, (child) => {
      const index = points.length;
      // Of a `try`, only the block is what comes next.
      visit(child, ts.isCatchClause(child) || child === node.finallyBlock ? { within: place.within } : place);
      const isPoint = isOneOfList(child) && points[index]?.kind === 'line';
      if (isPoint)
        place = { ...place, after: index, waits: isPlain(child) ? waitsIn(child, branches) : undefined };
    });
  };
  visit(source, {});
  return points;
}

const isDeclared = (node) =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === SyntaxKind.DeclareKeyword);

function isRun(node) {
  const { parent } = node;
  if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) return node.initializer !== undefined;
  if (parent !== undefined && ts.isArrowFunction(parent)) return node === parent.body && !ts.isBlock(node);
  return ts.isStatement(node) && !NOT_RUN.has(node.kind);
}

/** Of the statements of a block, which run one after another. */
const isOneOfList = (node) =>
  (ts.isVariableStatement(node) || isRun(node)) && node.parent.statements?.includes(node) === true;

/** No jump leads out of it. */
const isPlain = (node) => ts.isVariableStatement(node) || ts.isExpressionStatement(node);

/** Branches in which something is waited for; undefined if something always is. */
function waitsIn(node, branches) {
  if (ts.isFunctionLike(node)) return [];
  let found = ts.isAwaitExpression(node) || ts.isYieldExpression(node) ? undefined : [];
  ts.forEachChild(node, (child) => {
    const more = waitsIn(child, branches);
    found = found && more && [...found, ...more];
  });
  return found ?? (branches.has(node) ? [branches.get(node)] : undefined);
}

function waysOf(node) {
  if (ts.isIfStatement(node)) return [node.thenStatement, node.elseStatement].filter(Boolean);
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse];
  if (ts.isCaseOrDefaultClause(node)) return node.statements.slice(0, 1);
  if (ts.isBinaryExpression(node) && LOGICAL.has(node.operatorToken.kind)) return [node.right];
  return [];
}
