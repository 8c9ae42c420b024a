// The small site on Node's http: node node_site.js HOST PORT [PEM]. small_site.py says what it has.
"use strict";

const { createHash } = require("node:crypto");
const fs = require("node:fs");

const [host, port, pem] = process.argv.slice(2);
const HELLO = "hello, this is a small site\nwith a text of two lines\n";
const PIECES = [HELLO.slice(0, 6), HELLO.slice(6, 28), HELLO.slice(28)];
const ETAG = '"small-site-1"';
const MODIFIED = "Sat, 01 Nov 2025 10:00:00 GMT";
const BLOCK = 64 * 1024;

function whole(response, status, body, fields = {}) {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { "Content-Type": "text/plain", "Content-Length": length, ...fields });
  response.end(body);
}

function hello(request, response) {
  const fields = { ETag: ETAG, "Last-Modified": MODIFIED };
  const given = request.headers;
  const range = /^bytes=(\d+)-(\d*)$/.exec(given.range || "");
  if ((given["if-none-match"] || "").includes(ETAG) || given["if-modified-since"] === MODIFIED) {
    response.writeHead(304, fields);
    response.end();
  } else if (range) {
    const begin = Number(range[1]);
    const end = Math.min(range[2] === "" ? HELLO.length : Number(range[2]), HELLO.length - 1);
    if (begin > end) {
      fields["Content-Range"] = `bytes */${HELLO.length}`;
      whole(response, 416, "there is no such range\n", fields);
    } else {
      fields["Content-Range"] = `bytes ${begin}-${end}/${HELLO.length}`;
      whole(response, 206, HELLO.slice(begin, end + 1), fields);
    }
  } else {
    whole(response, 200, HELLO, { ...fields, "Accept-Ranges": "bytes" });
  }
}

function large(response, count, told) {
  const fields = { "Content-Type": "text/plain" };
  if (told) fields["Content-Length"] = count;
  response.writeHead(200, fields);
  let number = 0;
  function more() {
    while (number * BLOCK < count) {
      const line = number.toString(16).padStart(15, "0") + "\n";
      const block = line.repeat(BLOCK / 16).slice(0, count - number * BLOCK);
      number += 1;
      if (!response.write(block)) return response.once("drain", more);
    }
    return response.end();
  }
  more();
}

function answer(request, response) {
  const kept = [];
  const digest = createHash("sha256");
  const path = request.url.split("?")[0];
  let length = 0;
  request.on("data", (data) => {
    if (path === "/echo") kept.push(data);
    length += data.length;
    digest.update(data);
  });
  request.on("end", () => {
    const [, kind, count] = /^\/(large|large-chunked)\/(\d+)$/.exec(path) || [];
    if (kind) large(response, Number(count), kind === "large");
    else if (path === "/hello.txt") hello(request, response);
    else if (path === "/chunked") {
      response.writeHead(200, { "Content-Type": "text/plain" });
      for (const piece of PIECES) response.write(piece);
      response.end();
    } else if (path === "/empty") response.writeHead(204).end();
    else if (path === "/moved") whole(response, 302, "it is at /hello.txt\n", { Location: "/hello.txt" });
    else if (path === "/fails") whole(response, 500, "this page fails\n");
    else if (path === "/echo") whole(response, 200, Buffer.concat(kept));
    else if (path === "/digest") whole(response, 200, `${length} ${digest.digest("hex")}\n`);
    else whole(response, 404, "there is no such page\n");
  });
}

const server = pem
  ? require("node:https").createServer({ key: fs.readFileSync(pem), cert: fs.readFileSync(pem) }, answer)
  : require("node:http").createServer(answer);
server.listen(Number(port), host);
