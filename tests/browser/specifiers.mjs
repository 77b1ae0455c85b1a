// What acorn takes for references between modules: node specifiers.mjs, a list of paths on stdin. For each of them
// [[start, end, kind], …] in bytes, without the quotes; null: it does not parse.
import { readFileSync } from "node:fs";
import { parse } from "acorn";
import { full } from "acorn-walk";

function specifiers(text) {
  let tree;
  try {
    tree = parse(text, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  } catch {
    try {
      tree = parse(text, { ecmaVersion: "latest", sourceType: "script", allowHashBang: true });
    } catch {
      return null;
    }
  }
  const found = [];
  // The literal text that an expression begins with: [start, end, text].
  const beginning = (node) => {
    if (node.type === "Literal" && typeof node.value === "string") return [node.start + 1, node.end - 1, node.value];
    const quasi = node.type === "TemplateLiteral" ? node.quasis[0] : undefined;
    return quasi ? [quasi.start, quasi.end, quasi.value.cooked] : undefined;
  };
  // All strings that an expression can give, if at least their paths are written out.
  const note = (node, kind) => {
    const begins = node ? beginning(node) : undefined;
    if (begins && (node.type === "Literal" || node.expressions.length === 0 || /[?#]/.test(begins[2]))) {
      found.push([begins[0], begins[1], kind]);
    } else if (node?.type === "TemplateLiteral" && begins[2] === "" && /^[?#]/.test(node.quasis[1].value.cooked)) {
      note(node.expressions[0], kind);
    } else if (node?.type === "ConditionalExpression") {
      note(node.consequent, kind);
      note(node.alternate, kind);
    } else if (node?.type === "LogicalExpression") {
      note(node.left, kind);
      note(node.right, kind);
    } else if (node?.type === "SequenceExpression") {
      note(node.expressions.at(-1), kind);
    } else if (node?.type === "BinaryExpression" && node.operator === "+") {
      let inner = node;
      while (inner.left.type === "BinaryExpression" && inner.left.operator === "+") inner = inner.left;
      const [left, right] = [beginning(inner.left), beginning(inner.right)];
      if (left && /[?#]/.test(left[2])) found.push([left[0], left[1], kind]);
      else if (right && /^[?#]/.test(right[2])) note(inner.left, kind);
    }
  };
  const global = (node) =>
    node.type === "MemberExpression" && !node.computed && /^(globalThis|window|self)$/.test(node.object.name)
      ? node.property.name
      : node.name;
  const isOfImportMeta = (node, name) =>
    node?.type === "MemberExpression" && node.object.type === "MetaProperty" && node.property.name === name;
  full(tree, (node) => {
    if (/^(Import|ExportAll|ExportNamed)(Declaration|Expression)$/.test(node.type)) note(node.source, "specifier");
    if (node.type === "NewExpression" && global(node.callee) === "URL" && isOfImportMeta(node.arguments[1], "url")) {
      note(node.arguments[0], "url");
    }
    if (node.type === "NewExpression" && /^(Shared)?Worker$/.test(global(node.callee))) note(node.arguments[0], "page");
    if (node.type === "CallExpression" && isOfImportMeta(node.callee, "resolve")) note(node.arguments[0], "specifier");
  });
  found.sort((a, b) => a[0] - b[0]);
  let [characters, bytes] = [0, 0];
  const offset = (at) => {
    bytes += Buffer.byteLength(text.slice(characters, at));
    characters = at;
    return bytes;
  };
  return found.map(([start, end, kind]) => [offset(start), offset(end), kind]);
}

const paths = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(paths.map((path) => specifiers(readFileSync(path, "utf8")))));
