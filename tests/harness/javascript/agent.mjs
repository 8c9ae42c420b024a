// An agent in JavaScript, written from docs/agent-protocol.md. It awaits what a call gives, if that is a promise.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

class Skipped extends Error {}
class Unsupported extends Error {}
class BadRequest extends Error {}
class AttributeError extends Error {}

const say = process.stdout.write.bind(process.stdout);
let printed = "";
process.stdout.write = (text) => Boolean((printed += text));

// -- values

const objects = new Map(), missing = new Map();
let step = "", inside = 0; // for the names of objects in the values that a step gives

function decode(value) {
  if (value === null || typeof value !== "object") return value;
  const [[kind, content]] = Object.entries(value);
  if (kind === "text" || kind === "native") return content;
  if (kind === "data") return Buffer.from(content, "latin1");
  if (kind === "hexadecimal") return BigInt(content.replace(/^-?/, "0x")) * (content[0] === "-" ? -1n : 1n);
  if (kind === "float") return Number(content.replace("inf", "Infinity"));
  if (kind === "list") return content.map(decode);
  if (kind === "tuple") return Object.freeze(content.map(decode)); // what stands for a tuple here
  if (kind === "dict") return new Map(content.map((pair) => pair.map(decode)));
  if (missing.has(content)) throw new Skipped(missing.get(content));
  if (kind !== "ref" || !objects.has(content)) throw new BadRequest(`not a value: ${JSON.stringify(value)}`);
  return objects.get(content);
}

function encode(value, id = `${step}.${++inside}`) {
  if (value === undefined || value === null || typeof value === "boolean") return value ?? null;
  if (Number.isNaN(value)) return { float: "nan" };
  if (typeof value === "number") return Number.isFinite(value) ? value : { float: value > 0 ? "inf" : "-inf" };
  if (typeof value === "bigint") return { hexadecimal: value.toString(16) };
  if (typeof value === "string") return { text: value };
  if (value instanceof Uint8Array) return { data: Buffer.from(value).toString("latin1") };
  if (Array.isArray(value)) return { [Object.isFrozen(value) ? "tuple" : "list"]: value.map((each) => encode(each)) };
  if (value instanceof Map) return { dict: [...value].map((pair) => pair.map((each) => encode(each))) };
  objects.set(id, value);
  const described = { object: id, type: namesOf(value.constructor ?? Object) };
  return isClass(value) ? { ...described, class: namesOf(value) } : described;
}

const isClass = (value) => typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));

// The names of a class and its bases; for those of the language, the names that the runner knows.
const KNOWN = new Map([
  [Error, "builtins.Exception"],
  [TypeError, "builtins.TypeError"],
  [RangeError, "builtins.ValueError"],
  [AttributeError, "builtins.AttributeError"],
]);
function namesOf(own) {
  const names = [];
  for (let each = own; each?.name; each = Object.getPrototypeOf(each)) {
    names.push(KNOWN.get(each) ?? `httplib.${each.name}`);
    if (each === Error) names.push("builtins.BaseException"); // by this the runner knows an exception
  }
  return [...names, "builtins.object"];
}

function describe(error) {
  const names = namesOf(error.constructor);
  const attributes = Object.entries(error).map(([name, each]) => [name, encode(each)]);
  return {
    class: error.syscall ? ["builtins.OSError", ...names] : names,
    args: (error.args ?? [error.message]).map((each) => encode(each)),
    attributes: Object.fromEntries(attributes),
    text: error.message,
  };
}

// -- steps

function attribute(of, name) {
  if (!(name in Object(of))) throw new AttributeError(`there is no ${name}`);
  return typeof of[name] === "function" && !isClass(of[name]) ? of[name].bind(of) : of[name];
}

const DOINGS = {
  get: ({ of, name }) => attribute(decode(of), name),
  set: ({ of, name, value }) => { decode(of)[name] = decode(value); },
  call: ({ of, name, args = [], kwargs = {} }) => {
    const target = name === undefined ? decode(of) : attribute(decode(of), name), given = args.map(decode);
    if (Object.keys(kwargs).length) throw new Unsupported("JavaScript has no arguments by keyword");
    return isClass(target) ? new target(...given) : target(...given);
  },
  iterate: ({ of, most }) => [...decode(of)].slice(0, most),
  describe: ({ of }) => {
    const described = decode(of), names = Object.keys(Object(described)).filter((name) => !name.startsWith("_"));
    return new Map([["repr", String(described)], ["callable", typeof described === "function"], ["names", names]]);
  },
  release: ({ objects: names = [...objects.keys()].filter((name) => name !== "0") }) => {
    for (const name of names.reverse()) {
      const object = objects.get(name);
      objects.delete(name);
      try { if (!isClass(object)) object.close(); } catch { /* it has no close, or is closed */ }
    }
    missing.clear();
  },
};

async function observe(told) {
  [step, inside, printed] = [told.id, 0, ""];
  let seen;
  try {
    if (!(told.do in DOINGS)) throw new Unsupported(`an agent in JavaScript cannot do this: ${told.do}`);
    const value = await DOINGS[told.do](told);
    seen = { value: encode(value, told.id) };
    objects.set(told.id, value);
  } catch (error) {
    if (error instanceof BadRequest) throw error;
    if (error instanceof Skipped) seen = { skipped: error.message };
    else seen = error instanceof Unsupported ? { unsupported: error.message } : { raised: describe(error) };
    missing.set(told.id, seen.skipped ?? told.id);
  }
  return { id: told.id, ...seen, ...(printed && { printed }) };
}

// -- messages

async function answer({ command, protocol, module, steps }) {
  if (command === "stop") return { stopped: true };
  if (command === "run") {
    const observations = [];
    for (const each of steps) observations.push(await observe(each));
    return { observations };
  }
  if (protocol !== 1) return { failed: { kind: "protocol", message: `this agent speaks version 1, not ${protocol}` } };
  try {
    objects.set("0", await import(pathToFileURL(module)));
  } catch (error) {
    return { failed: { kind: "import", message: String(error) } };
  }
  const { versions, execPath: executable, platform } = process;
  const interpreter = { name: "Node", version: versions.node, executable, platform };
  const agent = "an agent in JavaScript";
  return { started: { protocol, agent, module, file: module, version: null, interpreter, printed } };
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  const told = await answer(message).catch((error) => ({ failed: { kind: "request", message: String(error) } }));
  const escape = (each) => `\\u${each.charCodeAt().toString(16).padStart(4, "0")}`;
  say(`${JSON.stringify({ id: message.id, ...told }).replace(/[^ -~]/g, escape)}\n`);
  if (told.stopped) break;
}
